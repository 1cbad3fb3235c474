// Kernel ridge regression to the classes: exact, from the Cholesky factor of the kernel of all samples.
import { type Backend, checkOptions, dtypeOf, matmul, positive, realArray } from '@scatterlab/tensor'
import { compute, gatherRows, upload } from './chunks.ts'
import { type Classifier, type Scores, largestScore, samplesFor } from './classifier.ts'
import {
  type FeatureMatrix,
  type Features,
  type Labels,
  type SubsetOptions,
  subsetRules,
  trainingSet,
} from './features.ts'
import {
  type Kernel,
  type KernelOptions,
  type KernelSamples,
  kernelBlock,
  kernelOf,
  kernelRules,
  kernelSamples,
  originOf,
} from './kernel.ts'
import { targetsOf } from './normal-equations.ts'
import { PANEL_ROWS, addToDiagonal, emptyPanels, factorPanels } from './panels.ts'
import { refinedSolution } from './refined.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'
import { expand } from './kernel-expansion.ts'
import { savedAs } from './saved-kinds.ts'

/** A kernel ridge classifier: scores b + Σ_i k(x_i, x) a_i. */
export interface KernelRidgeClassifier extends Classifier {
  /** With its numbers settled; `scale` was measured on the training samples. */
  readonly kernel: Kernel
  /** λ, the weight of ‖f‖² in the kernel's norm. */
  readonly penalty: number
  /** The training samples [samples, features]. */
  readonly samples: FeatureMatrix
  /** a, row-major [samples, classes]. */
  readonly coefficients: Float64Array
  /** b, [classes]. */
  readonly intercept: Float64Array
}

/** Options of `kernelRidge`. */
export interface KernelRidgeOptions extends RunOptions, SubsetOptions, KernelOptions {
  /** λ > 0. */
  readonly penalty: number
  /** Bound on ‖(K + λI) a − (Y − b)‖ relative to ‖Y − b‖; default 1e-4. */
  readonly tolerance?: number
}

/**
 * a with (K + λI) a = Y − b, Y being 1 at the class of a sample and −1 elsewhere, b its mean: the minimum of ‖Y − b − Ka‖² + λ aᵀKa.
 * The kernel takes n²/2 numbers of the features' element type (5 GB for 50,000 samples in single precision), and its factor takes its
 * place; the solution is refined by conjugate gradients with kernel values computed anew until it has the stated residual. Throws
 * `DataError` for labels that do not fit, `ValueError` for options, `ConvergenceError` where single precision does not do.
 */
export async function kernelRidge(
  features: Features,
  labels: Labels,
  options: KernelRidgeOptions,
): Promise<KernelRidgeClassifier> {
  const rules = { ...runRules, ...subsetRules, ...kernelRules, penalty: positive, tolerance: positive }
  const checked = checkOptions('kernelRidge', options, rules, ['penalty'])
  const { matrix, labels: own, rows, classes } = trainingSet(features, labels, checked)
  const { penalty, tolerance = 1e-4 } = checked
  const run = startRun(checked)
  const kernel = kernelOf(checked, matrix, rows)
  const origin = originOf(kernel, matrix, rows)
  const targets = targetsOf(
    Int32Array.from(rows, (row) => own[row]),
    classes,
  )
  const intercept = new Float64Array(classes)
  targets.forEach((value, at) => {
    intercept[at % classes] += value / rows.length
  })
  const right = targets.map((value, at) => value - intercept[at % classes])
  const all = kernelSamples(run, kernel, matrix, rows, origin)
  try {
    const panels = emptyPanels(rows.length, dtypeOf(matrix.data))
    for (const [p, { top, bottom, data }] of panels.entries()) {
      await run.step('kernel', p, panels.length)
      data.set(await blockOf(run, kernel, all, top, bottom, bottom))
      for (let i = top; i < bottom; i++) data[(i - top) * bottom + i] = all.diagonal[i]
    }
    addToDiagonal(panels, penalty)
    const factor = await factorPanels(run, panels, (done) => run.step('factor', done, panels.length))
    const multiply = (x: Float64Array): Promise<Float64Array> => kernelTimes(run, kernel, all, penalty, x, classes)
    const coefficients = await refinedSolution(factor, multiply, right, classes, tolerance)
    const samples = realArray(dtypeOf(matrix.data), rows.length * matrix.shape[1])
    gatherRows(matrix, rows, null, samples)
    const numbers = { classes, kernel, penalty, coefficients, intercept, origin }
    return kernelRidgeFrom(
      { ...numbers, samples: { data: samples, shape: [rows.length, matrix.shape[1]] } },
      run.backend,
    )
  } finally {
    all.release()
  }
}

/** k(x_i, x_j) for i from `top` to before `bottom` and j before `width`. */
const blockOf = (run: Run, kernel: Kernel, all: KernelSamples, top: number, bottom: number, width: number) =>
  compute(run, () => kernelBlock(kernel, part(all, top, bottom), part(all, 0, width)))

/** Some of the samples, as views. */
const part = ({ x, squares, diagonal, release }: KernelSamples, start: number, end: number): KernelSamples => ({
  count: end - start,
  x: x.slice([start, end]),
  squares: squares.slice([0], [start, end]),
  diagonal: diagonal.subarray(start, end),
  release,
})

/** (K + λI) x, kernel values computed anew. */
async function kernelTimes(
  run: Run,
  kernel: Kernel,
  all: KernelSamples,
  penalty: number,
  x: Float64Array,
  columns: number,
): Promise<Float64Array> {
  const own = realArray(all.x.dtype as 'float32' | 'float64', x.length)
  own.set(x)
  const out = x.map((value) => penalty * value)
  const right = upload(run, own, all.count, columns)
  try {
    for (let top = 0; top < all.count; top += PANEL_ROWS) {
      const bottom = Math.min(all.count, top + PANEL_ROWS)
      const product = await compute(run, () => matmul(kernelBlock(kernel, part(all, top, bottom), all), right))
      for (let i = 0; i < product.length; i++) out[top * columns + i] += product[i]
      await run.breathe()
    }
  } finally {
    run.backend.release(right.buffer)
  }
  return out
}

/** All numbers of a kernel ridge classifier. */
export interface KernelRidgeNumbers extends Omit<KernelRidgeClassifier, 'predict' | 'scores'> {
  /** From where samples are measured before the kernel. */
  readonly origin: Float64Array | null
}

/** The classifier of its numbers. */
export function kernelRidgeFrom(numbers: KernelRidgeNumbers, fittedOn: Backend): KernelRidgeClassifier {
  const { origin, ...shown } = numbers
  const { classes, kernel, samples, coefficients, intercept } = shown
  async function scores(features: Features, options?: Parameters<Classifier['scores']>[1]): Promise<Scores> {
    const { matrix, rows, run } = samplesFor(features, samples.shape[1], options, fittedOn)
    const data = new Float64Array(rows.length * classes)
    await expand(run, { kernel, samples, weights: coefficients, outputs: classes, origin }, matrix, rows, data)
    for (let i = 0, k = 0; i < data.length; i++, k = (k + 1) % classes) data[i] += intercept[k]
    return { data, shape: [rows.length, classes] }
  }
  const predict: Classifier['predict'] = async (asked, options) => largestScore(await scores(asked, options))
  return savedAs('kernelRidge', numbers, { ...shown, scores, predict })
}
