// Re-exports only.
export * from './layers/activations.ts'
export type { AffineOptions } from './layers/affine.ts'
export * from './layers/batch-norm.ts'
export * from './layers/conv2d.ts'
export * from './layers/dropout.ts'
export * from './layers/flatten.ts'
export * from './layers/initialisers.ts'
export {
  type ArraySpec,
  type Layer,
  type LayerContext,
  type LayerSummary,
  type Plan,
  LayerError,
  combined,
  forwardWithin,
  imageShape,
  planWithin,
} from './layers/layer.ts'
export * from './layers/linear.ts'
export {
  type ClassLabels,
  type CrossEntropyOptions,
  type Distributions,
  binaryCrossEntropy,
  crossEntropy,
  meanSquare,
} from './training/losses.ts'
export { type ForwardOptions, type InitialiseOptions, type Network, type Weights, network } from './network.ts'
export * from './describe.ts'
export * from './layers/pooling.ts'
export * from './layers/residual.ts'
export * from './layers/response-norm.ts'
export * from './layers/sequential.ts'
export * from './layers/transposed-conv2d.ts'
export * from './layers/whitening.ts'
export { type Batch, type Batches, type Images, EmptyPassError, LabelError } from './training/batch.ts'
export { type CheckpointErrorCode, CheckpointError } from './checkpoints/checkpoint-error.ts'
export { type LoadOptions, loadWeights, saveWeights } from './checkpoints/checkpoint.ts'
export { type NonFinite, DivergedError, NonFiniteError } from './training/diverged.ts'
export * from './training/evaluate.ts'
export { type LayerOutputsOptions, layerOutputs } from './training/layer-outputs.ts'
export { fit } from './training/fit.ts'
export * from './training/predict.ts'
export type {
  CheckpointEvent,
  CheckpointInfo,
  CheckpointOptions,
  EpochEvent,
  FitEvent,
  FitOptions,
  FitResult,
  Pass,
  StepEvent,
  ValidationEvent,
} from './training/fit-options.ts'
export type { CheckpointFile, EpochRecord } from './checkpoints/training-checkpoint.ts'
export { type Loss, type ObjectiveOptions, misclassified } from './training/objective.ts'
export {
  type DecodeOptions,
  type DecodedArray,
  type DecodedFile,
  type EncodeOptions,
  type StoredArray,
  type WrittenArray,
  decodeSafetensors,
  encodeSafetensors,
} from './checkpoints/safetensors.ts'
export type { ElementArray, HalfArray, SafetensorsDType } from './checkpoints/safetensors-types.ts'
export { type TrainingStep, type TrainingStepOptions, trainingStep } from './training/training-step.ts'
export * from './training/training-speed.ts'
/** The mathematics of the layers, differentiable, on arrays: what layers of your own are written with. */
export * as operations from './operations/index.ts'
