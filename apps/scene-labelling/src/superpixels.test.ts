import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type SuperpixelOptions, ascending, superpixels } from './superpixels.ts'

const pictures = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 3 }))
  .chain(([height, width, channels]) =>
    fc.record({
      shape: fc.constant([channels, height, width] as const),
      // all distances differ almost surely, so that the order of merging is the only one
      data: fc.array(fc.double({ min: 0, max: 255, noNaN: true }), {
        minLength: channels * height * width,
        maxLength: channels * height * width,
      }),
    }),
  )

/** The algorithm as the paper has it, each region's Int by the edges of its spanning tree, neighbours found by their places. */
function naive(
  data: readonly number[],
  [channels, height, width]: readonly [number, number, number],
  k: number,
  least: number,
): number[] {
  const area = height * width
  const value = (c: number, i: number) => Math.fround(data[c * area + i])
  const edges: { a: number; b: number; w: number }[] = []
  for (let a = 0; a < area; a++) {
    for (const [dy, dx] of [
      [0, 1],
      [1, 0],
      [1, 1],
      [1, -1],
    ]) {
      const [y, x] = [Math.floor(a / width) + dy, (a % width) + dx]
      if (y >= height || x < 0 || x >= width) continue
      const b = y * width + x
      const square = Array.from({ length: channels }, (_, c) => (value(c, a) - value(c, b)) ** 2).reduce(
        (s, v) => s + v,
        0,
      )
      edges.push({ a, b, w: Math.fround(Math.sqrt(square)) })
    }
  }
  const sorted = edges.toSorted((p, q) => p.w - q.w)
  const region = Array.from({ length: area }, (_, i) => i)
  const tree = new Map<number, number[]>(region.map((i) => [i, []]))
  const size = (r: number) => region.filter((own) => own === r).length
  const join = (p: number, q: number, w: number) => {
    tree.set(p, [...tree.get(p)!, ...tree.get(q)!, w])
    region.forEach((own, i) => own === q && (region[i] = p))
  }
  const bound = (r: number) => Math.max(0, ...tree.get(r)!) + k / size(r)
  for (const { a, b, w } of sorted) {
    const [p, q] = [region[a], region[b]]
    if (p !== q && w <= Math.min(bound(p), bound(q))) join(p, q, w)
  }
  for (const { a, b } of sorted) {
    const [p, q] = [region[a], region[b]]
    if (p !== q && (size(p) < least || size(q) < least)) join(p, q, 0)
  }
  const names = [...new Set(region)]
  return region.map((own) => names.indexOf(own))
}

it('is the algorithm of the paper, as written naively', () => {
  fc.assert(
    fc.property(
      pictures,
      fc.double({ min: 0, max: 400, noNaN: true }),
      fc.integer({ min: 1, max: 6 }),
      ({ data, shape }, k, least) => {
        const { segments } = superpixels(data, shape, { sigma: 0, k, least })
        expect([...segments]).toEqual(naive(data, shape, k, least))
      },
    ),
    { numRuns: 150 },
  )
})

it('cuts a picture into connected pieces of the least size, numbered in reading order', () => {
  fc.assert(
    fc.property(
      pictures,
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.integer({ min: 1, max: 8 }),
      ({ data, shape }, sigma, least) => {
        const [, height, width] = shape
        const { segments, count } = superpixels(data, shape, { sigma, k: 50, least })
        expect([...new Set(segments)]).toEqual(Array.from({ length: count }, (_, i) => i))
        for (let own = 0; own < count; own++) {
          const pixels = [...segments.keys()].filter((i) => segments[i] === own)
          expect(pixels.length).toBeGreaterThanOrEqual(Math.min(least, height * width))
          const reached = new Set([pixels[0]])
          for (const i of reached) {
            for (const j of pixels) {
              const near = Math.max(
                Math.abs(Math.floor(i / width) - Math.floor(j / width)),
                Math.abs((i % width) - (j % width)),
              )
              if (near === 1) reached.add(j)
            }
          }
          expect(reached.size).toBe(pixels.length)
        }
      },
    ),
    { numRuns: 100 },
  )
})

it('parts two flat halves along their edge, and keeps a flat picture whole', () => {
  const halves = Float32Array.from({ length: 20 * 30 }, (_, i) => (i % 30 < 11 ? 40 : 90))
  const options: SuperpixelOptions = { sigma: 0, k: 100, least: 5 }
  const { segments, count } = superpixels(halves, [1, 20, 30], options)
  expect(count).toBe(2)
  expect(segments.every((own, i) => own === (i % 30 < 11 ? 0 : 1))).toBe(true)
  expect(superpixels(new Float32Array(600).fill(7), [1, 20, 30], options).count).toBe(1)
  // k of 50 grey levels times a pixel bridges the edge from the start
  expect(superpixels(halves, [1, 20, 30], { ...options, k: 50 * 600 }).count).toBe(1)
})

it('orders floats from 0 on, equal ones as they come', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.float({ min: 0, noNaN: true }).map((v) => v + 0),
        { maxLength: 200 },
      ),
      (values) => {
        const floats = Float32Array.from(values, (v) => Math.abs(v))
        const expected = [...floats.keys()].toSorted((i, j) => floats[i] - floats[j] || i - j)
        expect([...ascending(floats)]).toEqual(expected)
      },
    ),
  )
})

it.each([
  [{ sigma: -1, k: 1, least: 1 }, /sigma is -1/],
  [{ sigma: 1, k: NaN, least: 1 }, /k is NaN/],
  [{ sigma: 1, k: 1, least: 0 }, /least is 0/],
])('refuses %j', (options, message) => {
  expect(() => superpixels(new Float32Array(12), [3, 2, 2], options)).toThrow(message)
})

it('refuses planes of another size', () => {
  expect(() => superpixels(new Float32Array(11), [3, 2, 2], { sigma: 1, k: 1, least: 1 })).toThrow(/3×2×2/)
})
