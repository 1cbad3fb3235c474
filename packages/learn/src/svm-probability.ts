// Probabilities of the classes from a support vector machine: a sigmoid of each problem's values, fitted to values of samples that
// the machine had not seen (Platt 1999; Lin, Lin and Weng 2007), and the probabilities of the classes that fit all pairs best (Wu, Lin
// and Weng 2004).
import { checkOptions, positive, wholeNumber, aSeed } from '@scatterlab/tensor'
import { type PredictOptions, type Scores, quietly } from './classifier.ts'
import { type Features, type Labels, trainingSet } from './features.ts'
import { kernelOf } from './kernel.ts'
import { startRun } from './run.ts'
import { savedAs } from './saved-kinds.ts'
import { kFold } from './splits.ts'
import { type SvmClassifier, type SvmOptions, fitPath, svmClassifier, svmFitRules } from './svm.ts'
import type { TwoClasses } from './two-class-problems.ts'

/** p = 1/(1 + e^(slope·f + offset)), the probability of the positive class at the value f. */
export interface Sigmoid {
  /** Below 0 where larger values speak for the positive class. */
  readonly slope: number
  /** −slope times the value at which p = ½. */
  readonly offset: number
}

/** A support vector machine that tells probabilities. */
export interface SvmProbabilityClassifier extends SvmClassifier {
  /** Of each problem, in their order. */
  readonly sigmoids: readonly Sigmoid[]
  /** The probability of every class, [samples, classes]; rows sum to 1. The most likely class may differ from the predicted one. */
  probabilities(features: Features, options?: PredictOptions): Promise<Scores>
}

/** Options of `svmProbability`. */
export interface SvmProbabilityOptions extends SvmOptions {
  /** Parts of which each is held out in turn for the values that the sigmoids are fitted to; default 5. */
  readonly folds?: number
  /** Default 0. */
  readonly seed?: number | string
}

/**
 * A support vector machine fitted to all samples, with sigmoids fitted to held-out values: it fits `folds` further machines. Throws as
 * `svm` and `kFold` do.
 */
export async function svmProbability(
  features: Features,
  labels: Labels,
  options?: SvmProbabilityOptions,
): Promise<SvmProbabilityClassifier> {
  const rules = { ...svmFitRules, cost: positive, folds: wholeNumber(2), seed: aSeed }
  const checked = checkOptions('svmProbability', options, rules)
  const { folds = 5, seed = 0, cost = 1, onProgress: _, ...fit } = checked
  const training = trainingSet(features, labels, checked)
  const { matrix, labels: own, rows } = training
  const run = startRun(checked)
  const inner = { ...run, step: () => run.breathe() }
  const kernel = kernelOf(checked, matrix, rows)
  const machine = async (some: Int32Array): Promise<SvmClassifier> => {
    const part = { ...training, rows: some }
    const [solved] = await fitPath(inner, part, kernel, [cost], fit)
    return svmClassifier(run, part, kernel, solved, checked.decision)
  }
  const splits = kFold(own, { folds, seed, rows })
  const held: { label: number; values: Float64Array }[] = []
  for (const [f, { training: some, validation }] of splits.entries()) {
    await run.step('folds', f, folds + 1)
    const { data, shape } = await (await machine(some)).decisions(matrix, quietly(checked, validation))
    const width = shape[1]
    validation.forEach((row, i) => held.push({ label: own[row], values: data.slice(i * width, (i + 1) * width) }))
  }
  await run.step('folds', folds, folds + 1)
  const fitted = await machine(rows)
  await run.step('folds', folds + 1, folds + 1)
  const sigmoids = fitted.problems.map(({ positive: first, negative }, p) => {
    const some = held.filter(({ label }) => negative === null || label === first || label === negative)
    return sigmoidOf(
      Float64Array.from(some, ({ values }) => values[p]),
      some.map(({ label }) => label === first),
    )
  })
  return withSigmoids(fitted, sigmoids)
}

/** The machine with probabilities from its values. */
export function withSigmoids(machine: SvmClassifier, sigmoids: readonly Sigmoid[]): SvmProbabilityClassifier {
  const { classes, problems } = machine
  return savedAs('svmProbability', { machine, sigmoids }, {
    ...machine,
    sigmoids,
    async probabilities(features, options) {
      const { data, shape } = await machine.decisions(features, options)
      const width = shape[1]
      const out = new Float64Array(shape[0] * classes)
      for (let i = 0; i < shape[0]; i++) {
        const own = sigmoids.map((sigmoid, p) => probabilityOf(sigmoid, data[i * width + p]))
        out.set(problems[0].negative === null ? shares(own) : coupled(own, problems, classes), i * classes)
      }
      return { data: out, shape: [shape[0], classes] }
    },
  } satisfies SvmProbabilityClassifier)
}

/** 1/(1 + e^(slope·value + offset)), without overflow. */
function probabilityOf({ slope, offset }: Sigmoid, value: number): number {
  const z = slope * value + offset
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z))
}

function shares(values: readonly number[]): number[] {
  const sum = values.reduce((a, b) => a + b, 0)
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length))
}

/**
 * The sigmoid of the largest likelihood of which values belong to the positive class, by Newton's method with backtracking. The
 * targets lie a little inside 0 and 1 (Platt), so that separable values do not make it a step.
 */
export function sigmoidOf(values: Float64Array, isPositive: readonly boolean[]): Sigmoid {
  const ones = isPositive.filter(Boolean).length
  const zeros = values.length - ones
  const targets = isPositive.map((yes) => (yes ? (ones + 1) / (ones + 2) : 1 / (zeros + 2)))
  // values in units of the largest, lest the scale of the features matter
  const unit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const f = values.map((value) => value / unit)
  const loss = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < f.length; i++) {
      const z = a * f[i] + b
      sum += z >= 0 ? targets[i] * z + Math.log1p(Math.exp(-z)) : (targets[i] - 1) * z + Math.log1p(Math.exp(z))
    }
    return sum
  }
  let [a, b] = [0, Math.log((zeros + 1) / (ones + 1))]
  let now = loss(a, b)
  for (let iteration = 0; iteration < 100; iteration++) {
    let [haa, hab, hbb, ga, gb] = [1e-12, 0, 1e-12, 0, 0]
    for (let i = 0; i < f.length; i++) {
      const p = probabilityOf({ slope: a, offset: b }, f[i])
      const weight = p * (1 - p)
      haa += f[i] * f[i] * weight
      hab += f[i] * weight
      hbb += weight
      ga += f[i] * (targets[i] - p)
      gb += targets[i] - p
    }
    if (Math.abs(ga) < 1e-9 * f.length && Math.abs(gb) < 1e-9 * f.length) break
    const determinant = haa * hbb - hab * hab
    const [da, db] = [-(hbb * ga - hab * gb) / determinant, -(haa * gb - hab * ga) / determinant]
    let step = 1
    for (; step > 1e-10; step /= 2) {
      const next = loss(a + step * da, b + step * db)
      if (next >= now + 1e-4 * step * (ga * da + gb * db)) continue
      ;[a, b, now] = [a + step * da, b + step * db, next]
      break
    }
    if (step <= 1e-10) break
  }
  return { slope: a / unit, offset: b }
}

/** Least Σ_pairs (r_ji p_i − r_ij p_j)² over probabilities p, r_ij the probability of i in the pair (i, j). */
export function coupled(pairs: readonly number[], problems: readonly TwoClasses[], classes: number): Float64Array {
  if (classes === 2) return Float64Array.of(pairs[0], 1 - pairs[0])
  const q = new Float64Array(classes * classes)
  problems.forEach(({ positive: i, negative }, at) => {
    const j = negative!
    const [ri, rj] = [pairs[at], 1 - pairs[at]]
    q[i * classes + i] += rj * rj
    q[j * classes + j] += ri * ri
    q[i * classes + j] = q[j * classes + i] = -ri * rj
  })
  const p = new Float64Array(classes).fill(1 / classes)
  for (let iteration = 0; iteration < 1000; iteration++) {
    const qp = Float64Array.from(p, (_, i) => p.reduce((sum, value, j) => sum + q[i * classes + j] * value, 0))
    const pqp = p.reduce((sum, value, i) => sum + value * qp[i], 0)
    if (qp.every((value) => Math.abs(value - pqp) < 1e-10 / classes)) break
    for (let i = 0; i < classes; i++) {
      const own = q[i * classes + i]
      if (own === 0) continue
      let [product, whole] = [0, 0]
      for (let j = 0; j < classes; j++) product += q[i * classes + j] * p[j]
      for (let j = 0; j < classes; j++) for (let k = 0; k < classes; k++) whole += p[j] * q[j * classes + k] * p[k]
      const step = (whole - product) / own
      p[i] += step
      for (let j = 0; j < classes; j++) p[j] /= 1 + step
    }
  }
  return p
}
