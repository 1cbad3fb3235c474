// The back end's operations on general arrays, over the kernels of one heap: copies, element-wise functions, reductions,
// matrix products, rectifiers and the optimizers' updates. Each gives true if it ran, false where there is no kernel for
// these views; then the reference runs in its place.
import type {
  AdamOptions,
  BinaryOperation,
  Buffer,
  Reduction,
  SgdOptions,
  UnaryOperation,
  View,
} from '@scatterlab/tensor'
import { copyingModule } from './elementwise/copying.ts'
import { elementwiseModule } from './elementwise/elementwise.ts'
import type { Address, Heap } from './memory/heap.ts'
import { COLUMN_SCRATCH, reductionModule } from './reduction/reduction.ts'
import { type Axis, type Strided, axesOf, forEachIndex, innermost } from './elementwise/strided.ts'
import { type Form, StridedKernels, rowsForm, runsForm } from './elementwise/strided-kernels.ts'
import { double, single } from './matmul/tile.ts'
import { TunedMatmul } from './matmul/tuning.ts'
import type { Workers } from './threads/workers.ts'
import { type PassName, passOrder, updatesModule } from './elementwise/updates.ts'

/** A view of real numbers in the heap. */
interface Placed extends Strided {
  readonly bytes: 4 | 8
  readonly shape: readonly number[]
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/** The operations on one heap. Not for two threads at a time. */
export class ArrayOperations {
  readonly #heap: Heap
  readonly #addressOf: (buffer: Buffer) => Address | undefined
  readonly #relaxed: boolean
  readonly #kernels: StridedKernels
  readonly #products = new Map<4 | 8, TunedMatmul>()
  readonly #workers: () => Workers | null
  readonly #scratch: Address

  /**
   * `addressOf` gives the place of a buffer in the heap, or undefined if it is not there; `workers` the threads when they are
   * first needed, or null where there is one only.
   */
  constructor(
    heap: Heap,
    relaxed: boolean,
    addressOf: (buffer: Buffer) => Address | undefined,
    workers: () => Workers | null,
  ) {
    this.#workers = workers
    this.#kernels = new StridedKernels(heap, workers)
    this.#heap = heap
    this.#relaxed = relaxed
    this.#addressOf = addressOf
    this.#scratch = heap.allocateUnscoped(COLUMN_SCRATCH)
  }

  /** `Backend.copy`, all of it. */
  copy(x: View, out: View): boolean {
    const views = this.#place([x, out])
    if (views === null) return false
    const [from, to] = views as [Placed, Placed]
    if (!sameShape(from.shape, to.shape)) return false
    const name = from.bytes === to.bytes ? `copy${from.bytes}` : from.bytes === 4 ? 'widen' : 'narrow'
    this.#kernels.functions('copying', copyingModule)
    const axes = axesOf(to.shape, views)
    // Where x runs along another axis than out, the two become the inner ones.
    const across = axes.findIndex(({ steps }, i) => i < axes.length - 1 && steps[0] === 4)
    const transposes = name === 'copy4' && across >= 0 && axes.at(-1)!.steps[1] === 4
    if (transposes) axes.splice(axes.length - 2, 0, ...axes.splice(across, 1))
    this.#run('copying', transposes ? 'transpose4' : name, rowsForm, views, axes)
    return true
  }

  /** `Backend.map`: real numbers of one precision; `neg` also of complex ones. */
  map(op: UnaryOperation, x: View, out: View): boolean {
    if (op === 'conj') return x.imagStride === 0 && this.copy(x, out)
    if (x.imagStride !== 0 && op !== 'neg') return false
    const views = this.#place([x, out])
    if (views === null || views[0]!.bytes !== views[1]!.bytes || !sameShape(x.shape, out.shape)) return false
    const { bytes } = views[0]!
    if (this.#elementwise(bytes)[`map_${op}`] === undefined) return false
    this.#run(`elementwise${bytes}`, `map_${op}`, rowsForm, views)
    return true
  }

  /** `Backend.zip`: real numbers of one precision; sums and differences also of complex ones. */
  zip(op: BinaryOperation, a: View, b: View, out: View): boolean {
    const complex = [a, b, out].filter((view) => view.imagStride !== 0).length
    if (complex > 0 && (complex < 3 || (op !== 'add' && op !== 'sub'))) return false
    const views = this.#place([a, b, out])
    if (views === null || views.some(({ bytes }) => bytes !== views[0]!.bytes)) return false
    if (!views.every(({ shape }) => sameShape(shape, views[0]!.shape))) return false
    const { bytes } = views[0]!
    if (this.#elementwise(bytes)[`zip_${op}`] === undefined) return false
    this.#run(`elementwise${bytes}`, `zip_${op}`, { ...rowsForm, scratch: true }, views)
    return true
  }

  /** `Backend.reduce`: where a reduced axis or a kept one is contiguous. Complex numbers: sums. */
  reduce(op: Reduction, x: View, axes: readonly number[], out: View): boolean {
    if (x.imagStride !== 0 && op !== 'sum') return false
    const views = this.#place([x, out])
    if (views === null || views[0]!.bytes !== views[1]!.bytes) return false
    const [from, to] = views as [Placed, Placed]
    if (from.shape.includes(0)) return false
    const without = (view: Placed, keep: (axis: number) => boolean): Placed => ({
      ...view,
      shape: view.shape.filter((_, axis) => keep(axis)),
      strides: view.strides.filter((_, axis) => keep(axis)),
    })
    const isReduced = (axis: number): boolean => axes.includes(axis)
    const kept = [from, to].map((view) => without(view, (axis) => !isReduced(axis)))
    const reduced = without(from, isReduced)
    const keptAxes = axesOf(kept[0]!.shape, kept)
    const reducedAxes = axesOf(reduced.shape, [reduced])
    if (reducedAxes.length === 0) return this.copy(x, out)
    if (reducedAxes.length > 2) return false
    const { inner } = innermost(reducedAxes, 2, 1)
    const kernels = this.#kernels.functions(`reduction${from.bytes}`, (shared) =>
      reductionModule(from.bytes === 4 ? single : double, shared),
    )
    const starts = [from.address, to.address]
    if (inner[1]!.steps[0] === from.bytes) {
      const {
        outer,
        inner: [last],
      } = innermost(keptAxes, 1, 2)
      forEachIndex(outer, starts, ([a, o]) =>
        kernels[`rows_${op}`]!(
          last!.length,
          last!.steps[0]!,
          last!.steps[1]!,
          inner[0]!.length,
          inner[0]!.steps[0]!,
          inner[1]!.length,
          a!,
          o!,
        ),
      )
      return true
    }
    const last = keptAxes.at(-1)
    if (last === undefined || last.steps.some((step) => step !== from.bytes)) return false
    forEachIndex(keptAxes.slice(0, -1), starts, ([a, o]) =>
      kernels[`columns_${op}`]!(
        inner[0]!.length,
        inner[0]!.steps[0]!,
        inner[1]!.length,
        inner[1]!.steps[0]!,
        last.length,
        a!,
        o!,
        this.#scratch,
      ),
    )
    return true
  }

  /** `Backend.matmul`: real numbers of one precision. */
  matmul(a: View, b: View, out: View, accumulate = false): boolean {
    if ([a, b, out].some((view) => view.imagStride !== 0)) return false
    const views = this.#place([a, b, out])
    if (views === null || views.some(({ bytes }) => bytes !== views[0]!.bytes)) return false
    const { bytes } = views[0]!
    const [m, n] = out.shape.slice(-2) as [number, number]
    const k = a.shape.at(-1)!
    const batch = views.map((view) => ({ ...view, strides: view.strides.slice(0, -2) }))
    const [strideA, strideB, strideC] = views.map(({ strides }) => ({
      row: strides.at(-2)! / bytes,
      column: strides.at(-1)! / bytes,
    }))
    const batchShape = out.shape.slice(0, -2)
    if (batchShape.includes(0)) return true
    const product = this.#product(bytes)
    const starts = views.map(({ address }) => address)
    forEachIndex(axesOf(batchShape, batch), starts, ([atA, atB, atC]) =>
      product.multiply(
        { m, n, k },
        { address: atA!, ...strideA! },
        { address: atB!, ...strideB! },
        { address: atC!, ...strideC! },
        accumulate,
      ),
    )
    return true
  }

  /** `Backend.relu`, in single precision. */
  relu(x: View, out: View, slope = 0): boolean {
    if (slope === 0) return this.map('relu', x, out)
    return this.#pass('leakyRelu', { out, x }, { slope, zero: 0 })
  }

  /** `Backend.reluGradient`, in single precision. */
  reluGradient(x: View, gradOut: View, gradX: View, slope = 0): boolean {
    const arrays = { out: gradX, x, gradient: gradOut }
    if (slope === 0) return this.#pass('reluGradient', arrays, { zero: 0 })
    return this.#pass('leakyReluGradient', arrays, { slope, zero: 0 })
  }

  /** `Backend.sgdUpdate`, in single precision. */
  sgdUpdate(w: View, velocity: View, gradient: View, options: SgdOptions): boolean {
    const { rate, momentum = 0, decay = 0, nesterov = false } = options
    return this.#pass(nesterov ? 'nesterov' : 'sgd', { w, velocity, gradient }, { rate, momentum, decay: decay * rate })
  }

  /** `Backend.adamUpdate`, in single precision. */
  adamUpdate(w: View, mean: View, square: View, gradient: View, options: AdamOptions): boolean {
    const { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0, decoupled = false, step } = options
    // A step that is none is the reference's to refuse.
    if (!Number.isInteger(step) || step < 1) return false
    return this.#pass(
      'adam',
      { w, mean, square, gradient },
      {
        rate: rate / (1 - beta1 ** step),
        beta1,
        rest1: 1 - beta1,
        beta2,
        rest2: 1 - beta2,
        unbias: 1 / (1 - beta2 ** step),
        epsilon,
        decay: decoupled ? 0 : decay,
        kept: decoupled ? 1 - rate * decay : 1,
      },
    )
  }

  /** Views in the heap, complex ones with a last axis of two real numbers; null if one is elsewhere. */
  #place(views: readonly View[]): Placed[] | null {
    const placed: Placed[] = []
    for (const { buffer, shape, strides, offset, imagStride } of views) {
      const address = this.#addressOf(buffer)
      if (address === undefined) return null
      const bytes = buffer.dtype === 'float32' ? 4 : 8
      const [lengths, steps] =
        imagStride === 0
          ? [shape, strides]
          : [
              [...shape, 2],
              [...strides, imagStride],
            ]
      placed.push({
        address: address + offset * bytes,
        strides: steps.map((step) => step * bytes),
        bytes,
        shape: lengths,
      })
    }
    return placed
  }

  /** Runs a kernel over views of one shape. */
  #run(
    module: string,
    name: string,
    form: Form,
    views: readonly Placed[],
    axes: Axis[] = axesOf(views[0]!.shape, views),
  ): void {
    if (views[0]!.shape.includes(0)) return
    this.#kernels.run(
      module,
      name,
      form,
      axes,
      views.map(({ address }) => address),
    )
  }

  /** Runs a pass over arrays of single precision whose innermost axes are contiguous. */
  #pass(name: PassName, arrays: Readonly<Record<string, View>>, constants: Readonly<Record<string, number>>): boolean {
    const order = passOrder(name)
    const views = this.#place(order.filter((key) => key in arrays).map((key) => arrays[key]!))
    if (views === null) return false
    const { shape } = views[0]!
    if (views.some((view) => view.bytes !== 4 || !sameShape(view.shape, shape))) return false
    if (Object.values(arrays).some((view) => view.imagStride !== 0)) return false
    if (shape.includes(0)) return true
    const axes = axesOf(shape, views)
    if (axes.at(-1)?.steps.some((step) => step !== 4)) return false
    this.#kernels.functions('updates', updatesModule)
    const numbers = order.filter((key) => key in constants).map((key) => constants[key]!)
    this.#run('updates', name, { ...runsForm, constants: numbers }, views, axes)
    return true
  }

  #elementwise(bytes: 4 | 8): Record<string, unknown> {
    return this.#kernels.functions(`elementwise${bytes}`, (shared) =>
      elementwiseModule(bytes === 4 ? single : double, shared),
    )
  }

  #product(bytes: 4 | 8): TunedMatmul {
    const known = this.#products.get(bytes)
    if (known !== undefined) return known
    const product = new TunedMatmul(this.#heap, this.#relaxed, bytes === 4 ? single : double, this.#workers)
    this.#products.set(bytes, product)
    return product
  }
}
