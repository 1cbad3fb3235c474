// Re-exports only.
export { type AdamRecipe, adam, adamW } from './adam.ts'
export { type Averaging, type AveragingOptions, ema, followWeights, lookahead } from './averaging.ts'
export { clipByNorm, clipByValue } from './clip.ts'
export {
  type Descent,
  type DescentIteration,
  type DescentOptions,
  type DescentRecipe,
  type DescentResult,
  descend,
} from './descend.ts'
export { NonFiniteError } from './errors.ts'
export { type Group, type MomentumGroup } from './groups.ts'
export { type GradientObjective, type LbfgsObjective } from './gradient-objective.ts'
export { type LbfgsIteration, type LbfgsOptions, type LbfgsResult, lbfgs } from './lbfgs.ts'
export { type LbfgsReason } from './lbfgs-descent.ts'
export { type MixedPart, mixed } from './mixed.ts'
export { type MuonRecipe, type OrthogonaliseOptions, muon, orthogonalise } from './muon.ts'
export { type Optimizer, type OptimizerState } from './optimizer.ts'
export { type PlateauOptions, type PlateauState, plateau } from './plateau.ts'
export {
  type CosineOptions,
  type RiseAndFallOptions,
  type Schedule,
  type StepsOptions,
  type WarmUpOptions,
  constant,
  cosine,
  oneCycle,
  steps,
  triangular,
  warmUp,
} from './schedule.ts'
export { type SgdRecipe, sgd } from './sgd.ts'
export type { Variables } from './vector-space.ts'
export type { WolfeConstants } from './wolfe-search.ts'
