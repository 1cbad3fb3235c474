import * as operations from '../operations/index.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementAt, elements, indicesOf, noise, shapes, views } from '../fourier/naive.test.oracle.ts'
import { DTypeError, ShapeError } from '../errors.ts'
import { full } from './create.ts'
import { complex } from './elementwise.ts'
import { fromNdarray } from './from-ndarray.ts'
import { reference } from '../backend/reference.ts'
import { sizeOf } from './shape.ts'
import { type SliceRange, Tensor, empty, tensor } from './tensor.ts'

const viewsOfAnyShape = shapes().chain((shape) => views(shape))
const complexViews = shapes(3).chain((shape) => views(shape, 'complex128'))

describe('tensor()', () => {
  it('takes typed arrays as they are', () => {
    for (const data of [new Float32Array([1, 2, 3, 4, 5, 6]), new Float64Array(6)]) {
      const x = tensor(data, [2, 3])
      expect(x.buffer.data).toBe(data)
      data[5] = 7
      expect(x.slice(1, 2).item()).toBe(7)
      expect(x.toTypedArray()[5]).toBe(7)
    }
    expect(tensor(new Float64Array(3)).dtype).toBe('float64')
    expect(tensor(new Float32Array(3)).shape).toEqual([3])
  })

  it('converts to another precision, and integers to float32', () => {
    expect(tensor(new Float32Array([0.5]), [1], { dtype: 'float64' }).toTypedArray()).toEqual(new Float64Array([0.5]))
    const pixels = tensor(new Uint8ClampedArray([0, 128, 255]), [3, 1])
    expect(pixels.dtype).toBe('float32')
    expect(pixels.toNested()).toEqual([[0], [128], [255]])
    expect(tensor(new Int16Array([-1]), [1], { dtype: 'float64' }).item()).toBe(-1)
  })

  it('takes nested arrays', () => {
    expect(tensor(5).shape).toEqual([])
    expect(tensor(5).item()).toBe(5)
    expect(tensor([[1, 2, 3]]).shape).toEqual([1, 3])
    expect(tensor([]).shape).toEqual([0])
    expect(tensor([[], []]).shape).toEqual([2, 0])
    expect(tensor([1, 2, 3, 4], [2, 2]).toNested()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(
      tensor(
        [
          [1, 2],
          [3, 4],
        ],
        undefined,
        { dtype: 'float64' },
      ).dtype,
    ).toBe('float64')
  })

  it('reads complex data as interleaved', () => {
    const z = tensor(new Float32Array([1, 2, 3, 4]), [2], { dtype: 'complex64' })
    expect(z.real.toNested()).toEqual([1, 3])
    expect(z.imag.toNested()).toEqual([2, 4])
    expect(z.toNested()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(tensor(new Float64Array(6), undefined, { dtype: 'complex128' }).shape).toEqual([3])
  })

  it('refuses data that does not fill the shape, naming both', () => {
    expect(() => tensor(new Float32Array(5), [2, 3])).toThrow('5 numbers do not fill shape 2×3 of float32: it takes 6')
    expect(() => tensor(new Float32Array(6), [2, 3], { dtype: 'complex64' })).toThrow('it takes 12')
    expect(() => tensor([1], [-1])).toThrow(ShapeError)
    expect(() => tensor([1], [0.5])).toThrow('must hold non-negative integers')
    expect(() => empty([2, NaN])).toThrow(ShapeError)
    expect(() => tensor([[1, 2], [3]])).toThrow('nested arrays are ragged')
    expect(() => tensor([[1], 2])).toThrow('nested arrays are ragged')
    expect(() => tensor([1, [2]])).toThrow('nested arrays are ragged')
    expect(() => tensor([['a']] as unknown as number[][])).toThrow(DTypeError)
    expect(() => tensor([[new Float32Array(2)]] as unknown as number[][])).toThrow('object where a number is expected')
  })

  it('is undone by toNested', () => {
    fc.assert(
      fc.property(shapes(4, 1), fc.nat(), (shape, seed) => {
        const x = noise(shape, seed)
        const again = tensor(x.toNested(), x.size === 0 ? shape : undefined, { dtype: 'float64' })
        expect(again.shape).toEqual(shape)
        expect(elements(again)).toEqual(elements(x))
      }),
    )
  })
})

describe('reading', () => {
  it('gives the elements in row-major order, whatever the strides', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(viewsOfAnyShape, complexViews), async (x) => {
        expect(Array.from(x.toTypedArray())).toEqual(elements(x))
        expect(Array.from(await x.read())).toEqual(elements(x))
        expect(JSON.stringify([x.toNested()]).match(/[-\d.]+/g) ?? []).toEqual(elements(x).map(String))
        expect(Array.from(x.clone().toTypedArray())).toEqual(elements(x))
        expect(x.clone().isContiguous).toBe(true)
      }),
    )
  })

  it('shares memory exactly where the array is contiguous', () => {
    fc.assert(
      fc.property(viewsOfAnyShape, (x) => {
        expect(x.asTypedArray().buffer === x.buffer.data?.buffer).toBe(x.isContiguous)
        expect(x.toTypedArray().buffer).not.toBe(x.buffer.data?.buffer)
        const dense = indicesOf(x.shape).every((index, n) => elementAddress(x, index) === x.offset + n)
        expect(x.isContiguous).toBe(dense)
        expect(x.contiguous() === x).toBe(dense)
      }),
    )
  })

  it('reads a copy', async () => {
    const x = tensor([1, 2])
    const copy = await x.read()
    copy[0] = 9
    expect(x.toNested()).toEqual([1, 2])
  })

  it('takes one number of one element only', () => {
    expect(tensor([[3]]).item()).toBe(3)
    expect(() => tensor([1, 2]).item()).toThrow('item() needs one real element, this is float32 2')
    expect(() => complex(tensor(1)).item()).toThrow('complex64 scalar')
  })

  it('copies into another precision, but not from real to complex', () => {
    const x = tensor([0.1], undefined, { dtype: 'float64' })
    expect(x.clone('float32').item()).toBe(Math.fround(0.1))
    expect(complex(x).clone('complex64').dtype).toBe('complex64')
    expect(() => x.clone('complex64')).toThrow('cannot clone float64 as complex64')
    expect(() => complex(x).clone('float32')).toThrow(DTypeError)
  })
})

const elementAddress = (x: Tensor, index: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * x.strides[axis], x.offset)

/** What Python's slice(start, stop, step) names, by counting. */
function rangeIndices(start: number, stop: number | undefined, step: number, length: number): number[] {
  const from = start < 0 ? start + length : start
  const to = stop === undefined ? step * Infinity : stop < 0 ? stop + length : stop
  const found: number[] = []
  // a start beyond the array is clamped to its end, as Python's is, and not skipped to on the grid of steps
  for (let i = step > 0 ? Math.max(from, 0) : Math.min(from, length - 1); step > 0 ? i < to : i > to; i += step) {
    if (i < 0 || i >= length) break
    found.push(i)
  }
  return found
}

describe('slice', () => {
  const range = fc.oneof(
    fc.constant(null),
    fc.integer({ min: -6, max: 6 }),
    fc.tuple(
      fc.integer({ min: -7, max: 7 }),
      fc.option(fc.integer({ min: -7, max: 7 }), { nil: undefined }),
      fc.constantFrom(1, 2, 3, -1, -2, -5),
    ),
  )

  it('holds the elements that Python’s slices name', () => {
    fc.assert(
      fc.property(viewsOfAnyShape, fc.array(range, { maxLength: 4 }), (x, given) => {
        const ranges: SliceRange[] = given.slice(0, x.rank).map((r, axis) => {
          const index = typeof r === 'number' && (r >= x.shape[axis] || r < -x.shape[axis])
          return index ? null : r
        })
        const named = x.shape.map((length, axis) => {
          const r = ranges[axis] ?? null
          if (r === null) return rangeIndices(0, undefined, 1, length)
          if (typeof r === 'number') return [r < 0 ? r + length : r]
          return rangeIndices(r[0], r[1], r[2] ?? 1, length)
        })
        const part = x.slice(...ranges)
        expect(part.shape).toEqual(
          named.filter((_, axis) => typeof ranges[axis] !== 'number').map((list) => list.length),
        )
        const expected = indicesOf(named.map((list) => list.length)).map((at) =>
          elementAt(
            x,
            at.map((i, axis) => named[axis][i]),
          ),
        )
        expect(elements(part)).toEqual(expected)
        expect(part.buffer).toBe(x.buffer)
      }),
      { numRuns: 300 },
    )
  })

  it('sees and makes writes', () => {
    const data = new Float32Array(12)
    const x = tensor(data, [3, 4])
    operations.copy(reference, tensor([1, 2]), x.slice(1, [-1, undefined, -2]))
    expect(data[7]).toBe(1)
    expect(data[5]).toBe(2)
  })

  it('refuses what is not there', () => {
    const x = noise([2, 3], 1)
    expect(() => x.slice(2)).toThrow('index 2 on axis 0 is outside shape 2×3')
    expect(() => x.slice(null, -4)).toThrow('index -4 on axis 1')
    expect(() => x.slice(0.5)).toThrow(ShapeError)
    expect(() => x.slice(null, null, null)).toThrow('3 ranges for an array of shape 2×3: give at most 2')
    expect(() => x.slice([0, 1, 0])).toThrow('the step not 0')
    expect(() => x.slice([0.5])).toThrow('must hold integers')
  })
})

describe('reshape', () => {
  const sameSize = fc
    .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
    .chain((shape) => fc.tuple(views(shape), fc.shuffledSubarray(factors(sizeOf(shape))), fc.boolean()))

  it('keeps the row-major order, as a view or as a copy', () => {
    fc.assert(
      fc.property(sameSize, ([x, some, infer]) => {
        const rest = x.size / sizeOf(some)
        const y = x.reshape(...some, infer ? -1 : rest)
        expect(y.shape).toEqual([...some, rest])
        expect(elements(y)).toEqual(elements(x))
        if (x.isContiguous) expect(y.buffer).toBe(x.buffer)
      }),
    )
  })

  it('is a view wherever one exists', () => {
    const x = noise([4, 6], 1)
    const part = x.slice([0, 4, 2])
    expect(part.reshape(2, 2, 3).buffer).toBe(x.buffer)
    expect(part.reshape(2, 1, 6, 1).buffer).toBe(x.buffer)
    expect(part.reshape(12).buffer).not.toBe(x.buffer)
    expect(x.transpose().reshape(3, 2, 4).buffer).toBe(x.buffer)
    expect(x.transpose().reshape(24).buffer).not.toBe(x.buffer)
    expect(noise([3, 1], 1).broadcastTo([3, 4]).reshape(3, 2, 2).strides).toEqual([1, 0, 0])
  })

  it('takes empty arrays', () => {
    expect(noise([0, 3], 1).reshape(-1, 3).shape).toEqual([0, 3])
    expect(noise([0, 3], 1).reshape(5, 0, 2).shape).toEqual([5, 0, 2])
    expect(noise([2, 0], 1).reshape(0).shape).toEqual([0])
  })

  it('names both shapes when they do not fit', () => {
    expect(() => noise([2, 3], 1).reshape(4, 2)).toThrow('cannot reshape 2×3 (6 elements) to 4×2')
    expect(() => noise([2, 3], 1).reshape(-1, 4)).toThrow('cannot reshape 2×3 (6 elements) to -1×4')
    expect(() => noise([2, 3], 1).reshape(-1, -1)).toThrow(ShapeError)
    expect(() => noise([2, 3], 1).reshape(-2, -3)).toThrow(ShapeError)
    expect(() => noise([2], 1).reshape()).toThrow('cannot reshape 2 (2 elements) to scalar')
  })
})

function factors(n: number): number[] {
  for (let p = 2; p <= n; p++) if (n % p === 0) return [p, ...factors(n / p)]
  return []
}

describe('views', () => {
  it('transpose reorders axes', () => {
    fc.assert(
      fc.property(
        shapes().chain((shape) =>
          fc.tuple(
            views(shape),
            fc.shuffledSubarray(
              shape.map((_, i) => i),
              { minLength: shape.length },
            ),
          ),
        ),
        ([x, order]) => {
          const y = order.length === 0 ? x.transpose() : x.transpose(...order.map((a, i) => (i % 2 ? a - x.rank : a)))
          expect(y.shape).toEqual(order.map((a) => x.shape[a]))
          for (const index of indicesOf(x.shape))
            expect(
              elementAt(
                y,
                order.map((a) => index[a]),
              ),
            ).toBe(elementAt(x, index))
        },
      ),
    )
    expect(noise([2, 3, 4], 1).transpose().shape).toEqual([4, 3, 2])
    expect(() => noise([2, 3], 1).transpose(0)).toThrow('transpose(0) must name each of the 2 axes once')
    expect(() => noise([2, 3], 1).transpose(0, 0)).toThrow(ShapeError)
    expect(() => noise([2, 3], 1).transpose(0, 2)).toThrow('axis 2 is outside an array of 2 axes: use -2 … 1')
  })

  it('broadcastTo repeats axes of length 1', () => {
    fc.assert(
      fc.property(shapes(), shapes(2), fc.nat(), (shape, lead, mask) => {
        const own = shape.map((length, axis) => ((mask >> axis) & 1 ? 1 : length))
        const x = noise(own, mask)
        const y = x.broadcastTo([...lead, ...shape])
        expect(y.shape).toEqual([...lead, ...shape])
        expect(y.buffer).toBe(x.buffer)
        for (const index of indicesOf(y.shape)) {
          const source = index.slice(lead.length).map((i, axis) => (own[axis] === 1 ? 0 : i))
          expect(elementAt(y, index)).toBe(elementAt(x, source))
        }
      }),
    )
    expect(() => noise([3], 1).broadcastTo([2])).toThrow('shape 3 does not broadcast to 2')
    expect(() => noise([2, 3], 1).broadcastTo([3])).toThrow('shape 2×3 does not broadcast to 3')
    expect(() => noise([1], 1).broadcastTo([-2])).toThrow(ShapeError)
  })

  it('expand and squeeze add and drop axes of length 1', () => {
    const x = noise([2, 3], 1)
    expect(x.expand(0).shape).toEqual([1, 2, 3])
    expect(x.expand(-1).shape).toEqual([2, 3, 1])
    expect(x.expand(1).squeeze(-2).shape).toEqual([2, 3])
    expect(elements(x.expand(1))).toEqual(elements(x))
    expect(tensor(1).expand(0).shape).toEqual([1])
    expect(() => x.squeeze(0)).toThrow('axis 0 of shape 2×3 is not of length 1')
    expect(() => x.expand(4)).toThrow('axis 4 is outside an array of 3 axes')
  })

  it('real, imag, asReal and asComplex share memory', () => {
    fc.assert(
      fc.property(complexViews, (z) => {
        const all = elements(z)
        expect(elements(z.real)).toEqual(all.filter((_, i) => i % 2 === 0))
        expect(elements(z.imag)).toEqual(all.filter((_, i) => i % 2 === 1))
        expect(elements(z.asReal())).toEqual(all)
        expect(elements(z.asReal().asComplex())).toEqual(all)
        for (const view of [z.real, z.imag, z.asReal(), z.asReal().asComplex()]) expect(view.buffer).toBe(z.buffer)
        expect(z.real.dtype).toBe('float64')
        expect(z.asReal().asComplex().dtype).toBe('complex128')
      }),
    )
    const x = noise([2, 3], 1)
    expect(elements(x.real)).toEqual(elements(x))
    expect(() => x.imag).toThrow('imag needs a complex array, this one is float64')
    expect(() => x.asReal()).toThrow(DTypeError)
    expect(() => x.asComplex()).toThrow('asComplex needs a real array with a last axis of 2, this one is float64 2×3')
    expect(() => tensor(1).asComplex()).toThrow(ShapeError)
  })

  it('keep element type, size and rank', () => {
    const x = noise([2, 3], 1, 'complex64')
    expect(x.transpose().dtype).toBe('complex64')
    expect([x.size, x.rank, x.isContiguous]).toEqual([6, 2, true])
    expect(tensor(1).size).toBe(1)
    expect(noise([3, 0], 1).size).toBe(0)
  })
})

describe('an array on a device', () => {
  const device = { ...reference, name: 'gpu' }
  const x = new Tensor(device, { ...noise([2], 1), buffer: { dtype: 'float64', length: 2, data: null } })

  it('is read with await', () => {
    for (const read of [() => x.toTypedArray(), () => x.item(), () => x.toNested()]) {
      expect(read).toThrow(/await x.read\(\)|needs one/)
    }
    expect(() => x.toTypedArray()).toThrow('the gpu back end keeps its arrays on the device: use `await x.read()`')
  })
})

describe('wrong arguments give errors of this package', () => {
  it.each([
    ['SHAPE', () => empty(3 as never), 'shape is 3: give a list of lengths'],
    ['SHAPE', () => tensor([1, 2], 2 as never), 'shape is 2'],
    ['DTYPE', () => tensor([1], [1], { dtype: 'int8' as never }), "dtype is 'int8'"],
    ['VALUE', () => tensor([1], [1], { dtpye: 'float64' } as never), 'tensor has no option dtpye'],
    ['VALUE', () => tensor(undefined as never), 'tensor of undefined'],
    ['VALUE', () => tensor({ data: [1] } as never), 'tensor of an object'],
    ['DTYPE', () => tensor(['1'] as never), 'hold string'],
    ['OUT_OF_MEMORY', () => empty([1e6, 1e6]), 'no memory for 1000000000000 numbers of float32'],
    ['VALUE', () => full([2], 'x' as never), "full of 'x'"],
    ['VALUE', () => fromNdarray(undefined as never), 'fromNdarray of undefined'],
  ])('%s', (code, run, says) => {
    expect(run).toThrow(expect.objectContaining({ code, message: expect.stringContaining(says) }))
  })

  it('an ndarray that reaches beyond its data', () => {
    const data = new Float32Array(6)
    const of = (shape: number[], stride: number[], offset: number) => () =>
      fromNdarray({ data, shape, stride, offset, dtype: 'float32' } as never)
    for (const beyond of [of([2, 3], [3, 1], 1), of([2], [-1], 0), of([7], [1], 0), of([2], [1], NaN)])
      expect(beyond).toThrow(expect.objectContaining({ code: 'SHAPE' }))
    expect(of([3, 2], [-2, -1], 5)().toNested()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ])
  })
})
