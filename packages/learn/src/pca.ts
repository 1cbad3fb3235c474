// Features measured along their leading principal components, each divided by its deviation if wanted: fewer numbers, on one scale.
import {
  type RealArray,
  type Rules,
  ValueError,
  checkOptions,
  dtypeOf,
  matmul,
  notNegative,
  realArray,
  trueOrFalse,
  wholeNumber,
} from '@scatterlab/tensor'
import { chunksOf, compute, upload } from './chunks.ts'
import { samplesFor } from './classifier.ts'
import { eigenRules, type EigenOptions } from './eigenpairs.ts'
import { type FeatureMatrix, type Features, type SubsetOptions, subsetRules } from './features.ts'
import { type PrincipalComponents, principalComponents } from './principal-components.ts'
import { type RunOptions, startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'

/** A map of features that is a matrix product: awaited, on the back end. */
export interface LinearTransform {
  /** The features of the samples mapped, one row each. Throws `ShapeError` for another number of features. */
  apply(features: Features, options?: RunOptions & SubsetOptions): Promise<FeatureMatrix>
}

/** z_k = ⟨x − μ, v_k⟩·scale_k. */
export interface Pca extends PrincipalComponents, LinearTransform {
  /** 1/√(variance_k + ε) with `whiten`, else 1. */
  readonly scales: Float64Array
}

/** How much is added to variances before deviations are divided by. */
export interface WhiteningFloor {
  /** ε, in the square of the unit of the features; default by `floor`. */
  readonly epsilon?: number
  /** ε as a part of the largest variance; default 0.01. */
  readonly floor?: number
}

/** What `WhiteningFloor` may be. */
export const floorRules: Rules<WhiteningFloor> = { epsilon: notNegative, floor: notNegative }

/** ε. */
export const epsilonOf = ({ epsilon, floor = 0.01 }: WhiteningFloor, variances: Float64Array): number =>
  epsilon ?? floor * (variances[0] ?? 0)

/** Options of `pca`. */
export interface PcaOptions extends EigenOptions, SubsetOptions, WhiteningFloor {
  /** How many; at most the number of features, and of samples less one. */
  readonly components: number
  /** Divides each by √(variance + ε); default false. */
  readonly whiten?: boolean
}

/** Measures the principal components of training samples, for `apply` to all. Throws as `principalComponents` does. */
export async function pca(training: Features, options: PcaOptions): Promise<Pca> {
  const rules = { ...eigenRules, ...subsetRules, ...floorRules, components: wholeNumber(1), whiten: trueOrFalse }
  const {
    components,
    whiten = false,
    epsilon: _,
    floor: __,
    ...rest
  } = checkOptions('pca', options, rules, ['components'])
  const found = await principalComponents(training, { ...rest, count: components })
  const { variances } = found
  const epsilon = epsilonOf(options, variances)
  const scales = variances.map((variance) => (whiten ? 1 / Math.sqrt(variance + epsilon) : 1))
  return pcaFrom({ ...found, scales }, rest)
}

/** The transform of its numbers. */
export function pcaFrom(numbers: Omit<Pca, 'apply'>, options: RunOptions): Pca {
  const { mean, axes, scales } = numbers
  const columns = mean.length
  const lines = axes.map((value, at) => value * scales[Math.floor(at / columns)])
  return savedAs('pca', numbers, {
    ...numbers,
    apply: linearMap(lines, mean, scales.length, startRun(options).backend),
  })
}

/** x ↦ lines·(x − μ), a chunk of rows at a time; `lines` is [height, columns]. */
export function linearMap(
  lines: RealArray,
  mean: Float64Array,
  height: number,
  fittedOn: Parameters<typeof samplesFor>[3],
): LinearTransform['apply'] {
  const columns = mean.length
  return async (features, options) => {
    const { matrix, rows, run } = samplesFor(features, columns, options, fittedOn)
    const dtype = dtypeOf(matrix.data)
    const own = realArray(dtype, lines.length)
    own.set(lines)
    const out = realArray(dtype, rows.length * height)
    const map = upload(run, own, height, columns)
    try {
      for (const { data, start, count } of chunksOf(matrix, rows, mean)) {
        await run.step('samples', start, rows.length)
        out.set(await compute(run, () => matmul(upload(run, data, count, columns), map.transpose())), start * height)
      }
      await run.step('samples', rows.length, rows.length)
    } finally {
      run.backend.release(map.buffer)
    }
    return { data: out, shape: [rows.length, height] }
  }
}

/** Throws unless deviations can be divided by. */
export function checkEpsilon(epsilon: number, spanned: number, columns: number): void {
  if (epsilon > 0 || spanned === columns) return
  throw new ValueError(
    `epsilon 0 for samples that span ${spanned} of ${columns} dimensions: give a positive one, such as floor 0.01`,
  )
}
