import * as operations from '../operations/index.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DTypeError, ShapeError, ValueError } from '../errors.ts'
import { fft, fft2, ifft, ifft2, irfft, irfft2, rfft, rfft2 } from './fourier.ts'
import { elementAt, elements, indicesOf, noise, views } from './naive.test.oracle.ts'
import { reference } from '../backend/reference.ts'
import type { Tensor } from '../array/tensor.ts'

/** Σ x[u, v] e^{sign·2πi(ky·u/h + kx·v/w)} for the whole plane, re and im interleaved, from the definition. */
function naive(x: Tensor, sign: 1 | -1): number[] {
  const complex = x.dtype.startsWith('complex')
  const [h, w] = x.shape.slice(-2)
  return indicesOf(x.shape).flatMap((index) => {
    const [ky, kx] = index.slice(-2)
    let [re, im] = [0, 0]
    for (const [u, v] of indicesOf([h, w])) {
      const at = [...index.slice(0, -2), u, v]
      const [a, b] = [elementAt(x, at), complex ? elementAt(x, at, true) : 0]
      const angle = sign * 2 * Math.PI * (((ky * u) % h) / h + ((kx * v) % w) / w)
      re += a * Math.cos(angle) - b * Math.sin(angle)
      im += a * Math.sin(angle) + b * Math.cos(angle)
    }
    return [re, im]
  })
}

/** At most 1e-13 of the largest: sums of up to 200 numbers of size 1, each within a rounding or two. */
function agree(actual: Tensor, expected: readonly number[], part = 1): void {
  const own = elements(actual)
  expect(own.length).toBe(expected.length)
  const allowed = 1e-13 * Math.max(1, ...expected.map(Math.abs))
  own.forEach((value, i) => expect(Math.abs(value - part * expected[i])).toBeLessThanOrEqual(allowed))
}

const lengths = fc.integer({ min: 1, max: 11 })
const batch = fc.array(fc.nat(3), { maxLength: 2 })
const planes = fc
  .tuple(batch, lengths, lengths, fc.constantFrom('float64' as const, 'complex128' as const))
  .chain(([lead, h, w, dtype]) => views([...lead, h, w], dtype))
const realPlanes = fc.tuple(batch, lengths, lengths).chain(([lead, h, w]) => views([...lead, h, w]))

describe('whole transforms', () => {
  it('fft2 and ifft2 are the sums of their definition, for any views', () => {
    fc.assert(
      fc.property(planes, (x) => {
        const [h, w] = x.shape.slice(-2)
        expect(fft2(x).dtype).toBe('complex128')
        agree(fft2(x), naive(x, -1))
        agree(
          ifft2(x),
          naive(x, 1).map((v) => v / (h * w)),
        )
      }),
    )
  })

  it('fft and ifft run along the last axis', () => {
    fc.assert(
      fc.property(planes, (x) => {
        const lines = x.expand(-2)
        agree(fft(x), naive(lines, -1))
        agree(
          ifft(x),
          naive(lines, 1).map((v) => v / x.shape[x.rank - 1]),
        )
      }),
    )
  })

  it('run in place and along any axis on the reference', () => {
    fc.assert(
      fc.property(planes, fc.constantFrom<1 | -1>(1, -1), (x, sign) => {
        const z = fft2(x)
        const swapped = z.transpose(...z.shape.slice(2).map((_, i) => i), -1, -2)
        const out = swapped.clone()
        operations.fft(reference, swapped, out, z.rank - 1, sign)
        operations.fft(reference, z, z, z.rank - 2, sign)
        expect(elements(out)).toEqual(elements(swapped))
      }),
    )
  })

  it('of many lines are those of each line', () => {
    const x = noise([700, 64], 4, 'complex128')
    const all = fft(x)
    for (const line of [0, 255, 256, 511, 512, 699]) {
      agree(all.slice(line), elements(fft(x.slice(line))))
    }
  })

  it('keep single precision', () => {
    const x = noise([3, 10], 1, 'float32')
    expect(fft2(x).dtype).toBe('complex64')
    expect(rfft(x).dtype).toBe('complex64')
    expect(irfft(rfft(x), 10).dtype).toBe('float32')
    expect(irfft2(rfft2(x), 10).dtype).toBe('float32')
  })
})

describe('half spectra', () => {
  it('hold the first ⌊w/2⌋ + 1 columns', () => {
    fc.assert(
      fc.property(realPlanes, (x) => {
        const half = [...x.shape.slice(0, -1).map(() => null), [0, Math.floor(x.shape[x.rank - 1] / 2) + 1] as const]
        agree(rfft2(x), elements(fft2(x).slice(...half)))
        agree(rfft(x), elements(fft(x).slice(...half)))
      }),
    )
  })

  it('give the array back', () => {
    fc.assert(
      fc.property(realPlanes, (x) => {
        const width = x.shape[x.rank - 1]
        agree(irfft2(rfft2(x), width), elements(x))
        agree(irfft(rfft(x), width), elements(x))
        expect(irfft2(rfft2(x), width).isContiguous).toBe(true)
      }),
    )
  })

  it('are completed by X(−k) = conj X(k), whatever they hold', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(batch, lengths, lengths)
          .chain(([lead, h, w]) => fc.tuple(views([...lead, h, Math.floor(w / 2) + 1], 'complex128'), fc.constant(w))),
        ([X, w]) => {
          // the definition: only the real part of the completed sum, each stored column weighted by how often it occurs
          const h = X.shape[X.rank - 2]
          const weight = (k: number): number => (k === 0 || 2 * k === w ? 1 : 2)
          const expected = indicesOf([...X.shape.slice(0, -1), w]).map((index) => {
            const [u, v] = index.slice(-2)
            let sum = 0
            for (const [ky, kx] of indicesOf([h, X.shape[X.rank - 1]])) {
              const at = [...index.slice(0, -2), ky, kx]
              const angle = 2 * Math.PI * (((ky * u) % h) / h + ((kx * v) % w) / w)
              sum += weight(kx) * (elementAt(X, at) * Math.cos(angle) - elementAt(X, at, true) * Math.sin(angle))
            }
            return sum / (h * w)
          })
          agree(irfft2(X, w), expected)
        },
      ),
    )
  })

  it('of one number are that number', () => {
    const x = noise([1, 1], 5)
    expect(elements(rfft2(x))).toEqual([elementAt(x, [0, 0]), 0])
    expect(elements(irfft2(rfft2(x), 1))).toEqual(elements(x))
  })
})

describe('Parseval', () => {
  it('Σ|x|² = Σ|X|² / n at large and awkward lengths', () => {
    for (const n of [127, 128, 720, 1009, 2 ** 12 + 2]) {
      const energy = (z: Tensor): number => elements(z).reduce((sum, v) => sum + v * v, 0)
      const x = noise([3, n], n, 'complex128')
      expect(energy(fft(x)) / n / energy(x)).toBeCloseTo(1, 12)
      agree(ifft(fft(x)), elements(x))
    }
  })
})

describe('axes', () => {
  const x = noise([3, 4, 5], 1)

  it('are transformed where they lie: the same as with them moved to the end', () => {
    const moved = (f: (y: Tensor) => Tensor, y: Tensor): number[] =>
      elements(f(y.transpose(1, 2, 0)).transpose(2, 0, 1))
    agree(
      fft(x, { axes: [0] }),
      moved((y) => fft(y), x),
    )
    agree(
      fft2(x, { axes: [2, 0] }),
      moved((y) => fft2(y), x),
    )
    agree(
      rfft(x, { axes: [-3] }),
      moved((y) => rfft(y), x),
    )
    agree(
      rfft2(x, { axes: [2, 0] }),
      moved((y) => rfft2(y), x),
    )
    agree(fft(x, { axes: [0, 1, 2] }), elements(fft(fft2(x), { axes: [0] })))
    agree(
      fft(x, { axes: [] }),
      elements(x).flatMap((v) => [v, 0]),
    )
  })

  it('are inverted by the inverse functions', () => {
    const whole = elements(x)
    agree(ifft(fft(x, { axes: [0, 2] }), { axes: [0, 2] }).real, whole)
    agree(irfft(rfft(x, { axes: [1] }), 4, { axes: [1] }), whole)
    agree(irfft2(rfft2(x, { axes: [2, 0] }), 3, { axes: [2, 0] }), whole)
  })

  it('are refused where they are not there, twice, too many or misspelt', () => {
    expect(() => fft(x, { axes: [3] })).toThrow(ShapeError)
    expect(() => fft(x, { axes: [0, -3] })).toThrow('name an axis twice')
    expect(() => rfft(x, { axes: [0, 1] })).toThrow(ValueError)
    expect(() => fft(x, { axis: 0 } as never)).toThrow('Did you mean axes?')
    expect(() => fft(new Float32Array(4) as never)).toThrow(
      'fft takes a Tensor, not a Float32Array: make one with tensor(',
    )
  })
})

describe('errors', () => {
  it('name the shape', () => {
    expect(() => fft(noise([], 1))).toThrow('fft of shape scalar: its last axis must be there')
    expect(() => fft2(noise([4], 1))).toThrow('fft2 of shape 4: its last 2 axes must be there')
    expect(() => fft(noise([2, 0], 1))).toThrow(ShapeError)
    expect(() => rfft2(noise([0, 3], 1))).toThrow(ShapeError)
    expect(fft(noise([0, 3], 1)).shape).toEqual([0, 3])
    expect(rfft2(noise([0, 3, 4], 1)).shape).toEqual([0, 3, 3])
    expect(irfft2(noise([0, 3, 3], 1, 'complex64'), 4).shape).toEqual([0, 3, 4])
  })

  it('ask for the right kind of array', () => {
    const z = noise([4, 3], 1, 'complex64')
    expect(() => rfft(z)).toThrow('rfft takes a real array: use fft')
    expect(() => rfft2(z)).toThrow(DTypeError)
    expect(() => irfft(noise([3], 1), 4)).toThrow(
      'half a spectrum of 4 points is complex with an axis of 3, not float64 3',
    )
    expect(() => irfft2(z, 6)).toThrow('an axis of 4, not complex64 4×3')
    expect(() => irfft(z, 0)).toThrow(ValueError)
    expect(() => irfft2(z, 4.5)).toThrow('irfft2: length 4.5')
  })
})
