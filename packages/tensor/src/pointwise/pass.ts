// One pass over arrays: broadcasting, precisions and complex numbers are settled here, and the numbers are computed at once. Its
// gradient is backward.ts.
import { type DType, type RealDType, complexOf, isComplex, realOf } from '../array/dtype.ts'
import { broadcastShapes, sameShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { allocate } from '../array/allocate.ts'
import { backendOf } from '../backend/backend-of.ts'
import type { View } from '../backend/backend.ts'
import { pushParts } from '../backend/views.ts'
import { reference } from '../backend/reference.ts'
import { type Source, differentiable, isRecording } from '../gradient/tape.ts'
import { copy } from '../operations/copy.ts'
import { fused } from '../operations/fused.ts'
import { type GradientSource, type Pair, type Plan, planFor } from './plan.ts'
import type { Quantity } from './quantity.ts'

/** An array, or a number that stands for one of the arrays' precision. */
export type Operand = Tensor | number

/** A function of arrays and numbers that is computed in one pass. */
export interface Pointwise<X extends readonly unknown[], Y> {
  (...x: { [K in keyof X]: Operand }): Y
  /** out ← the function, without a gradient. `out` has the function's shape, and may be an operand. */
  readonly into: (out: Y, ...x: { [K in keyof X]: Operand }) => void
}

/** What was computed from what. */
export interface Pass {
  readonly plan: Plan
  /** The parts of all arrays, then of all results. */
  readonly views: readonly View[]
  readonly parameters: readonly number[]
}

/** How a gradient comes back from a result of a pass to one of its arrays, as the tape holds it. */
export interface PassRule {
  readonly pass: Pass
  readonly operand: number
  readonly result: number
}

/** Computes the results of operands, into `out` if it is given; that leaves nothing on the tape. */
export type Passes = (operands: readonly Operand[], out?: readonly Tensor[]) => readonly Tensor[]

/**
 * The passes of a body of pairs, for `count` operands. Where an operand is complex a result is both parts of what the body gives,
 * else the real part; a quantity that is no pair has a real result. `check` refuses what is no operand.
 */
/* @__NO_SIDE_EFFECTS__ */
export function passes(
  name: string,
  count: number,
  body: (z: readonly Pair[]) => readonly (Quantity | Pair)[],
  gradient: GradientSource,
  check: (name: string, x: Tensor) => void,
): Passes {
  const plans = new Map<string, Plan>()

  return (operands, out) => {
    const given: Tensor[] = []
    const numbers: number[] = []
    let kinds = ''
    let precision: RealDType = out ? realOf(out[0].dtype) : 'float32'
    let shape = out?.[0].shape
    // of more operands than the body names the first are taken, so that `arrays.reduce(add)` works
    for (let i = 0; i < count; i++) {
      const x = operands[i]
      if (typeof x === 'number') {
        numbers.push(x)
        kinds += 'n'
      } else {
        check(name, x)
        given.push(x)
        backendOf(given[0], x)
        if (realOf(x.dtype) === 'float64') precision = 'float64'
        shape ??= x.shape
        if (!sameShape(shape, x.shape)) shape = broadcastShapes(shape, x.shape)
        kinds += isComplex(x.dtype) ? 'c' : 'r'
      }
    }
    const common = shape ?? []
    let plan = plans.get(kinds)
    if (!plan) plans.set(kinds, (plan = planFor(name, kinds, body, gradient)))
    const { formula, areComplex } = plan
    const backend = (out ?? given)[0]?.backend ?? reference
    const typeOf = (complex: boolean): DType => (complex ? complexOf(precision) : precision)
    const sources: Tensor[] = []
    const inputs: View[] = []
    const converted: Tensor[] = []
    for (const x of given) {
      const dtype = typeOf(isComplex(x.dtype))
      const own = x.dtype === dtype ? x : x.clone(dtype)
      if (own !== x) converted.push(own)
      const source = sameShape(own.shape, common) ? own : own.broadcastTo(common)
      sources.push(source)
      pushParts(source, inputs)
    }
    const parameters = precision === 'float32' ? numbers.map(Math.fround) : numbers
    const written: View[] = []
    const results = areComplex.map((complex, k) => {
      const dtype = typeOf(complex)
      const result = out?.[k].dtype === dtype ? out[k] : new Tensor(backend, allocate(backend, common, dtype, 'any'))
      pushParts(result, written)
      return result
    })
    fused(backend, formula, inputs, written, parameters)
    if (!out && isRecording()) {
      const pass = { plan, views: inputs.concat(written), parameters }
      results.forEach((y, result) =>
        differentiable(y, ...sources.map((x, operand): Source => [x, { pass, operand, result }])),
      )
      return results
    }
    out?.forEach((target, k) => {
      const result = results[k]
      if (target === result) return
      copy(backend, result, target)
      backend.release(result.buffer)
    })
    for (const { buffer } of converted) backend.release(buffer)
    return results
  }
}
