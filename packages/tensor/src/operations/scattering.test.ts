// The steps of a scattering layer against their definitions, summed directly on small grids.
import { copy } from './copy.ts'
import { average, pad, spectrum, waveletModulus } from './scattering.ts'
import { averageAdjoint } from './scattering-adjoints.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Factors, SampledKernel, SpectralFilter } from './spectral-filter.ts'
import { elementAt, elements, indicesOf, noise, views } from '../fourier/naive.test.oracle.ts'
import { reference } from '../backend/reference.ts'
import { type Tensor, empty } from '../array/tensor.ts'

const length = fc.integer({ min: 1, max: 8 })
const count = fc.integer({ min: 1, max: 3 })
const modulo = (k: number, n: number): number => ((k % n) + n) % n
const zeros = (shape: readonly number[], complex = false): Tensor =>
  empty(shape, { dtype: complex ? 'complex128' : 'float64' })

/** A view of a new array with its first axis innermost in memory, as the cascade keeps images. */
const imagesInnermost = ([n, h, w]: readonly number[], complex = false): Tensor =>
  zeros([h, w, n], complex).transpose(2, 0, 1)

function agree(actual: Tensor, expected: readonly number[]): void {
  // at most 128 terms of size up to 8, each within a rounding
  elements(actual).forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-11))
}

describe('pad', () => {
  const indices = (source: number): fc.Arbitrary<Int32Array> =>
    fc
      .array(fc.integer({ min: -1, max: source - 1 }), { minLength: 1, maxLength: 9 })
      .map((list) => Int32Array.from(list))

  it('picks pixels, 0 where the index is -1 or the image is missing', () => {
    const cases = fc
      .tuple(count, length, length)
      .chain(([n, h, w]) => fc.tuple(views([n, h, w]), indices(h), indices(w), fc.nat(2)))
    fc.assert(
      fc.property(cases, ([x, rows, columns, more]) => {
        const out = imagesInnermost([x.shape[0] + more, rows.length, columns.length])
        out.buffer.data?.fill(NaN)
        pad(reference, x, rows, columns, out)
        const expected = indicesOf(out.shape).map(([i, a, b]) =>
          i < x.shape[0] && rows[a] >= 0 && columns[b] >= 0 ? elementAt(x, [i, rows[a], columns[b]]) : 0,
        )
        expect(elements(out)).toEqual(expected)
      }),
    )
  })
})

describe('spectrum', () => {
  it('is half of the Fourier sums, for even and odd sizes', () => {
    fc.assert(
      fc.property(
        fc.tuple(count, length, length).chain((shape) => views(shape)),
        fc.boolean(),
        (x, planar) => {
          const [n, H, W] = x.shape
          const half = [n, H, Math.floor(W / 2) + 1]
          const out = planar
            ? noise([2, ...half], 1)
                .transpose(1, 2, 3, 0)
                .asComplex()
            : imagesInnermost(half, true)
          spectrum(reference, x, out)
          const expected = indicesOf(half).flatMap(([i, ky, kx]) => {
            let [re, im] = [0, 0]
            for (const [u, v] of indicesOf([H, W])) {
              const angle = -2 * Math.PI * ((ky * u) / H + (kx * v) / W)
              re += elementAt(x, [i, u, v]) * Math.cos(angle)
              im += elementAt(x, [i, u, v]) * Math.sin(angle)
            }
            return [re, im]
          })
          agree(out, expected)
        },
      ),
    )
  })
})

describe('waveletModulus', () => {
  /** x̂ at any frequency of an [H, W] grid: x̂(-k) = conj x̂(k) where it is not stored. */
  function spectrumAt(xhat: Tensor, i: number, ky: number, kx: number, H: number, W: number): [number, number] {
    const stored = modulo(kx, W) < xhat.shape[2]
    const at = stored ? [i, modulo(ky, H), modulo(kx, W)] : [i, modulo(-ky, H), modulo(-kx, W)]
    return [elementAt(xhat, at), (stored ? 1 : -1) * elementAt(xhat, at, true)]
  }

  /**
   * |(1/HW) Σ_k x̂(k) ψ̂(k) e^{2πi k·(factors·n)}|: the inverse transform at the kept samples, without folding.
   */
  function direct(
    xhat: Tensor,
    psi: SpectralFilter & { values: Tensor },
    [down, across]: Factors,
    [n, h, w]: readonly number[],
  ): number[] {
    const [H, W] = [h * down, w * across]
    return indicesOf([n, h, w]).map(([i, y, x]) => {
      let [re, im] = [0, 0]
      for (const [r, c] of indicesOf(psi.values.shape)) {
        const [ky, kx] = [psi.row + r, psi.column + c]
        const [a, b] = spectrumAt(xhat, i, ky, kx, H, W)
        const angle = 2 * Math.PI * ((ky * y * down) / H + (kx * x * across) / W)
        const value = elementAt(psi.values, [r, c])
        re += value * (a * Math.cos(angle) - b * Math.sin(angle))
        im += value * (a * Math.sin(angle) + b * Math.cos(angle))
      }
      return Math.hypot(re, im) / (H * W)
    })
  }

  const cases = fc
    .tuple(
      count,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<Factors>([1, 1], [2, 2], [3, 3], [4, 4], [1, 4], [3, 1], [2, 4]),
    )
    .chain(([n, h, w, factors]) =>
      fc.record({
        shape: fc.constant([n, h, w]),
        factors: fc.constant(factors),
        xhat: views([n, h * factors[0], Math.floor((w * factors[1]) / 2) + 1], 'complex128'),
        rows: fc.integer({ min: 1, max: Math.min(7, h * factors[0]) }),
        columns: fc.integer({ min: 1, max: Math.min(7, w * factors[1]) }),
        row: fc.integer({ min: -9, max: 9 }),
        column: fc.integer({ min: -9, max: 9 }),
        seed: fc.nat(1e6),
      }),
    )

  it('filters, folds and takes moduli, with boxes that wrap around the grid', () => {
    fc.assert(
      fc.property(cases, ({ shape, factors, xhat, rows, columns, row, column, seed }) => {
        const psi = { values: noise([rows, columns], seed), row, column }
        const out = imagesInnermost(shape)
        waveletModulus(reference, xhat, psi, factors, out)
        agree(out, direct(xhat, psi, factors, shape))
      }),
      { numRuns: 200 },
    )
  })

  it('with ψ̂ = 1 everywhere gives |x| back', () => {
    for (const [h, w] of [
      [4, 6],
      [5, 7],
      [1, 4],
      [3, 1],
    ]) {
      const x = noise([2, h, w], 3)
      const xhat = zeros([2, h, Math.floor(w / 2) + 1], true)
      spectrum(reference, x, xhat)
      const values = zeros([h, w])
      values.buffer.data?.fill(1)
      const out = zeros([2, h, w])
      waveletModulus(reference, xhat, { values, row: -1, column: 2 }, 1, out)
      agree(out, elements(x).map(Math.abs))
    }
  })
})

describe('average', () => {
  const kernels = (n: number): fc.Arbitrary<SampledKernel & { taps: Tensor }> =>
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: n + 2 }), fc.nat(1e6))
      .chain(([outputs, width, seed]) =>
        fc.record({
          taps: fc.constant(noise([outputs, width], seed)),
          starts: fc
            .array(fc.nat(n - 1), { minLength: outputs, maxLength: outputs })
            .map((list) => Int32Array.from(list)),
        }),
      )

  it('is the banded sum along both axes, cyclic', () => {
    const cases = fc
      .tuple(count, length, length)
      .chain(([n, h, w]) => fc.tuple(views([n, h, w]), kernels(h), kernels(w)))
    fc.assert(
      fc.property(cases, ([U, rows, columns]) => {
        const [n, h, w] = U.shape
        const out = imagesInnermost([n, rows.starts.length, columns.starts.length])
        average(reference, U, rows, columns, out)
        const expected = indicesOf(out.shape).map(([i, a, b]) => {
          let sum = 0
          for (const [s, t] of indicesOf([rows.taps.shape[1], columns.taps.shape[1]])) {
            const weight = elementAt(rows.taps, [a, s]) * elementAt(columns.taps, [b, t])
            sum += weight * elementAt(U, [i, (rows.starts[a] + s) % h, (columns.starts[b] + t) % w])
          }
          return sum
        })
        agree(out, expected)
      }),
    )
  })

  it.each([-1, 4])('takes no taps that begin at %d of 4 rows, on any back end', (start) => {
    const [U, out] = [zeros([1, 4, 4]), zeros([1, 1, 1])]
    const kernel = { taps: noise([1, 2], 1), starts: Int32Array.of(0) }
    const says = `starts holds ${start}: taps begin at 0 to 3, take it modulo 4`
    const outside = { ...kernel, starts: Int32Array.of(start) }
    expect(() => average(reference, U, outside, kernel, out)).toThrow(`rows.${says}`)
    expect(() => averageAdjoint(reference, out, kernel, outside, U)).toThrow(`columns.${says}`)
  })
})

describe('forEachGroup', () => {
  it('hands out every item once, in order, in groups of the asked size', () => {
    for (const [items, size] of [
      [7, 3],
      [6, 3],
      [2, 5],
      [1, 1],
      [0, 4],
    ]) {
      const [x, out] = [noise([items, 2], 1), zeros([2, items]).transpose()]
      const sizes: number[] = []
      reference.forEachGroup(x, out, size, (input, output) => {
        sizes.push(input.shape[0])
        copy(reference, input, output)
      })
      expect(elements(out)).toEqual(elements(x))
      expect(sizes.slice(0, -1).every((n) => n === size)).toBe(true)
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(items)
    }
  })
})
