import { type ShapedArray, ShapeError, ValueError, random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  type Codes,
  codeEntropy,
  codeTable,
  codesOf,
  firstNearCode,
  firstWithCode,
  fitDuplicateCoder,
} from '../index.ts'

/** Random codes of `bits` bits. */
const codes = (count: number, bits: number, seed = 1): Codes => {
  const stream = random(seed)
  const each = Math.ceil(bits / 32)
  const last = bits % 32 === 0 ? 2 ** 32 : 2 ** (bits % 32)
  const words = Uint32Array.from({ length: count * each }, (_, i) =>
    stream.integer(0, i % each === each - 1 ? last : 2 ** 32),
  )
  return { bits, count, words }
}

describe('codes', () => {
  it.each([5, 12, 40])('of %i bits are grouped as a map of strings groups them, also in parts', (bits) => {
    const own = codes(4000, bits)
    const each = own.words.length / own.count
    const seen = new Map<string, number>()
    const known = Array.from({ length: own.count }, (_, i) => {
      const key = own.words.subarray(i * each, (i + 1) * each).join()
      if (!seen.has(key)) seen.set(key, i)
      return seen.get(key)!
    })
    expect([...firstWithCode(own)]).toEqual(known)
    const table = codeTable(bits)
    const part = (from: number, count: number): Codes => ({
      bits,
      count,
      words: own.words.subarray(from * each, (from + count) * each),
    })
    expect([...table.add(part(0, 1500)), ...table.add(part(1500, 2500))]).toEqual(known)
    expect([table.items, table.distinct]).toEqual([4000, seen.size])
  })

  it('are told apart by any of their words', () => {
    // many of one first word, so that some meet in the table
    const words = Uint32Array.from({ length: 4000 }, (_, k) => (k % 2 === 0 ? 7 : (k >> 1) % 500))
    expect([...firstWithCode({ bits: 64, count: 2000, words })]).toEqual(
      Array.from({ length: 2000 }, (_, i) => i % 500),
    )
  })

  it('have as many effective bits as even ones, and as many chance pairs as are found', () => {
    const own = codes(3000, 16)
    const { effectiveBits, chancePairs } = codeEntropy(own)
    expect(effectiveBits).toBeGreaterThan(15.98)
    expect(effectiveBits).toBeLessThanOrEqual(16)
    const sizes = new Map<number, number>()
    for (const first of firstWithCode(own)) sizes.set(first, (sizes.get(first) ?? 0) + 1)
    const pairs = [...sizes.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0)
    // 68.7 are expected: four standard errors of a count
    expect(Math.abs(pairs - chancePairs)).toBeLessThan(4 * Math.sqrt(chancePairs))
    // bits that never change tell nothing
    expect(codeEntropy({ bits: 32, count: 3000, words: own.words }).effectiveBits).toBeCloseTo(effectiveBits, 12)
  })

  it.each([
    [12, 0],
    [12, 2],
    [40, 14],
    [64, 20],
  ])('of %i bits that differ in at most %i are those that plain loops find', (bits, radius) => {
    const [own, others] = [codes(300, bits, 1), codes(200, bits, 2)]
    const bit = ({ words }: Codes, i: number, b: number): number =>
      (words[i * Math.ceil(bits / 32) + (b >> 5)] >>> (b & 31)) & 1
    const near = (a: Codes, i: number, b: Codes, j: number): boolean =>
      Array.from({ length: bits }, (_, k) => bit(a, i, k) ^ bit(b, j, k)).reduce((sum, v) => sum + v, 0) <= radius
    const firstOf = (a: Codes, i: number, b: Codes, most: number): number => {
      for (let j = 0; j < most; j++) if (near(a, i, b, j)) return j
      return -1
    }
    const within = Array.from({ length: 300 }, (_, i) => firstOf(own, i, own, i))
    const across = Array.from({ length: 200 }, (_, i) => firstOf(others, i, own, 300))
    expect([...firstNearCode(own, radius)]).toEqual(within)
    expect([...firstNearCode(others, radius, own)]).toEqual(across)
    expect(within.some((j) => j >= 0)).toBe(true)
  })

  it('refuse a table of another length', () => {
    expect(() => codeTable(16).add(codes(3, 17))).toThrow(ValueError)
    expect(() => codeEntropy({ bits: 40, count: 3, words: new Uint32Array(5) })).toThrow(ShapeError)
    expect(() => codeEntropy({ bits: 8, count: 0, words: new Uint32Array(0) })).toThrow(ValueError)
  })
})

describe('fitDuplicateCoder', () => {
  /** Smooth images: sums of four plane waves. */
  const waves = (count: number, seed: number): ShapedArray<Float32Array> => {
    const stream = random(seed)
    const data = new Float32Array(count * 64)
    for (let i = 0; i < count; i++)
      for (let w = 0; w < 4; w++) {
        const [kx, ky, phase] = [stream.uniform(-0.5, 0.5), stream.uniform(-0.5, 0.5), stream.uniform(0, 6.3)]
        for (let p = 0; p < 64; p++) data[i * 64 + p] += Math.sin(kx * (p % 8) + ky * Math.floor(p / 8) + phase)
      }
    return { data, shape: [count, 1, 8, 8] }
  }

  it('learns to rebuild, gives copies one code and nearly all others codes of their own', async () => {
    const images = waves(200, 1)
    const losses: number[] = []
    const coder = await fitDuplicateCoder(images, {
      bits: 32,
      epochs: 10,
      batch: 25,
      rate: 1e-2,
      dropout: 0.2,
      seed: 1,
      onEpoch: ({ loss }) => losses.push(loss),
    })
    expect(losses).toHaveLength(10)
    // 1 is the loss of the mean image
    expect(losses[9]).toBeLessThan(0.6)
    const noise = random(3).fillNormal(new Float32Array(images.data.length)) as Float32Array
    const near = { data: images.data.map((v, i) => v + 1e-3 * noise[i]), shape: images.shape }
    const [own, copies] = [await codesOf(coder, images), await codesOf(coder, near)]
    const table = codeTable(32)
    const first = table.add(own)
    const found = table.add(copies)
    const recall = found.reduce((sum, number, i) => sum + (number === first[i] ? 1 : 0), 0) / 200
    expect(recall).toBeGreaterThan(0.9)
    expect(new Set(first).size).toBeGreaterThan(150)
    expect((await codesOf(coder, images, { threshold: 0.5 })).words).not.toEqual(own.words)
    expect((await codesOf(coder, { data: images.data.subarray(0, 64), shape: [1, 64] })).words).toEqual(
      own.words.slice(0, 1),
    )
    await expect(codesOf(coder, { data: new Float32Array(50), shape: [2, 25] })).rejects.toThrow(ShapeError)
  })

  it('refuses fewer images than a batch, images of mixed sizes and images all alike', async () => {
    await expect(fitDuplicateCoder(waves(20, 1))).rejects.toThrow(/fewer than a batch/)
    await expect(fitDuplicateCoder({ data: new Float32Array(130), shape: [2, 64] }, { batch: 2 })).rejects.toThrow(
      ShapeError,
    )
    await expect(fitDuplicateCoder({ data: new Float32Array(128), shape: [2, 64] }, { batch: 2 })).rejects.toThrow(
      ValueError,
    )
  })
})
