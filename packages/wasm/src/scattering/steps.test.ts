import * as operations from '@scatterlab/tensor/operations'
import type { SampledKernel, SpectralFilter } from '@scatterlab/tensor/operations'
import { type View, reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { host } from './host.test.host.ts'
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

describe.each(forms)('the steps of a scattering layer, %s', (form) => {
  const backend = hosts[form]
  const before = [...backend.declined]

  it('pad: any index lists, images of any number', () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.integer({ min: 4, max: 21 }),
        fc.integer({ min: 1, max: 12 }),
        side,
        side,
        lanes,
        seed,
        (images, width, height, H, W, n, s) => {
          const x: View = {
            buffer: backend.adopt(numbers(Math.max(1, images * height * width), s)),
            dtype: 'float32',
            shape: [images, height, width],
            strides: [height * width, width, 1],
            offset: 0,
            imagStride: 0,
          }
          const pick = numbers(H + W, s + 1)
          const rows = Int32Array.from({ length: H }, (_, i) => Math.floor((pick[i]! + 0.5) * (height + 1)) - 1)
          const columns = Int32Array.from({ length: W }, (_, i) => Math.floor((pick[H + i]! + 0.5) * (width + 1)) - 1)
          const out = real(backend, n, H, W)
          const expected = onReference(out)
          fill(out, 3)
          operations.pad(backend, x, rows, columns, out)
          operations.pad(reference, x, rows, columns, expected)
          expectClose(out.buffer.data!, expected.buffer.data!)
          backend.release(out.buffer)
          backend.release(x.buffer)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('spectrum: even and odd sides', () => {
    fc.assert(
      fc.property(side, side, lanes, seed, (H, W, n, s) => {
        const x = real(backend, n, H, W)
        const out = half(backend, n, H, W)
        fill(x, s)
        const expected = onReference(out)
        operations.spectrum(backend, x, out)
        operations.spectrum(reference, x, expected)
        same(out, expected)
        for (const { buffer } of [x, out]) backend.release(buffer)
      }),
      { numRuns: 60 },
    )
  })

  it('spectrum: images one after the other, to interleaved and planar halves', () => {
    const width = side.filter((n) => n >= 4)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        side,
        width,
        fc.nat(3),
        fc.boolean(),
        seed,
        (n, H, W, gap, planar, s) => {
          const row = W + gap
          const kept = Math.floor(W / 2) + 1
          const x: View = { ...real(backend, n, H, row), shape: [n, H, W], strides: [H * row, row, 1] }
          const out: View = {
            buffer: backend.allocate('float32', 2 * n * H * (kept + gap + 4)),
            dtype: 'complex64',
            shape: [n, H, kept],
            strides: planar ? [2 * H * (kept + 4), 2 * (kept + 4), 1] : [2 * H * (kept + gap), 2 * (kept + gap), 2],
            offset: 0,
            imagStride: planar ? kept + 4 : 1,
          }
          fill(x, s)
          fill(out, s + 1)
          const expected = onReference(out)
          // Numbers between the rows stay as they are.
          fill(expected, s + 1)
          operations.spectrum(backend, x, out)
          operations.spectrum(reference, x, expected)
          same(out, expected)
          for (const { buffer } of [x, out]) backend.release(buffer)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('waveletModulus: boxes anywhere and of any size, at any subsampling', () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(1, 2, 3, 4),
        lanes,
        fc.tuple(fc.nat(), fc.nat(), fc.integer(), fc.integer()),
        seed,
        (height, width, factor, n, [tall, wide, row, column], s) => {
          const [H, W] = [height * factor, width * factor]
          if (H * W > 20000) return
          const [rows, columns] = [1 + (tall % H), 1 + (wide % W)]
          const psi: SpectralFilter = {
            values: table(backend, numbers(rows * columns, s), columns),
            row: row % (2 * H),
            column: column % (2 * W),
          }
          const x = real(backend, n, H, W)
          const xhat = half(backend, n, H, W)
          fill(x, s + 1)
          operations.spectrum(reference, x, xhat)
          const out = real(backend, n, height, width)
          const expected = onReference(out)
          fill(out, 3)
          operations.waveletModulus(backend, xhat, psi, factor, out)
          operations.waveletModulus(reference, xhat, psi, factor, expected)
          same(out, expected)
          for (const { buffer } of [x, xhat, out, psi.values]) backend.release(buffer)
        },
      ),
      // two columns, both of which are their own mirror images
      { numRuns: 120, examples: [[1, 2, 1, 4, [0, 1, 0, 1], 1]] },
    )
  })

  it('average: bands that wrap, symmetric or not, narrow or wide', () => {
    const kernel = (outputs: number, width: number, length: number, symmetric: boolean, s: number): SampledKernel => {
      const taps = numbers(outputs * width, s)
      if (symmetric) {
        const own = numbers(width, s)
        for (let i = 0; i < taps.length; i++) taps[i] = own[Math.min(i % width, width - 1 - (i % width))]!
      }
      const starts = Int32Array.from({ length: outputs }, (_, o) => (o * 7 + (s % length)) % length)
      return { taps: table(backend, taps, width), starts }
    }
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        lanes,
        seed,
        (H, W, a, b, tall, wide, symmetric, n, s) => {
          const rows = kernel(a, 1 + (tall % H), H, symmetric, s)
          const columns = kernel(b, 1 + (wide % W), W, !symmetric, s + 1)
          const U = real(backend, n, H, W)
          fill(U, s + 2)
          const out = real(backend, n, a, b)
          const expected = onReference(out)
          operations.average(backend, U, rows, columns, out)
          operations.average(reference, U, rows, columns, expected)
          same(out, expected)
          for (const { buffer } of [U, out, rows.taps, columns.taps]) backend.release(buffer)
        },
      ),
      { numRuns: 80 },
    )
  })

  it('copy: lanes to images, of any number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
        seed,
        (images, rest, s) => {
          const count = rest.reduce((p, n) => p * n, 1)
          const padded = 4 * Math.ceil(images / 4)
          const stridesOf = (step: number): number[] =>
            rest.map((_, i) => step * rest.slice(i + 1).reduce((p, n) => p * n, 1))
          const view = (length: number, strides: number[]): View => ({
            buffer: backend.allocate('float32', length),
            dtype: 'float32',
            shape: [images, ...rest],
            strides,
            offset: 0,
            imagStride: 0,
          })
          const x = view(padded * count, [1, ...stridesOf(padded)])
          fill(x, s)
          // Numbers before and behind stay as they are.
          const out = { ...view(images * count + 8, [count, ...stridesOf(1)]), offset: 4 }
          fill(out, s + 1)
          const expected = onReference(out)
          expected.buffer.data!.set(out.buffer.data!)
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

  it('leaves to the reference what it has no kernel for, and counts it', () => {
    const own = host(form === 'relaxed')
    const narrow = real(own, 1, 4, 3)
    operations.spectrum(own, narrow, half(own, 1, 4, 3))
    expect([...own.declined]).toEqual([['spectrum', 1]])
  })
})
