import * as operations from '@scatterlab/tensor/operations'
import { reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fill, forms, half, hosts, numbers, onReference, real, same, seed, table } from './views.test.host.ts'

/** Lengths of lines that have kernels: 16·m, with a pair of factors that are multiples of four. */
const length = fc.constantFrom(16, 32, 48, 64, 96, 128, 256, 320, 512, 1024)

describe.each(forms)('the steps of one signal by itself, %s', (form) => {
  const backend = hosts[form]
  const withKernels = (body: () => void): void => {
    const before = [...backend.declined.values()].reduce((a, b) => a + b, 0)
    body()
    expect([...backend.declined.values()].reduce((a, b) => a + b, 0)).toBe(before)
  }

  it('spectrum', () => {
    fc.assert(
      fc.property(length, seed, (n, s) => {
        const W = 2 * n
        const x = real(backend, 1, 1, W)
        const out = half(backend, 1, 1, W)
        fill(x, s)
        const expected = onReference(out)
        withKernels(() => operations.spectrum(backend, x, out))
        operations.spectrum(reference, x, expected)
        same(out, expected)
        for (const { buffer } of [x, out]) backend.release(buffer)
      }),
      { numRuns: 30 },
    )
  })

  it('waveletModulus: filters anywhere, of any width, folded by any factor', () => {
    fc.assert(
      fc.property(
        length,
        fc.constantFrom(1, 2, 3, 4, 8),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: -2000, max: 2000 }),
        seed,
        (n, factor, share, column, s) => {
          const W = n * factor
          const xhat = half(backend, 1, 1, W)
          fill(xhat, s)
          const columns = Math.max(1, Math.round(share * W))
          const psi = { values: table(backend, numbers(columns, s + 1), columns), row: 0, column }
          const out = real(backend, 1, 1, n)
          fill(out, 5)
          const expected = onReference(out)
          withKernels(() => operations.waveletModulus(backend, xhat, psi, [1, factor], out))
          operations.waveletModulus(reference, xhat, psi, [1, factor], expected)
          same(out, expected)
          for (const { buffer } of [xhat, out, psi.values]) backend.release(buffer)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('waveletModulus: numbers whose squares are no single-precision numbers', () => {
    for (const scale of [1e-30, 1e30]) {
      const xhat = half(backend, 1, 1, 128)
      fill(xhat, 3)
      xhat.buffer.data!.forEach((v, i, all) => (all[i] = v * scale))
      const psi = { values: table(backend, numbers(40, 4), 40), row: 0, column: 7 }
      const out = real(backend, 1, 1, 64)
      const expected = onReference(out)
      operations.waveletModulus(backend, xhat, psi, [1, 2], out)
      operations.waveletModulus(reference, xhat, psi, [1, 2], expected)
      expectClose(
        out.buffer.data!.map((v) => v / scale),
        expected.buffer.data!.map((v) => v / scale),
        { ofLargest: 1e-6 },
      )
    }
  })

  it('average: taps that wrap around the end, alike and not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 90 }),
        fc.integer({ min: 1, max: 11 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 20 }),
        fc.boolean(),
        seed,
        (W, outputs, share, step, alike, s) => {
          const width = Math.max(1, Math.round(share * W))
          const taps = table(backend, numbers(outputs * width, s), width)
          if (alike) for (let o = 1; o < outputs; o++) taps.buffer.data!.copyWithin(o * width, 0, width)
          const columns = { taps, starts: Int32Array.from({ length: outputs }, (_, o) => (o * step) % W) }
          const one = { taps: table(backend, Float32Array.of(1), 1), starts: Int32Array.of(0) }
          const U = real(backend, 1, 1, W)
          fill(U, s + 1)
          const out = real(backend, 1, 1, outputs)
          const expected = onReference(out)
          withKernels(() => operations.average(backend, U, one, columns, out))
          operations.average(reference, U, one, columns, expected)
          // sums of terms of both signs may be small
          expectClose(out.buffer.data!, expected.buffer.data!, { absolute: 2e-6 })
          for (const { buffer } of [U, out, taps, one.taps]) backend.release(buffer)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('pad and copy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 60 }), seed, (n, W, s) => {
        const x = real(backend, 1, 1, n)
        fill(x, s)
        const places = Int32Array.from({ length: W }, (_, i) => ((i * 7 + s) % (n + 1)) - 1)
        const [out, again] = [real(backend, 1, 1, W), real(backend, 1, 1, W)]
        const expected = onReference(out)
        withKernels(() => {
          operations.pad(backend, x, Int32Array.of(0), places, out)
          operations.copy(backend, out, again)
        })
        operations.pad(reference, x, Int32Array.of(0), places, expected)
        expectClose(out.buffer.data!, expected.buffer.data!)
        expectClose(again.buffer.data!, expected.buffer.data!)
        for (const { buffer } of [x, out, again]) backend.release(buffer)
      }),
      { numRuns: 40 },
    )
  })
})
