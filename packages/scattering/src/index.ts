// Re-exports only.
export type { Progress, RunOptions } from './blocks.ts'
export type { ImageSet, Images } from './images.ts'
export type { Scattering2dOptions } from './options.ts'
export type { Path } from './paths.ts'
export { scattering2d, type PathCoefficients, type PreparedRunOptions, type Scattering2d } from './scattering-2d.ts'
