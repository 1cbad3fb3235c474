import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFloat32 } from './float-images.ts'
import { subset, take, type LabelledImages, type GreyShape } from './image-set.ts'

/** n images of 2×3; pixel p of image i is 10 i + p, its label i. */
function numbered(n: number): LabelledImages<GreyShape> {
  const data = Uint8Array.from({ length: n * 6 }, (_, i) => 10 * Math.floor(i / 6) + (i % 6))
  return { images: { data, shape: [n, 2, 3] }, labels: Uint8Array.from({ length: n }, (_, i) => i) }
}

const set = numbered(8)

describe('take', () => {
  it('is a view', () => {
    const some = take(set, 3, 2)
    expect(some.images.shape).toEqual([3, 2, 3])
    expect(some.images.data[0]).toBe(20)
    expect([...some.labels]).toEqual([2, 3, 4])
    expect(some.images.data.buffer).toBe(set.images.data.buffer)
    expect(some.labels.buffer).toBe(set.labels.buffer)
    expect(take(set, 0).images.shape).toEqual([0, 2, 3])
  })

  it.each([[9], [-1], [2.5], [4, 5], [1, -1], [Number.NaN]])('refuses %j of 8', (count, start = 0) => {
    expect(() => take(set, count, start)).toThrow(/the set holds 8 images/)
  })
})

describe('subset', () => {
  it('has the named images in the named order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7)), (indices) => {
        const { images, labels } = subset(set, indices)
        expect(images.shape).toEqual([indices.length, 2, 3])
        expect([...labels]).toEqual(indices)
        expect([...images.data]).toEqual(indices.flatMap((i) => [0, 1, 2, 3, 4, 5].map((p) => 10 * i + p)))
      }),
    )
  })

  it('copies only where it must', () => {
    expect(subset(set, [3, 4, 5]).images.data.buffer).toBe(set.images.data.buffer)
    expect(subset(set, [3, 5]).images.data.buffer).not.toBe(set.images.data.buffer)
  })

  it('refuses numbers outside the set, and a set that is none', () => {
    expect(() => subset(set, [0, 8])).toThrow(/indices\[1\] is 8/)
    expect(() => subset(set, [0.5])).toThrow(/indices\[0\] is 0\.5/)
    expect(() => subset({ ...set, labels: new Uint8Array(7) }, [0])).toThrow(/7 labels/)
  })
})

describe('toFloat32', () => {
  it('runs from 0 to 1 by default', () => {
    const bytes = { data: Uint8Array.of(0, 51, 255, 1), shape: [1, 2, 2] as const }
    expect([...toFloat32(bytes).data]).toEqual([0, 51 / 255, 1, 1 / 255].map(Math.fround))
    expect([...toFloat32(bytes, { scale: 2 }).data]).toEqual([0, 102, 510, 2])
  })

  it('centres in zeros, the odd rest below and right', () => {
    const { data, shape } = toFloat32(take(set, 1, 1).images, { scale: 1, pad: [5, 5] })
    expect(shape).toEqual([1, 5, 5])
    const rows = Array.from({ length: 5 }, (_, y) => [...data.subarray(5 * y, 5 * y + 5)])
    const zeros = [0, 0, 0, 0, 0]
    expect(rows).toEqual([zeros, [0, 10, 11, 12, 0], [0, 13, 14, 15, 0], zeros, zeros])
  })

  it('pads every plane of every image alike, any shape', () => {
    const size = fc.integer({ min: 1, max: 4 })
    fc.assert(
      fc.property(size, size, size, size, fc.nat(3), fc.nat(3), (n, c, h, w, moreRows, moreColumns) => {
        const data = Uint8Array.from({ length: n * c * h * w }, (_, i) => (i % 255) + 1)
        const pad = [h + moreRows, w + moreColumns] as const
        const padded = toFloat32({ data, shape: [n, c, h, w] }, { scale: 1, pad })
        expect(padded.shape).toEqual([n, c, ...pad])
        // zeros are the frame, as no pixel is 0
        expect([...padded.data].filter((value) => value !== 0)).toEqual([...data])
        expect(padded.data[(moreRows >> 1) * pad[1] + (moreColumns >> 1)]).toBe(1)
      }),
    )
  })

  it.each([
    [{ pad: [1, 3] as const }, /pad 1×3: give whole numbers of at least 2×3/],
    [{ pad: [2.5, 3] as const }, /pad is \[2\.5, 3\]/],
    [{ scale: Number.NaN }, /scale is NaN/],
  ])('refuses %j', (options, message) => {
    expect(() => toFloat32(set.images, options)).toThrow(message)
  })

  it('refuses data that do not fill the shape', () => {
    expect(() => toFloat32({ data: new Uint8Array(5), shape: [1, 2, 3] })).toThrow(/5 values do not fill/)
  })
})

it.each([Uint8Array, Uint16Array, Int32Array])('labels keep their width: %o', (Kind) => {
  const labels = Kind.of(3, 250, 7)
  const set = { images: { data: Uint8Array.of(10, 11, 12), shape: [3, 1, 1] as const }, labels }
  expect(take(set, 2, 1).labels).toEqual(Kind.of(250, 7))
  expect(subset(set, [2, 0, 2, 1]).labels).toEqual(Kind.of(7, 3, 7, 250))
})
