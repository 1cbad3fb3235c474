// One call that checks an operation from all sides.
import { type DType, ScatterlabError, type Tensor, isComplex } from '@scatterlab/tensor'
import { type Numbers, type Tolerance, expectClose } from './expect-close.ts'
import { type GradientCheckOptions, gradientCheck } from './gradient-check.ts'

/** A call that must be refused. */
export interface Refusal {
  readonly run: () => unknown
  /** `SHAPE`, `DTYPE`, `VALUE`, … */
  readonly code: string
  /** What the message must hold. */
  readonly says: string | RegExp
}

/** What an operation must do at some inputs. */
export interface OpExpectations {
  readonly inputs: readonly Tensor[]
  /** The numbers of the result, from another source; complex ones interleaved. */
  readonly value: Numbers
  readonly shape: readonly number[]
  /** Default: that of the first input. */
  readonly dtype?: DType
  /** Of the value (default 1e-12 of the largest number). */
  readonly tolerance?: Tolerance
  /** Of the gradient; `none` where the operation has none. */
  readonly gradient?: GradientCheckOptions | 'none'
  readonly refuses?: readonly Refusal[]
}

/**
 * Checks value, shape, element type, gradient (against finite differences, at double-precision inputs), that inputs
 * stay as they were and single precision stays single, and errors. Throws at the first that is wrong.
 */
export function checkOp(op: (...inputs: Tensor[]) => Tensor, expected: OpExpectations): void {
  const { inputs, value, shape, tolerance = { ofLargest: 1e-12 }, gradient = {}, refuses = [] } = expected
  const before = inputs.map((x) => x.toTypedArray())
  const result = op(...inputs)
  const dtype = expected.dtype ?? inputs[0]?.dtype ?? result.dtype
  if (result.dtype !== dtype) throw new Error(`the result is ${result.dtype} where ${dtype} is expected`)
  if (result.shape.join() !== shape.join()) {
    throw new Error(`the result has shape ${result.shape.join('×')} where ${shape.join('×')} is expected`)
  }
  expectClose(result.toTypedArray(), value, tolerance)
  inputs.forEach((x, i) => expectClose(x.toTypedArray(), before[i]))
  if (gradient !== 'none') gradientCheck(op, inputs, gradient)
  if (inputs.length > 0) checkSinglePrecision(op, inputs, dtype)
  for (const refusal of refuses) checkRefusal(refusal)
}

function checkSinglePrecision(op: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[], dtype: DType): void {
  const single = op(...inputs.map((x) => x.clone(isComplex(x.dtype) ? 'complex64' : 'float32'))).dtype
  const wanted = isComplex(dtype) ? 'complex64' : 'float32'
  if (single !== wanted)
    throw new Error(`of single-precision inputs the result is ${single} where ${wanted} is expected`)
}

function checkRefusal({ run, code, says }: Refusal): void {
  try {
    run()
  } catch (error) {
    const { message } = error as Error
    if (!(error instanceof ScatterlabError) || error.code !== code) {
      throw new Error(`refused with "${message}" where a ${code} error is expected`, { cause: error })
    }
    if (typeof says === 'string' ? message.includes(says) : says.test(message)) return
    throw new Error(`refused with "${message}", which does not say ${String(says)}`, { cause: error })
  }
  throw new Error(`accepted where a ${code} error is expected`)
}
