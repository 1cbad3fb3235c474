import { random } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches, type Batch, type BatchOptions } from './batches.ts'
import type { GreyShape, LabelledImages } from '../sets/image-set.ts'

/** n images of one pixel i, labelled i. */
function numbered(n: number): LabelledImages<GreyShape> {
  const numbers = Uint8Array.from({ length: n }, (_, i) => i)
  return { images: { data: numbers, shape: [n, 1, 1] }, labels: numbers.slice() }
}

async function collect(n: number, options: BatchOptions): Promise<Batch<GreyShape>[]> {
  const all: Batch<GreyShape>[] = []
  for await (const batch of batches(numbered(n), options)) all.push(batch)
  return all
}

describe('batches', () => {
  it('cut the set in its order, the last one short or dropped', async () => {
    const all = await collect(7, { size: 3, scale: 1 })
    expect(all.map(({ indices }) => [...indices])).toEqual([[0, 1, 2], [3, 4, 5], [6]])
    expect(all.map(({ images }) => images.shape[0])).toEqual([3, 3, 1])
    expect(all.flatMap(({ images }) => [...images.data])).toEqual([0, 1, 2, 3, 4, 5, 6])
    const full = await collect(7, { size: 3, drop: true })
    expect(full.map(({ labels }) => [...labels])).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(await collect(2, { size: 3, drop: true })).toEqual([])
  })

  it('shuffled, hold every image once, with its label, in an order that the seed fixes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 9 }), fc.nat(), async (n, size, seed) => {
        const all = await collect(n, { size, scale: 1, shuffle: random(seed) })
        const order = all.flatMap(({ indices }) => [...indices])
        expect(order.toSorted((a, b) => a - b)).toEqual([...numbered(n).labels])
        expect(all.flatMap(({ labels }) => [...labels])).toEqual(order)
        expect(all.flatMap(({ images }) => [...images.data])).toEqual(order)
        expect(order).toEqual([...random(seed).permutation(n)])
      }),
      { numRuns: 50 },
    )
  })

  it('differ from pass to pass of one stream', async () => {
    const shuffle = random(1)
    const [first, second] = [await collect(50, { size: 50, shuffle }), await collect(50, { size: 50, shuffle })]
    expect(first[0].indices).not.toEqual(second[0].indices)
  })

  it('are scaled and padded', async () => {
    const [{ images }] = await collect(3, { size: 3, pad: [3, 3] })
    expect(images.shape).toEqual([3, 3, 3])
    expect([4, 13, 22].map((centre) => images.data[centre])).toEqual([0, 1 / 255, 2 / 255].map(Math.fround))
  })

  it('stop when told to', async () => {
    const controller = new AbortController()
    const seen: number[] = []
    const pass = async () => {
      for await (const { indices } of batches(numbered(9), { size: 2, signal: controller.signal })) {
        seen.push(indices[0])
        if (indices[0] === 2) controller.abort(new Error('enough'))
      }
    }
    await expect(pass()).rejects.toThrow('enough')
    expect(seen).toEqual([0, 2])
  })

  it.each([0, -1, 1.5, Number.NaN])('refuse size %d at the call', (size) => {
    expect(() => batches(numbered(3), { size })).toThrow(
      `batches: size is ${size}: it must be a whole number, 1 or more`,
    )
  })
})
