// Re-exports only.
export { toGrid, type Box } from './box.ts'
export {
  filterBank2d,
  filterRules,
  type Convention,
  type FilterBank2d,
  type FilterBankOptions,
  type FilterOptions,
  type LowPass2d,
  type Wavelet2d,
} from './filter-bank-2d.ts'
export { littlewoodPaley, type LittlewoodPaley } from './littlewood-paley.ts'
export type { MorletShape } from './morlet.ts'
