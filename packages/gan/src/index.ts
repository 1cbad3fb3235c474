// Re-exports only.
export { type DcganOptions, type Gan, dcgan } from './dcgan.ts'
export { type PathOptions, type Points, latentNeighbours, latentPath, latentPoints, latentSum } from './latent.ts'
export { withClasses } from './classes.ts'
export { type DrawnOptions, type GanWeights, type Learned, discriminatorStep, drawn, generatorStep } from './step.ts'
export type { GanEpoch } from './checkpoint.ts'
export {
  type FitGanOptions,
  type GanEpochEvent,
  type GanEvent,
  type GanResult,
  type GanStepEvent,
  fitGan,
} from './fit.ts'
export {
  type SlicedWasserstein,
  type SlicedWassersteinOptions,
  slicedWasserstein,
} from './measures/sliced-wasserstein.ts'
export {
  type CodesOptions,
  type DuplicateCoder,
  type DuplicateCoderOptions,
  codesOf,
  fitDuplicateCoder,
} from './duplicates/coder.ts'
export {
  type CodeEntropy,
  type Codes,
  type CodeTable,
  codeEntropy,
  codeTable,
  firstWithCode,
} from './duplicates/codes.ts'
export { type DigitMoments, digitMoments } from './measures/digit-moments.ts'
export { firstNearCode } from './duplicates/near-codes.ts'
