import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { concat, stack } from './joining.ts'
import { elements, noise, shapes, views } from '../fourier/naive.test.oracle.ts'
import { tensor } from './tensor.ts'

const someArrays = shapes(4, 1).chain((shape) =>
  fc.nat(shape.length - 1).chain((axis) =>
    fc.tuple(
      fc.constant(axis),
      fc
        .array(fc.nat(3), { minLength: 1, maxLength: 4 })
        .chain((lengths) => fc.tuple(...lengths.map((n) => views(shape.with(axis, n))))),
    ),
  ),
)

describe('concat', () => {
  it('is taken apart by slices', () => {
    fc.assert(
      fc.property(someArrays, fc.boolean(), ([axis, arrays], fromEnd) => {
        const whole = concat(arrays, fromEnd ? axis - arrays[0].rank : axis)
        expect(whole.isContiguous).toBe(true)
        let start = 0
        for (const x of arrays) {
          const end = start + x.shape[axis]
          const part = whole.slice(...Array.from({ length: axis }, () => null), [start, end])
          expect([part.shape, elements(part)]).toEqual([x.shape, elements(x)])
          start = end
        }
        expect(whole.shape[axis]).toBe(start)
      }),
    )
  })

  it('promotes precision and takes complex arrays', () => {
    expect(concat([noise([2], 1, 'float32'), noise([1], 1)]).dtype).toBe('float64')
    const z = concat([noise([2], 1, 'complex64'), noise([1], 2, 'complex64')])
    expect(elements(z)).toEqual([...elements(noise([2], 1, 'complex64')), ...elements(noise([1], 2, 'complex64'))])
  })

  it('names what does not fit', () => {
    expect(() => concat([])).toThrow(ValueError)
    expect(() => concat([noise([2, 3], 1), noise([2, 4], 1)])).toThrow('cannot join 2×3 and 2×4 along axis 0')
    expect(() => concat([noise([2, 3], 1), noise([2], 1)])).toThrow('cannot join 2×3 and 2')
    expect(() => concat([noise([2], 1), noise([2, 3], 1)])).toThrow(ShapeError)
    expect(() => concat([noise([2], 1), noise([2], 1, 'complex128')])).toThrow(DTypeError)
    expect(() => concat([tensor(1)])).toThrow('axis 0 is outside an array of 0 axes')
    expect(() => concat([noise([2], 1)], 1)).toThrow(ShapeError)
  })
})

describe('stack', () => {
  it('gives each array an index along a new axis', () => {
    const arrays = [noise([2, 3], 1), noise([2, 3], 2)]
    for (const axis of [0, 1, 2, -1, -3]) {
      const whole = stack(arrays, axis)
      const at = axis < 0 ? axis + 3 : axis
      expect(whole.shape).toEqual([2, 3].toSpliced(at, 0, 2))
      arrays.forEach((x, i) => {
        expect(elements(whole.slice(...Array.from({ length: at }, () => null), i))).toEqual(elements(x))
      })
    }
    expect(stack([tensor(1), tensor(2)]).toNested()).toEqual([1, 2])
    expect(() => stack([noise([2], 1), noise([3], 1)])).toThrow(ShapeError)
  })
})
