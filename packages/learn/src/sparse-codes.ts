// Sparse codes of samples in a given dictionary: least ½‖x − zD‖² + λ‖z‖₁, by proximal steps for many samples at a time, or along the
// exact path of solutions, sample by sample. Nothing is told of labels: an unsupervised step.
import { checkOptions, dtypeOf, matmul, oneOf, positive, realArray, trueOrFalse, wholeNumber } from '@scatterlab/tensor'
import { inverseFactor } from './cholesky.ts'
import { chunksOf, compute, upload } from './chunks.ts'
import { ConvergenceError } from './errors.ts'
import { leadingEigenpairs } from './eigenpairs.ts'
import {
  type FeatureMatrix,
  type Features,
  type SubsetOptions,
  checkColumns,
  checkRows,
  matrixOf,
  subsetRules,
} from './features.ts'
import { type Run, type RunOptions, runRules, startRun } from './run.ts'

/** Options of `sparseCodes`. */
export interface SparseCodesOptions extends RunOptions, SubsetOptions {
  /** λ > 0. */
  readonly penalty: number
  /**
   * `fista`, the default: accelerated proximal steps (Beck and Teboulle 2009); `ista`: plain ones; `homotopy`: the path from z = 0 to λ
   * (LARS with the lasso's rule, Efron and others 2004), exact, for few atoms in use.
   */
  readonly method?: 'fista' | 'ista' | 'homotopy'
  /** Only z ≥ 0: soft thresholds become rectifiers; default false. */
  readonly nonNegative?: boolean
  /** The violation of optimality that may remain, relative to λ; default 1e-4. The path is exact to rounding. */
  readonly tolerance?: number
  /** Steps; default 10,000. */
  readonly maxIterations?: number
}

/**
 * The codes z of samples x [n, d] in the atoms D [atoms, d], [n, atoms]: least ½‖x − zD‖² + λ‖z‖₁. Throws `ConvergenceError` with the
 * violation that is left, `ShapeError` where samples and atoms differ in length.
 */
export async function sparseCodes(
  features: Features,
  dictionary: Features,
  options: SparseCodesOptions,
): Promise<FeatureMatrix> {
  const rules = {
    ...runRules,
    ...subsetRules,
    penalty: positive,
    method: oneOf('fista', 'ista', 'homotopy'),
    nonNegative: trueOrFalse,
    tolerance: positive,
    maxIterations: wholeNumber(1),
  }
  const checked = checkOptions('sparseCodes', options, rules, ['penalty'])
  const { penalty, method = 'fista', nonNegative = false, tolerance = 1e-4, maxIterations = 10_000 } = checked
  const matrix = matrixOf(features)
  const rows = checkRows(matrix, checked.rows)
  const d = matrixOf(dictionary)
  checkRows(d)
  checkColumns(matrix, d.shape[1])
  const run = startRun(checked)
  const [atoms, columns] = d.shape
  const dtype = dtypeOf(matrix.data)
  const own = realArray(dtype, d.data.length)
  own.set(d.data)
  const lines = upload(run, own, atoms, columns)
  const out = realArray(dtype, rows.length * atoms)
  try {
    const gram = await compute(run, () => matmul(lines, lines.transpose()))
    const lipschitz = method === 'homotopy' ? 0 : await largestEigenvalue(run, gram, atoms)
    for (const { data, start, count } of chunksOf(matrix, rows, null)) {
      await run.step('samples', start, rows.length)
      const products = await compute(run, () => matmul(upload(run, data, count, columns), lines.transpose()))
      if (method === 'homotopy') {
        for (let i = 0; i < count; i++) {
          const b = Float64Array.from(products.subarray(i * atoms, (i + 1) * atoms))
          out.set(lassoPath(gram, b, penalty, nonNegative, maxIterations), (start + i) * atoms)
          if (i % 64 === 0) await run.breathe()
        }
        continue
      }
      const settings = { penalty, nonNegative, tolerance, maxIterations, lipschitz, accelerated: method === 'fista' }
      out.set(await proximalSteps(run, gram, products, count, atoms, settings), start * atoms)
    }
    await run.step('samples', rows.length, rows.length)
  } finally {
    run.backend.release(lines.buffer)
  }
  return { data: out, shape: [rows.length, atoms] }
}

/** A bound on the largest eigenvalue of DDᵀ. */
async function largestEigenvalue(run: Run, gram: FeatureMatrix['data'], atoms: number): Promise<number> {
  const symmetric = Float64Array.from(gram)
  const { values } = await leadingEigenpairs({ data: symmetric, shape: [atoms, atoms] }, 1, { backend: run.backend })
  return values[0] * 1.001 || 1
}

/** Steps z ← threshold(y − (yG − b)/L, λ/L) from z = 0 on all samples at once. */
async function proximalSteps(
  run: Run,
  gram: FeatureMatrix['data'],
  b: FeatureMatrix['data'],
  count: number,
  atoms: number,
  {
    penalty,
    nonNegative,
    tolerance,
    maxIterations,
    lipschitz,
    accelerated,
  }: {
    penalty: number
    nonNegative: boolean
    tolerance: number
    maxIterations: number
    lipschitz: number
    accelerated: boolean
  },
): Promise<FeatureMatrix['data']> {
  const z = b.slice().fill(0)
  const y = z.slice()
  const g = upload(run, gram, atoms, atoms)
  let [momentum, worst] = [1, Infinity]
  try {
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      const image = await compute(run, () => matmul(upload(run, y, count, atoms), g))
      worst = violation(y, image, b, penalty, nonNegative)
      if (worst <= tolerance * penalty) return y
      const next = accelerated ? (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2 : 1
      const ahead = accelerated ? (momentum - 1) / next : 0
      momentum = next
      let uphill = 0
      for (let at = 0; at < z.length; at++) {
        const point = y[at] - (image[at] - b[at]) / lipschitz
        const size = Math.max(0, (nonNegative ? point : Math.abs(point)) - penalty / lipschitz)
        const value = size === 0 || nonNegative || point > 0 ? size : -size
        const change = value - z[at]
        uphill += (y[at] - value) * change
        z[at] = value
        y[at] = value + ahead * change
      }
      // momentum that leads uphill is dropped (O'Donoghue and Candès 2015)
      if (accelerated && uphill > 0) {
        momentum = 1
        y.set(z)
      }
      await run.breathe()
    }
  } finally {
    run.backend.release(g.buffer)
  }
  throw new ConvergenceError(
    `sparse codes violate optimality by ${(worst / penalty).toExponential(1)} λ after ${maxIterations} steps, not ${tolerance}: ` +
      'raise `maxIterations`, `tolerance` or `penalty`',
  )
}

/** How far the gradient yG − b is from what an optimum allows. */
function violation(
  y: FeatureMatrix['data'],
  image: FeatureMatrix['data'],
  b: FeatureMatrix['data'],
  penalty: number,
  nonNegative: boolean,
): number {
  let worst = 0
  for (let at = 0; at < y.length; at++) {
    const correlation = b[at] - image[at]
    const off =
      y[at] === 0
        ? Math.max(0, (nonNegative ? correlation : Math.abs(correlation)) - penalty)
        : nonNegative && y[at] < 0
          ? Infinity
          : Math.abs(correlation - Math.sign(y[at]) * penalty)
    if (off > worst) worst = off
  }
  return worst
}

/**
 * The lasso's solution at λ for G = DDᵀ and b = Dx, along its path: all atoms in use have correlation ±λ, which falls until another one
 * comes in, or one in use goes through 0 and out.
 */
export function lassoPath(
  gram: FeatureMatrix['data'],
  b: Float64Array,
  penalty: number,
  nonNegative: boolean,
  maxIterations: number,
): Float64Array {
  const atoms = b.length
  const z = new Float64Array(atoms)
  const correlation = b.slice()
  const isBarred = new Uint8Array(atoms)
  const inUse = new Uint8Array(atoms)
  const sized = (j: number): number => (nonNegative ? correlation[j] : Math.abs(correlation[j]))
  let level = 0
  for (let j = 0; j < atoms; j++) level = Math.max(level, sized(j))
  if (level <= penalty) return z
  const first = Array.from(z.keys()).find((j) => sized(j) === level)!
  const active = [first]
  let dropped = -1
  for (let step = 0; step < maxIterations; step++) {
    const size = active.length
    const own = new Float64Array(size * size)
    for (let i = 0, at = 0; i < size; i++) {
      const row = active[i] * atoms
      for (let j = 0; j < size; j++, at++) own[at] = gram[row + active[j]]
    }
    const { inverse, pivots } = inverseFactor(own, size, 0)
    const last = active[size - 1]
    // an atom that those in use combine to: it can add nothing
    if (!(pivots[size - 1] > 1e-10 * gram[last * atoms + last])) {
      isBarred[last] = 1
      active.pop()
      if (size === 1) return z
      continue
    }
    const signs = active.map((j) => Math.sign(correlation[j]))
    const half = new Float64Array(size)
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) half[i] += inverse[i * size + j] * signs[j]
    const direction = new Float64Array(size)
    for (let i = 0; i < size; i++) for (let j = i; j < size; j++) direction[i] += inverse[j * size + i] * half[j]
    const fall = new Float64Array(atoms)
    for (let k = 0; k < size; k++) {
      const [weight, row] = [direction[k], active[k] * atoms]
      for (let j = 0; j < atoms; j++) fall[j] += weight * gram[row + j]
    }

    let length = level - penalty
    let [event, enters] = [-1, false]
    inUse.fill(0)
    for (const j of active) inUse[j] = 1
    for (let j = 0; j < atoms; j++) {
      if (inUse[j] === 1 || isBarred[j] === 1) continue
      // the atom that has just gone out stands at the level itself
      const least = (j === dropped ? 1e-12 : -1e-12) * level
      const up = (level - correlation[j]) / (1 - fall[j])
      if (up > least && up < length) [length, event, enters] = [Math.max(0, up), j, true]
      if (nonNegative) continue
      const down = (level + correlation[j]) / (1 + fall[j])
      if (down > least && down < length) [length, event, enters] = [Math.max(0, down), j, true]
    }
    for (let k = 0; k < size; k++) {
      const gamma = -z[active[k]] / direction[k]
      if (gamma > 0 && gamma < length) [length, event, enters] = [gamma, k, false]
    }
    for (let k = 0; k < size; k++) z[active[k]] += length * direction[k]
    for (let j = 0; j < atoms; j++) correlation[j] -= length * fall[j]
    level -= length
    dropped = -1
    if (event < 0) return z
    if (enters) active.push(event)
    else {
      dropped = active[event]
      z[dropped] = 0
      active.splice(event, 1)
      isBarred.fill(0)
      if (active.length === 0) return z
    }
  }
  throw new ConvergenceError(`the path to the penalty ${penalty} takes more than ${maxIterations} steps: raise it`)
}
