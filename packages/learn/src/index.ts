// Re-exports only.
export { ConvergenceError, DataError } from './errors.ts'
export type { FeatureMatrix, Features, Labels, SubsetOptions } from './features.ts'
export type { Progress, RunOptions } from './run.ts'
export type { ApplyOptions, FeatureTransform } from './transforms.ts'
export { type Standardisation, standardise } from './standardise.ts'
export { type NormalisePathsOptions, type PathNormalisation, normalisePaths } from './normalise-paths.ts'
export { unitRows } from './unit-rows.ts'
export {
  type CrossValidateOptions,
  type CrossValidation,
  type HoldOutOptions,
  type KFoldOptions,
  type Split,
  crossValidate,
  holdOut,
  kFold,
} from './splits.ts'
export type { Classifier, PredictOptions, Scores } from './classifier.ts'
export { type EigenOptions, type Eigenpairs, leadingEigenpairs } from './eigenpairs.ts'
export {
  type PrincipalComponents,
  type PrincipalComponentsOptions,
  principalComponents,
} from './principal-components.ts'
export {
  type DimensionCurve,
  type PcaAffine,
  type PcaAffineOptions,
  type PcaAffineSelectOptions,
  type PcaAffineSelection,
  pcaAffine,
  pcaAffineSelect,
} from './pca-affine.ts'
export type { LinearClassifier } from './linear.ts'
export type { LinearSelection, PenaltyResult } from './penalties.ts'
export { type RidgeOptions, type RidgeSelectOptions, ridge, ridgeSelect } from './ridge.ts'
export {
  type LogisticClassifier,
  type LogisticFitOptions,
  type LogisticOptions,
  type LogisticSelectOptions,
  type LogisticSelection,
  logistic,
  logisticSelect,
} from './logistic.ts'
export {
  type NearestNeighbours,
  type NearestNeighboursOptions,
  type Neighbours,
  kNearestNeighbours,
} from './nearest-neighbours.ts'
export { type NearestNeighbourTest, nearestNeighbourTest } from './nearest-neighbour-test.ts'
export { type FrechetDistance, frechetDistance } from './frechet-distance.ts'
export {
  type ClassNeighbours,
  type ClassNeighboursOptions,
  type NearestSample,
  classNeighbours,
} from './class-neighbours.ts'
export { type IntrinsicDimension, intrinsicDimension } from './intrinsic-dimension.ts'
export type { Kernel, KernelOptions } from './kernel.ts'
export type { Decision, TwoClasses } from './two-class-problems.ts'
export { type Decisions, type SvmClassifier, type SvmFitOptions, type SvmOptions, type SvmProblem, svm } from './svm.ts'
export { type SvmResult, type SvmSelectOptions, type SvmSelection, svmSelect } from './svm-select.ts'
export {
  type Sigmoid,
  type SvmProbabilityClassifier,
  type SvmProbabilityOptions,
  svmProbability,
} from './svm-probability.ts'
export type { MarginLoss } from './coordinate-descent.ts'
export { type LinearSvmClassifier, type LinearSvmOptions, linearSvm } from './linear-svm.ts'
export { type LinearTransform, type Pca, type PcaOptions, type WhiteningFloor, pca } from './pca.ts'
export { type WhitenOptions, type Whitening, whiten } from './whiten.ts'
export { type KMeans, type KMeansOptions, kMeans } from './k-means.ts'
export { type KernelRidgeClassifier, type KernelRidgeOptions, kernelRidge } from './kernel-ridge.ts'
export { type Nystroem, type NystroemOptions, nystroem } from './nystroem.ts'
export {
  type Fit,
  type Pipeline,
  type PipelineClassifier,
  type PipelineFitOptions,
  type Step,
  type StepSettings,
  pipeline,
} from './pipeline.ts'
export { type Grid, type GridResult, type GridSearch, type GridSearchOptions, gridSearch } from './grid-search.ts'
export { type LoadModelOptions, type Model, loadModel, saveModel } from './model-file.ts'
export { type FeatureSelection, type SelectFeaturesOptions, selectFeatures } from './select-features.ts'
export { type SparseCodesOptions, sparseCodes } from './sparse-codes.ts'
export { type Confusion, type ErrorCount, confusion, errorCount } from './confusion.ts'
