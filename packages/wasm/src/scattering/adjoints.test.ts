import * as operations from '@scatterlab/tensor/operations'
import type { SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { type View, reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fill,
  forms,
  half,
  hosts,
  lanes,
  numbers,
  onReference,
  real,
  same,
  seed,
  side,
  table,
} from './views.test.host.ts'

describe.each(forms)('the adjoints of the steps of a scattering layer, %s', (form) => {
  const backend = hosts[form]
  const before = [...backend.declined]

  it('padAdjoint: any index lists, no more images than gradients', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 21 }),
        fc.integer({ min: 1, max: 12 }),
        side,
        side,
        fc.boolean(),
        seed,
        (images, width, height, H, W, accumulate, s) => {
          const g = real(backend, images <= 4 ? 4 : 8, H, W)
          fill(g, s)
          const pick = numbers(H + W, s + 1)
          const rows = Int32Array.from({ length: H }, (_, i) => Math.floor((pick[i]! + 0.5) * (height + 1)) - 1)
          const columns = Int32Array.from({ length: W }, (_, i) => Math.floor((pick[H + i]! + 0.5) * (width + 1)) - 1)
          const out: View = {
            buffer: backend.adopt(numbers(images * height * width + 8, s + 2)),
            dtype: 'float32',
            shape: [images, height, width],
            strides: [height * width, width, 1],
            offset: 4,
            imagStride: 0,
          }
          const expected = onReference(out)
          operations.padAdjoint(backend, g, rows, columns, out, accumulate)
          operations.padAdjoint(reference, g, rows, columns, expected, accumulate)
          same(out, expected)
          for (const { buffer } of [g, out]) backend.release(buffer)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('spectrumAdjoint: even and odd sides, numbers that no real field has', () => {
    fc.assert(
      fc.property(side, side, lanes, fc.boolean(), seed, (H, W, n, accumulate, s) => {
        const [g, out] = [half(backend, n, H, W), real(backend, n, H, W)]
        fill(g, s)
        fill(out, s + 1)
        const expected = onReference(out)
        operations.spectrumAdjoint(backend, g, out, accumulate)
        operations.spectrumAdjoint(reference, g, expected, accumulate)
        same(out, expected)
        for (const { buffer } of [g, out]) backend.release(buffer)
      }),
      { numRuns: 60 },
    )
  })

  it('waveletModulusAdjoint: boxes anywhere and of any size, at any subsampling, of numbers of any size, some images zero', () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(1, 2, 3, 4),
        lanes,
        fc.tuple(fc.nat(), fc.nat(), fc.integer(), fc.integer()),
        fc.constantFrom(1, 1e-30, 1e-22, 1e22, 1e30),
        fc.boolean(),
        seed,
        (height, width, factor, n, [tall, wide, row, column], unit, accumulate, s) => {
          const [H, W] = [height * factor, width * factor]
          if (H * W > 20000) return
          const [rows, columns] = [1 + (tall % H), 1 + (wide % W)]
          const psi: SpectralFilter = {
            values: table(backend, numbers(rows * columns, s), columns),
            row: row % (2 * H),
            column: column % (2 * W),
          }
          const [x, xhat, out] = [real(backend, n, H, W), half(backend, n, H, W), half(backend, n, H, W)]
          x.buffer.data!.set(numbers(n * H * W, s + 1).map((v, i) => (i % n === 1 ? 0 : unit * v)))
          operations.spectrum(reference, x, xhat)
          const g = real(backend, n, height, width)
          fill(g, s + 2)
          fill(out, s + 3)
          const expected = onReference(out)
          operations.waveletModulusAdjoint(backend, xhat, psi, factor, g, out, accumulate)
          operations.waveletModulusAdjoint(reference, xhat, psi, factor, g, expected, accumulate)
          // where a modulus is small its direction is as uncertain as it is small beside the others
          const [actual, right] = [out, expected].map(({ buffer }) => Float64Array.from(buffer.data!)) as [
            Float64Array,
            Float64Array,
          ]
          expectClose(actual, right, { ofLargest: 1e-3 })
          const mean = right.reduce((sum, v, i) => sum + Math.abs(v - actual[i]!), 0) / right.length
          expect(mean).toBeLessThan(5e-6 * right.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-30))
          for (const { buffer } of [x, xhat, g, out, psi.values]) backend.release(buffer)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('averageAdjoint and waveletModulusAdjoint of fibres: few numbers of very many images', () => {
    const [n, length] = [1200, 6]
    const kernel = (outputs: number, width: number, s: number): SampledKernel => ({
      taps: table(backend, numbers(outputs * width, s), width),
      starts: Int32Array.from({ length: outputs }, (_, o) => (2 * o + 1) % length),
    })
    const same: SampledKernel = {
      taps: table(backend, new Float32Array(length).fill(1), 1),
      starts: Int32Array.from({ length }, (_, o) => o),
    }
    for (const accumulate of [false, true]) {
      for (const [rows, columns] of [
        [kernel(3, 4, 1), same],
        [same, kernel(2, 6, 2)],
        [kernel(3, 2, 3), kernel(4, 3, 4)],
      ] as const) {
        const [U, S] = [real(backend, n, 6, 6), real(backend, n, rows.starts.length, columns.starts.length)]
        fill(U, 5)
        fill(S, 6)
        const expected = { S: onReference(S), U: onReference(U) }
        operations.averageAdjoint(backend, S, rows, columns, U, accumulate)
        operations.averageAdjoint(reference, S, rows, columns, expected.U, accumulate)
        expectClose(U.buffer.data!, expected.U.buffer.data!, { ofLargest: 1e-6 })
        const at = onReference(U)
        operations.average(backend, U, rows, columns, S)
        operations.average(reference, at, rows, columns, expected.S)
        expectClose(S.buffer.data!, expected.S.buffer.data!, { ofLargest: 1e-6 })
      }
      const psi: SpectralFilter = { values: table(backend, numbers(4, 7), 4), row: 0, column: -1 }
      const [xhat, g, out] = [half(backend, n, 1, length), real(backend, n, 1, length), half(backend, n, 1, length)]
      for (const [i, view] of [xhat, g, out].entries()) fill(view, 8 + i)
      const expected = onReference(out)
      operations.waveletModulusAdjoint(backend, xhat, psi, 1, g, out, accumulate)
      operations.waveletModulusAdjoint(reference, xhat, psi, 1, g, expected, accumulate)
      expectClose(out.buffer.data!, expected.buffer.data!, { ofLargest: 1e-4 })
    }
  })

  it('waveletModulus and its adjoint: a filter so large, on a grid so small, that no kernel could hold its columns', () => {
    const [side, kept, n] = [256, 2, 4]
    const psi: SpectralFilter = { values: table(backend, numbers(255 * 255, 1), 255), row: -127, column: -60 }
    const [x, xhat, back] = [real(backend, n, side, side), half(backend, n, side, side), half(backend, n, side, side)]
    const [g, U] = [real(backend, n, kept, kept), real(backend, n, kept, kept)]
    fill(x, 2)
    fill(g, 3)
    operations.spectrum(reference, x, xhat)
    const expected = { U: onReference(U), back: onReference(back) }
    operations.waveletModulus(backend, xhat, psi, side / kept, U)
    operations.waveletModulus(reference, xhat, psi, side / kept, expected.U)
    operations.waveletModulusAdjoint(backend, xhat, psi, side / kept, g, back, false)
    operations.waveletModulusAdjoint(reference, xhat, psi, side / kept, g, expected.back, false)
    // 65,025 products are summed in single precision
    for (const [actual, right] of [
      [U, expected.U],
      [back, expected.back],
    ] as const)
      expectClose(actual.buffer.data!, right.buffer.data!, { ofLargest: 2e-5 })
    for (const { buffer } of [x, xhat, back, g, U, psi.values]) backend.release(buffer)
  })

  it('averageAdjoint: bands that wrap, symmetric or not, narrow or wide', () => {
    const kernel = (outputs: number, width: number, length: number, s: number): SampledKernel => ({
      taps: table(backend, numbers(outputs * width, s), width),
      starts: Int32Array.from({ length: outputs }, (_, o) => (o * 7 + (s % length)) % length),
    })
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.tuple(fc.nat(), fc.nat()),
        lanes,
        fc.boolean(),
        seed,
        (H, W, a, b, [tall, wide], n, accumulate, s) => {
          const rows = kernel(a, 1 + (tall % H), H, s)
          const columns = kernel(b, 1 + (wide % W), W, s + 1)
          const [g, out] = [real(backend, n, a, b), real(backend, n, H, W)]
          fill(g, s + 2)
          fill(out, s + 3)
          const expected = onReference(out)
          operations.averageAdjoint(backend, g, rows, columns, out, accumulate)
          operations.averageAdjoint(reference, g, rows, columns, expected, accumulate)
          same(out, expected)
          for (const { buffer } of [g, out, rows.taps, columns.taps]) backend.release(buffer)
        },
      ),
      { numRuns: 80 },
    )
  })

  it('copy: images to lanes, in fours', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4, 8),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
        seed,
        (images, rest, s) => {
          const count = rest.reduce((p, n) => p * n, 1)
          const stridesOf = (step: number): number[] =>
            rest.map((_, i) => step * rest.slice(i + 1).reduce((p, n) => p * n, 1))
          const view = (length: number, strides: number[], offset: number): View => ({
            buffer: backend.adopt(numbers(length, s + offset)),
            dtype: 'float32',
            shape: [images, ...rest],
            strides,
            offset,
            imagStride: 0,
          })
          const x = view((count + 3) * images, [count + 3, ...stridesOf(1)], 2)
          const out = view(images * count + 8, [1, ...stridesOf(images)], 4)
          const expected = onReference(out)
          operations.copy(backend, x, out)
          operations.copy(reference, x, expected)
          expectClose(out.buffer.data!, expected.buffer.data!)
          for (const { buffer } of [x, out]) backend.release(buffer)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('declined none of all that', () => {
    expect([...backend.declined]).toEqual(before)
  })
})
