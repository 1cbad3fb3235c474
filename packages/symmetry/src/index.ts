// Re-exports only.
export type { Border } from './border.ts'
export { deform, strengthOf, type Displacement, type Strength } from './displacement.ts'
export type { Interpolation } from './interpolation.ts'
export { linearMap, rotate, scale, shear, type Matrix, type ScaleOptions } from './linear-maps.ts'
export { linearity, separation, type Linearity, type Separation, type SeparationOptions } from './linearisation.ts'
export { curvature, firstOrderResidual, orbit, orbitDistances } from './orbit.ts'
export type { Dimensions, PerPlane } from './planes.ts'
export { principalAngles, principalDirections, type PrincipalDirections } from './principal-directions.ts'
export {
  randomDisplacement,
  usableTemperatures,
  type RandomDisplacement,
  type RandomDisplacementOptions,
} from './random-displacement.ts'
export {
  lineThroughZero,
  noiseLike,
  relativeDistances,
  relativeStability,
  type LineThroughZero,
  type RelativeStability,
} from './stability.ts'
export { translate, type TranslateOptions } from './translate.ts'
export type { WarpOptions } from './warp.ts'
