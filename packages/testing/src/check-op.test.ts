import { ShapeError, abs, differentiable, empty, mul, neg, square, tensor } from '@scatterlab/tensor'
import type { Tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { checkOp } from './check-op.ts'
import { gradientCheck } from './gradient-check.ts'

const x = tensor(new Float64Array([1, -2, 3]), [3])
const z = tensor(new Float64Array([1, -2, 3, 0.5]), [2], { dtype: 'complex128' })

/** x² with a given rule. */
const squareWith =
  (rule: (g: Tensor, x: Tensor) => Tensor) =>
  (x: Tensor): Tensor => {
    const y = empty(x.shape, x)
    square.into(y, x)
    return differentiable(y, [x, (g) => rule(g, x)])
  }

describe('gradientCheck', () => {
  it('passes right gradients, real and complex', () => {
    expect(() => gradientCheck(square, [x])).not.toThrow()
    expect(() => gradientCheck(mul, [z, z])).not.toThrow()
    expect(() => gradientCheck(abs, [z])).not.toThrow()
  })

  it('fails for a wrong factor, sign, missing conjugate or missing rule', () => {
    expect(() =>
      gradientCheck(
        squareWith((g, x) => mul(g, x)),
        [x],
      ),
    ).toThrow('finite differences give')
    expect(() =>
      gradientCheck(
        squareWith((g, x) => mul(g, mul(neg(x), 2))),
        [x],
      ),
    ).toThrow('apart by')
    const product = (a: Tensor, b: Tensor): Tensor => {
      const y = empty(a.shape, a)
      mul.into(y, a, b)
      return differentiable(y, [a, (g) => mul(g, b)], [b, (g) => mul(g, a)])
    }
    expect(() => gradientCheck(product, [z, z])).toThrow('finite differences give')
    const forgetful = (x: Tensor): Tensor => square(tensor(x.toTypedArray().slice()))
    expect(() => gradientCheck(forgetful, [x])).toThrow('the gradient gives a slope of 0')
    expect(() =>
      gradientCheck(
        squareWith((g) => mul(g, NaN)),
        [x],
      ),
    ).toThrow('NaN')
  })
})

describe('checkOp', () => {
  const right = { inputs: [x], value: [1, 4, 9], shape: [3] }
  const refusal = { run: () => tensor([1, 2], [3]), code: 'SHAPE', says: 'do not fill' }

  it('passes what is right', () => {
    checkOp(square, { ...right, refuses: [refusal] })
    checkOp(abs, { inputs: [z], value: [Math.hypot(1, 2), Math.hypot(3, 0.5)], shape: [2], dtype: 'float64' })
  })

  it('finds each thing that is wrong', () => {
    expect(() => checkOp(square, { ...right, value: [1, 4, 9.001] })).toThrow('not close')
    expect(() => checkOp(square, { ...right, shape: [1, 3] })).toThrow('has shape 3 where 1×3')
    expect(() => checkOp(square, { ...right, dtype: 'float32' })).toThrow('is float64 where float32')
    expect(() =>
      checkOp(
        squareWith((g, x) => mul(g, x)),
        right,
      ),
    ).toThrow('finite differences')
    const widening = (v: Tensor): Tensor => square(v.clone('float64'))
    expect(() => checkOp(widening, right)).toThrow('of single-precision inputs the result is float64')
    const spoiling = (v: Tensor): Tensor => {
      const y = square(v)
      neg.into(v, v)
      return y
    }
    expect(() => checkOp(spoiling, { ...right, inputs: [x.clone()] })).toThrow('not close')
    expect(() => checkOp(square, { ...right, refuses: [{ ...refusal, run: () => 1 }] })).toThrow(
      'accepted where a SHAPE error',
    )
    expect(() => checkOp(square, { ...right, refuses: [{ ...refusal, code: 'DTYPE' }] })).toThrow('where a DTYPE error')
    expect(() => checkOp(square, { ...right, refuses: [{ ...refusal, says: 'nowhere' }] })).toThrow(
      'does not say nowhere',
    )
    const plain = (): never => {
      throw new TypeError('do not fill')
    }
    expect(() => checkOp(square, { ...right, refuses: [{ ...refusal, run: plain }] })).toThrow('where a SHAPE error')
    expect(new ShapeError('x').code).toBe('SHAPE')
  })
})
