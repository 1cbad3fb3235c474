// Re-exports only.
export * from './activations.ts'
export type { AffineOptions } from './affine.ts'
export * from './batch-norm.ts'
export * from './conv2d.ts'
export * from './dropout.ts'
export * from './flatten.ts'
export * from './initialisers.ts'
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
} from './layer.ts'
export * from './linear.ts'
export * from './losses.ts'
export * from './network.ts'
export * from './describe.ts'
export * from './pooling.ts'
export * from './residual.ts'
export * from './response-norm.ts'
export * from './sequential.ts'
export * from './transposed-conv2d.ts'
export { type Batch, type Batches, type Images, EmptyPassError, LabelError } from './batch.ts'
export * from './checkpoint-error.ts'
export { type LoadOptions, loadWeights, saveWeights } from './checkpoint.ts'
export { type NonFinite, DivergedError } from './diverged.ts'
export * from './evaluate.ts'
export { fit } from './fit.ts'
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
} from './fit-options.ts'
export type { EpochRecord } from './training-checkpoint.ts'
export { type Loss, type ObjectiveOptions, misclassified } from './objective.ts'
export * from './optimizer.ts'
export * from './safetensors.ts'
export type { ElementArray, SafetensorsDType } from './safetensors-types.ts'
export * from './training-step.ts'
export * as operations from './operations/index.ts'
