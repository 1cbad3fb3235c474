// Re-exports only.
export type { Progress, RunOptions } from './blocks.ts'
export type { ImageSet, Images } from './images.ts'
export type { Scattering2dOptions } from './options-2d.ts'
export type { Path } from './paths-2d.ts'
export { scattering2d, type PathCoefficients, type Scattering2d } from './scattering-2d.ts'
export type { PreparedRunOptions } from './transform.ts'
export type { Bounds } from './bounds.ts'
export {
  type Inversion,
  type InvertIteration,
  type InvertOptions,
  type Invertible,
  type Minimise,
  invert,
} from './invert.ts'
export type { Path1d } from './paths-1d.ts'
export type { Sampling, Scattering1dOptions } from './options-1d.ts'
export { scattering1d, type PathCoefficients1d, type Scattering1d } from './scattering-1d.ts'
export { rotoTranslation2d, type RotoTranslation2d, type RotoTranslationCoefficients } from './roto-translation.ts'
export type { AngularOptions, RotoTranslationOptions, ScaleWaveletOptions } from './roto-translation-options.ts'
export type { RotoTranslationPath } from './roto-translation-paths.ts'
export { type FloorOptions, logarithm, relativeToParent } from './normalise.ts'
export type { AnyPath } from './paths.ts'
export { type Frame, type ScatteringStream, type StreamOptions, type StreamRun, scatteringStream } from './stream.ts'
export { type MomentPath, type Moments2d, type Moments2dOptions, moments2d } from './moments.ts'
export type { Moment, Moments } from './moments-of.ts'
export { type MomentPath1d, type Moments1d, type Moments1dOptions, moments1d } from './moments-1d.ts'
export { type Covariances1dOptions, covariances1d } from './covariances-1d.ts'
export { type Covariances2dOptions, covariances2d } from './covariances.ts'
export { type GriffinLimOptions, griffinLim } from './griffin-lim.ts'
export { type SynthesiseOptions, type Synthesis, synthesise } from './synthesise.ts'
export { type TwinOptions, gaussianTwin, histogramTwin } from './twins.ts'
export type { TimeFrequencyOptions } from './joint-options.ts'
export type { TimeFrequencyPath } from './joint-paths.ts'
export {
  timeFrequencyScattering,
  type TimeFrequencyCoefficients,
  type TimeFrequencyScattering,
} from './time-frequency.ts'
