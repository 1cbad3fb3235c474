// Re-exports only. The embedded digits have an entry point of their own, `@scatterlab/datasets/mnist-sample`.
export { DatasetError, type DatasetErrorCode } from './errors.ts'
export type { DownloadOptions, DownloadProgress } from './files/download.ts'
export { gunzip } from './files/gzip.ts'
export { IDX_HEADER_BYTES, type IdxHeader, idxHeader, parseIdx } from './sets/idx.ts'
export { mnist } from './sets/mnist.ts'
export { cifar10, CIFAR10_CLASSES, parseCifar10, type Cifar10Options, type Cifar10Version } from './sets/cifar10.ts'
export { pageFolder, type PageFile } from './folders/page-folder.ts'
export type { LoadedSet, LoadOptions } from './sets/load-options.ts'
export { subset, take } from './sets/image-set.ts'
export type {
  ByteImages,
  ColourShape,
  GreyShape,
  ImageShape,
  LabelledImages,
  Labels,
  TrainTest,
} from './sets/image-set.ts'
export { toFloat32, type FloatImages, type FloatOptions } from './sets/float-images.ts'
export { batches, type Batch, type BatchOptions } from './batches/batches.ts'
export { mapImages, withChannel } from './batches/map-images.ts'
export { prefetch, type PrefetchOptions } from './batches/prefetch.ts'
export {
  alternatingFlips,
  randomCrops,
  randomFlips,
  tenCrops,
  type AlternatingFlips,
  type CropSize,
  type RandomCropOptions,
} from './augmentation/crops.ts'
export { cutMix, cutOut, type CutMixOptions, type CutOutOptions, type MixedBatch } from './augmentation/cut-out.ts'
export { patchMoments, type PatchOptions } from './augmentation/patch-moments.ts'
export { testViews, type TestView, type TestViewOptions } from './augmentation/test-views.ts'
export { meanImage, subtractMean } from './augmentation/mean-image.ts'
export {
  channelStatistics,
  normaliseChannels,
  type ChannelStatistics,
  type NormaliseOptions,
} from './augmentation/channels.ts'
export { addColourNoise } from './augmentation/colour-noise.ts'
export {
  displacementField,
  elasticDeformations,
  type DisplacementField,
  type ElasticOptions,
} from './augmentation/elastic.ts'
export { deadLeaves, type DeadLeavesOptions } from './generated/dead-leaves.ts'
export {
  fractionalBrownianField,
  fractionalBrownianMotion,
  fractionalBrownianSheet,
  type FractionalFieldOptions,
  type FractionalMotionOptions,
  type FractionalSheetOptions,
} from './generated/fractional-brownian.ts'
export { multifractalRandomWalk, type MultifractalWalkOptions } from './generated/multifractal-walk.ts'
export { logNormalCascade, type LogNormalCascadeOptions } from './generated/log-normal-cascade.ts'
export { ising2d, type IsingOptions } from './generated/ising.ts'
export { poissonDiscs, type PoissonDiscs, type PoissonDiscsOptions } from './generated/poisson-discs.ts'
export { spokenDigits, type Recordings, type SpokenDigits } from './sets/spoken-digits.ts'
export { resample, type ResampleOptions } from './files/resample.ts'
export { parseFits } from './files/fits.ts'
export { encodeWav, parseWav, type Sound } from './files/wav.ts'
export { turbulence2d, type TurbulenceOptions } from './generated/turbulence.ts'
export type { FlowState } from './generated/vorticity-equation.ts'
