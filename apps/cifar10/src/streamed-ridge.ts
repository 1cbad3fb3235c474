// Least squares to ±1 with a penalty, of features that are made block by block and never held together: their products are added up
// on the back end, centred and factored in place. For tens of thousands of features, where `ridge` of learn would take copies.
import {
  type Backend,
  type RealDType,
  type Tensor,
  ValueError,
  matmul,
  pointwise,
  scope,
  tensor,
  zeros,
} from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import { SQUARE, choleskyInPlace, setAside, solveInPlace } from './cholesky-in-place.ts'

/** Features of samples, made when they are asked for. */
export interface FeatureStream {
  readonly columns: number
  readonly dtype: RealDType
  /** The features [end − start, columns] of the samples `start` … `end − 1`, on the back end; the caller releases them. */
  block(start: number, end: number): Promise<Tensor>
}

/** How it is fitted. */
export interface StreamedRidgeOptions {
  readonly backend: Backend
  /** Samples 0 … count − 1 are fitted to; `labels[i]` is that of sample i. */
  readonly count: number
  readonly labels: ArrayLike<number>
  readonly classes: number
  /** λ: n·λ is added to the products of standardised features. Several are compared on the last `held` samples before all are fitted. */
  readonly penalties: readonly number[]
  readonly held: number
  readonly onBlock?: (samples: number) => void
}

/** The fitted classifier. */
export interface StreamedRidge {
  readonly penalty: number
  /** Errors on the held-out samples for each penalty; empty where only one was given. */
  readonly validation: readonly { readonly penalty: number; readonly errors: number }[]
  /** The class of each of the samples `start` … `end − 1` of a stream. */
  predict(features: FeatureStream, start: number, end: number): Promise<Int32Array>
  dispose(): void
}

/** Samples at a time. */
const BLOCK = 1000

const standardised = pointwise('standardised', (x, mean, scale) => x.minus(mean).times(scale))
const minus = pointwise('minus', (x, y) => x.minus(y))

/** Fits in one pass over the samples, choosing λ on the way: after all but the held-out samples, and again after these. */
export async function streamedRidge(features: FeatureStream, options: StreamedRidgeOptions): Promise<StreamedRidge> {
  const { backend, count, labels, classes, penalties, onBlock } = options
  const held = penalties.length > 1 ? options.held : 0
  const { columns, dtype } = features
  const like = { dtype, backend }
  const products = zeros([columns, columns], like)
  const targets = zeros([columns, classes], like)
  const total = zeros([1, columns], like)
  const perClass = new Float64Array(classes)
  let shift: Tensor | undefined
  let scale: Tensor | undefined

  /** Features less about their mean, over about their deviation, as measured on the first block. */
  const taken = async (from: FeatureStream, start: number, end: number): Promise<Tensor> => {
    const raw = await from.block(start, end)
    if (!shift || !scale) {
      const measured = momentsOf((await raw.read()) as Float32Array, columns)
      shift = tensor(cast(measured.mean, dtype), [1, columns], { backend })
      scale = tensor(cast(measured.scale, dtype), [1, columns], { backend })
    }
    standardised.into(raw, raw, shift, scale)
    return raw
  }

  const add = async (start: number, end: number): Promise<void> => {
    for (let from = start; from < end; from += BLOCK) {
      const to = Math.min(end, from + BLOCK)
      const x = await taken(features, from, to)
      scope(() => {
        const y = tensor(cast(signs(labels, from, to, classes), dtype), [to - from, classes], { backend })
        const xt = x.transpose()
        // the lower triangle, in panels
        for (let top = 0; top < columns; top += SQUARE) {
          const bottom = Math.min(columns, top + SQUARE)
          operations.matmul(
            backend,
            xt.slice([top, bottom]),
            x.slice(null, [0, bottom]),
            products.slice([top, bottom], [0, bottom]),
            true,
          )
        }
        operations.matmul(backend, xt, y, targets, true)
        operations.matmul(
          backend,
          tensor(cast(new Float64Array(to - from).fill(1), dtype), [1, to - from], { backend }),
          x,
          total,
          true,
        )
      })
      for (let i = from; i < to; i++) perClass[labels[i]]++
      await total.slice([0, 1], [0, 1]).read()
      backend.release(x.buffer)
      onBlock?.(to - from)
    }
  }

  /** Weights and intercept at λ, of the first n samples; their products are overwritten. */
  const solve = async (n: number, penalty: number): Promise<Model> => {
    const mean = (await total.read()).map((value) => value / n)
    const meanTarget = Float64Array.from(perClass, (own) => (2 * own) / n - 1)
    const right = targets.clone()
    scope(() => {
      const column = tensor(cast(mean, dtype), [columns, 1], { backend })
      for (let top = 0; top < columns; top += SQUARE) {
        const bottom = Math.min(columns, top + SQUARE)
        const down = tensor(
          cast(
            Float64Array.from(mean.subarray(top, bottom), (value) => -n * value),
            dtype,
          ),
          [bottom - top, 1],
          { backend },
        )
        operations.matmul(
          backend,
          down,
          column.slice([0, bottom]).transpose(),
          products.slice([top, bottom], [0, bottom]),
          true,
        )
      }
      const weighted = tensor(
        cast(
          Float64Array.from(mean, (value) => -n * value),
          dtype,
        ),
        [columns, 1],
        { backend },
      )
      operations.matmul(backend, weighted, tensor(cast(meanTarget, dtype), [1, classes], { backend }), right, true)
    })
    await choleskyInPlace(products, penalty * n).catch((error: unknown) => {
      backend.release(right.buffer)
      throw error
    })
    await solveInPlace(products, right)
    return { weights: right, mean: tensor(cast(mean, dtype), [1, columns], { backend }), meanTarget }
  }

  /** The classes that each model gives the samples `start` … `end − 1`, whose features are made once. */
  const classesBy = async (models: readonly Model[], from: FeatureStream, start: number, end: number) => {
    const out = models.map(() => new Int32Array(end - start))
    for (let at = start; at < end; at += BLOCK) {
      const to = Math.min(end, at + BLOCK)
      const x = await taken(from, at, to)
      for (const [m, { weights, mean, meanTarget }] of models.entries()) {
        const scores = scope(() => matmul(minus(x, mean), weights))
        const values = await scores.read()
        backend.release(scores.buffer)
        for (let i = 0; i < to - at; i++) out[m][at - start + i] = largest(values, i * classes, meanTarget)
      }
      backend.release(x.buffer)
    }
    return out
  }

  await add(0, count - held)
  const validation: { penalty: number; errors: number }[] = []
  if (held > 0) {
    const models: Model[] = []
    const tried: number[] = []
    const aside = setAside(products)
    for (const penalty of penalties) {
      const model = await solve(count - held, penalty).catch(unlessSingular)
      aside.restore()
      if (!model) continue
      tried.push(penalty)
      models.push(model)
    }
    aside.release()
    if (models.length === 0)
      throw new ValueError(
        `none of the penalties ${penalties.join(', ')} makes the products positive definite: raise them`,
      )
    const predicted = await classesBy(models, features, count - held, count)
    for (const [m, penalty] of tried.entries()) {
      const wrong = predicted[m].filter((label, i) => label !== labels[count - held + i])
      validation.push({ penalty, errors: wrong.length })
      release(models[m])
    }
    await add(count - held, count)
  }
  const least = validation.reduce((best, one) => (one.errors < best.errors ? one : best), validation[0])
  const penalty = least?.penalty ?? penalties[0]
  const model = await solve(count, penalty)
  for (const { buffer } of [products, targets, total]) backend.release(buffer)
  return {
    penalty,
    validation,
    predict: async (from, start, end) => (await classesBy([model], from, start, end))[0],
    dispose() {
      release(model)
      for (const x of [shift, scale]) if (x) backend.release(x.buffer)
    },
  }

  function release({ weights, mean }: Model): void {
    backend.release(weights.buffer)
    backend.release(mean.buffer)
  }
}

interface Model {
  readonly weights: Tensor
  readonly mean: Tensor
  readonly meanTarget: Float64Array
}

/** A penalty that is too small for the precision is not among those that are compared. */
function unlessSingular(error: unknown): undefined {
  if (!(error instanceof ValueError)) throw error
}

/** The class of the largest score from `from` on, the mean targets added. */
function largest(scores: ArrayLike<number>, from: number, meanTarget: Float64Array): number {
  let best = 0
  for (let k = 1; k < meanTarget.length; k++)
    if (scores[from + k] + meanTarget[k] > scores[from + best] + meanTarget[best]) best = k
  return best
}

const cast = (values: Float64Array | Float32Array, dtype: RealDType): Float32Array | Float64Array =>
  dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)

/** 1 at the class of each sample, −1 elsewhere. */
function signs(labels: ArrayLike<number>, start: number, end: number, classes: number): Float64Array {
  const out = new Float64Array((end - start) * classes).fill(-1)
  for (let i = start; i < end; i++) out[(i - start) * classes + labels[i]] = 1
  return out
}

/** Mean and 1/deviation of each column; a column that hardly varies beside the others is not blown up to their size. */
function momentsOf(data: Float32Array | Float64Array, columns: number): { mean: Float64Array; scale: Float64Array } {
  const rows = data.length / columns
  const [mean, squares] = [new Float64Array(columns), new Float64Array(columns)]
  for (let at = 0; at < data.length;) for (let j = 0; j < columns; j++) mean[j] += data[at++] / rows
  for (let at = 0; at < data.length;) for (let j = 0; j < columns; j++) squares[j] += (data[at++] - mean[j]) ** 2 / rows
  const typical = Math.sqrt(squares.reduce((a, b) => a + b, 0) / columns) || 1
  return { mean, scale: squares.map((square) => 1 / Math.hypot(Math.sqrt(square), 1e-3 * typical)) }
}
