import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dft } from './lone-line.ts'
import { ValueError } from '../errors.ts'

interface Planes {
  re: Float64Array
  im: Float64Array
}

// Integer hash to [-1, 1): data without structure, and without the random numbers of this package.
function noise(points: number, seed: number): Planes {
  const value = (i: number) => {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
    return (h ^ (h >>> 15)) / 2 ** 31
  }
  return {
    re: Float64Array.from({ length: points }, (_, i) => value(2 * i)),
    im: Float64Array.from({ length: points }, (_, i) => value(2 * i + 1)),
  }
}

const copy = ({ re, im }: Planes): Planes => ({ re: re.slice(), im: im.slice() })

function transformed(x: Planes, length: number, sign: -1 | 1, count = 1): Planes {
  const y = copy(x)
  dft(length).transform(y.re, y.im, sign, count)
  return y
}

// The definition. jk is reduced mod n in integers, so that its own error stays at the 1e-16·sqrt(n)·norm of its sums.
function direct({ re, im }: Planes, length: number, sign: -1 | 1, count = 1): Planes {
  const out = { re: new Float64Array(length * count), im: new Float64Array(length * count) }
  const cos = Float64Array.from({ length }, (_, t) => Math.cos((2 * Math.PI * t) / length))
  const sin = Float64Array.from({ length }, (_, t) => sign * Math.sin((2 * Math.PI * t) / length))
  for (let k = 0; k < length; k++)
    for (let j = 0; j < length; j++) {
      const c = cos[(j * k) % length]
      const s = sin[(j * k) % length]
      for (let q = 0; q < count; q++) {
        out.re[k * count + q] += re[j * count + q] * c - im[j * count + q] * s
        out.im[k * count + q] += re[j * count + q] * s + im[j * count + q] * c
      }
    }
  return out
}

function norm({ re, im }: Planes): number {
  let sum = 0
  for (let i = 0; i < re.length; i++) sum += re[i] ** 2 + im[i] ** 2
  return Math.sqrt(sum)
}

function distance(a: Planes, b: Planes): number {
  return norm({ re: a.re.map((x, i) => x - b.re[i]), im: a.im.map((x, i) => x - b.im[i]) })
}

// A fast transform has log2(n) layers of butterflies, each of which adds a relative error (in the l2 norm, which each
// keeps up to a factor) of a few times 2^-53 = 1.1e-16, Bluestein's 2·log2(2n) + 3 of them: Higham, Accuracy and
// Stability of Numerical Algorithms, theorem 24.2. 1e-15 a layer holds both (measured: a tenth of it) and shows tables that are wrong in the 13th digit.
const bound = (length: number) => 1e-15 * (1 + Math.log2(length))

const upTo64 = Array.from({ length: 64 }, (_, i) => i + 1)
const lengths = [...upTo64, 67, 80, 97, 101, 127, 128, 160, 251, 320, 625, 729, 1000, 1024]

describe('against the definition', () => {
  it.each([1, 3, 16])('at all lengths, %i lines at a time', (count) => {
    for (const length of lengths)
      for (const sign of [-1, 1] as const) {
        const x = noise(length * count, length)
        const expected = direct(x, length, sign, count)
        const error = distance(transformed(x, length, sign, count), expected) / norm(expected)
        expect(error, `length ${length}, sign ${sign}`).toBeLessThan(bound(length))
      }
  })

  it('when the lines take more than one tile, the last one partly filled', () => {
    for (const length of [36, 40, 80, 320]) {
      const count = 4096 / 32 + 11
      const x = noise(length * count, 7)
      const expected = direct(x, length, -1, count)
      expect(distance(transformed(x, length, -1, count), expected) / norm(expected)).toBeLessThan(bound(length))
    }
  })

  it('has the closed form of a pure tone, also where the direct sum would be too slow', () => {
    for (const length of [2 ** 16, 2 ** 4 * 3 ** 4 * 5 ** 3, 65537, 99991]) {
      const tone = 12345
      const angles = Float64Array.from({ length }, (_, j) => (2 * Math.PI * ((tone * j) % length)) / length)
      const y = transformed({ re: angles.map(Math.cos), im: angles.map(Math.sin) }, length, -1)
      const expected = { re: new Float64Array(length), im: new Float64Array(length) }
      expected.re[tone] = length
      expect(distance(y, expected) / length, `length ${length}`).toBeLessThan(bound(length))
    }
  })
})

describe('a block among other data', () => {
  it('leaves everything outside of it as it was', () => {
    for (const length of [1, 2, 8, 30, 37])
      for (const count of [1, 5]) {
        const [before, size] = [3, length * count]
        const x = noise(before + size + 4, 5)
        const y = copy(x)
        dft(length).transform(y.re, y.im, -1, count, before)
        const inside = { re: x.re.subarray(before, before + size), im: x.im.subarray(before, before + size) }
        const expected = transformed(inside, length, -1, count)
        for (const plane of ['re', 'im'] as const) {
          expect(y[plane].subarray(before, before + size)).toEqual(expected[plane])
          expect(y[plane].subarray(0, before)).toEqual(x[plane].subarray(0, before))
          expect(y[plane].subarray(before + size)).toEqual(x[plane].subarray(before + size))
        }
      }
  })

  it('gives a line the same bits whatever lines lie beside it', () => {
    for (const length of [12, 37, 40, 64]) {
      const [few, many] = [2, 700]
      const x = noise(length * many, 3)
      const all = transformed(x, length, -1, many)
      const pick = (plane: Float64Array) =>
        Float64Array.from({ length: length * few }, (_, i) => plane[Math.floor(i / few) * many + 690 + (i % few)])
      const some = transformed({ re: pick(x.re), im: pick(x.im) }, length, -1, few)
      expect(some).toEqual({ re: pick(all.re), im: pick(all.im) })
    }
  })
})

describe('laws, at random lengths', () => {
  const length = fc.integer({ min: 1, max: 1500 })
  const seed = fc.nat()

  it('round trip: the inverse after the forward transform gives length times the line', () => {
    fc.assert(
      fc.property(length, fc.integer({ min: 1, max: 5 }), seed, (n, count, s) => {
        const x = noise(n * count, s)
        const back = transformed(transformed(x, n, -1, count), n, 1, count)
        const scaled = { re: back.re.map((v) => v / n), im: back.im.map((v) => v / n) }
        expect(distance(scaled, x)).toBeLessThan(2 * bound(n) * norm(x))
      }),
    )
  })

  it('Parseval: ‖X‖² = n‖x‖²', () => {
    fc.assert(
      fc.property(length, seed, (n, s) => {
        const x = noise(n, s)
        const ratio = norm(transformed(x, n, -1)) / (Math.sqrt(n) * norm(x))
        expect(Math.abs(ratio - 1)).toBeLessThan(bound(n))
      }),
    )
  })

  it('linearity', () => {
    fc.assert(
      fc.property(length, seed, (n, s) => {
        const [x, y] = [noise(n, s), noise(n, s + 1)]
        const [a, b] = [0.75, -2.5]
        const mix = (u: Planes, v: Planes) => ({
          re: u.re.map((r, i) => a * r + b * v.re[i]),
          im: u.im.map((r, i) => a * r + b * v.im[i]),
        })
        const expected = mix(transformed(x, n, -1), transformed(y, n, -1))
        expect(distance(transformed(mix(x, y), n, -1), expected)).toBeLessThan(4 * bound(n) * norm(expected))
      }),
    )
  })

  it('shift: x[j - s] has the spectrum X[k] e^{-2πi·sk/n}', () => {
    fc.assert(
      fc.property(length, seed, fc.nat(2000), (n, s, steps) => {
        const x = noise(n, s)
        const shift = steps % n
        const roll = (plane: Float64Array) => plane.map((_, j) => plane[(j - shift + n) % n])
        const shifted = { re: roll(x.re), im: roll(x.im) }
        const X = transformed(x, n, -1)
        const phase = (k: number) => (-2 * Math.PI * ((shift * k) % n)) / n
        const expected = {
          re: X.re.map((r, k) => r * Math.cos(phase(k)) - X.im[k] * Math.sin(phase(k))),
          im: X.re.map((r, k) => r * Math.sin(phase(k)) + X.im[k] * Math.cos(phase(k))),
        }
        expect(distance(transformed(shifted, n, -1), expected)).toBeLessThan(3 * bound(n) * norm(X))
      }),
    )
  })
})

describe('bad input', () => {
  it.each([0, -4, 2.5, Number.NaN, Infinity, 2 ** 23 + 1])('length %d is refused', (length) => {
    expect(() => dft(length)).toThrow(ValueError)
    expect(() => dft(length)).toThrow(expect.objectContaining({ code: 'VALUE', name: 'ValueError' }))
    expect(() => dft(length)).toThrow(String(length))
  })

  it('a block that does not fit is refused, with both sizes', () => {
    const { re, im } = noise(100, 0)
    expect(() => dft(10).transform(re, im, -1, 10, 1)).toThrow('need 101 elements, but re has 100')
    expect(() => dft(10).transform(re, im.subarray(1), -1, 10)).toThrow('im has 99')
    expect(() => dft(10).transform(re, im, -1, 1.5)).toThrow(ValueError)
    expect(() => dft(10).transform(re, im, -1, -1)).toThrow(ValueError)
    expect(() => dft(10).transform(re, im, -1, 1, -1)).toThrow(ValueError)
  })

  it('no lines are no work', () => {
    const empty = new Float64Array(0)
    expect(() => dft(10).transform(empty, empty, -1, 0)).not.toThrow()
  })
})

it('a plan is made once for a length', () => {
  expect(dft(77)).toBe(dft(77))
})
