// Re-exports only.
export { angularBank, type AngularBank, type AngularBankOptions } from './angular-bank.ts'
export { toGrid, type Box } from './box.ts'
export type { Filter1d } from './filter-1d.ts'
export {
  filterBank1d,
  filterRules1d,
  logFrequencyBank,
  lowPass1d,
  type FilterBank1d,
  type FilterBank1dOptions,
  type FilterOptions1d,
  type LowPass1dOptions,
} from './filter-bank-1d.ts'
export {
  filterBank2d,
  filterRules,
  type FilterBank2d,
  type FilterBankOptions,
  type FilterOptions,
  type LowPass2d,
  type Wavelet2d,
} from './filter-bank-2d.ts'
export type { Convention } from './levels.ts'
export { littlewoodPaley, type Bank, type LittlewoodPaley } from './littlewood-paley.ts'
export type { LineBank } from './line-bank.ts'
export { morletPyramid, type MorletPyramid, type PyramidFields, type PyramidOptions } from './morlet-pyramid.ts'
export type { MorletShape } from './morlet.ts'
export type { OrthogonalFamily } from './orthogonal-filters.ts'
export {
  orthogonalWavelets,
  type OrthogonalOptions,
  type OrthogonalWavelets,
  type WaveletCoefficients,
} from './orthogonal-wavelets.ts'
export { supportInTime } from './support-in-time.ts'
export { tightFrame, type TightFrame } from './tight-frame.ts'
export { waveletTransform, type WaveletFields, type WaveletTransform } from './wavelet-transform.ts'
export { windowedFourierModulus, type WindowedFourierOptions } from './windowed-fourier.ts'
