// Re-exports only.
export { toGrid, type Box } from './box.ts'
export {
  filterBank2d,
  type Convention,
  type FilterBank2d,
  type FilterBankOptions,
  type LowPass2d,
  type Wavelet2d,
} from './filter-bank-2d.ts'
export { littlewoodPaley, type LittlewoodPaley } from './littlewood-paley.ts'
export type { MorletShape } from './morlet.ts'
