import * as operations from '@scatterlab/tensor/operations'
import {
  type SampledKernel,
  type SpectralFilter,
  average,
  copy,
  map,
  pad,
  spectrum,
  waveletModulus,
} from '@scatterlab/tensor/operations'
import { type Backend, type View, reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { probe } from '../probe.ts'
import { host } from './host.test.host.ts'
import { Workers } from '../threads/workers.ts'

type Form = 'relaxed' | 'plain'
const hosts = { relaxed: host(true), plain: host(false) }
const forms: readonly Form[] = ['relaxed', 'plain']
/** Roundings of single precision through two transforms, of the largest result. */
const tolerance = { ofLargest: 2e-6 }
/** Sides of all kinds of factors: short rows, and rows that are gathered first. */
const SIDES = [
  1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 24, 25, 27, 30, 36, 40, 96, 100, 125, 7, 11, 13, 14, 17, 19, 21, 22, 23,
  26, 34, 37, 38, 41, 46, 49, 61, 68, 83, 91, 104, 119, 127,
]
const side = fc.constantFrom(...SIDES)
const seed = fc.integer({ min: 1, max: 2 ** 31 })

function numbers(length: number, seed_: number): Float32Array {
  let state = seed_
  return Float32Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5)
}

const real = (backend: Backend, n: number, height: number, width: number): View => ({
  buffer: backend.allocate('float32', n * height * width),
  dtype: 'float32',
  shape: [n, height, width],
  strides: [1, width * n, n],
  offset: 0,
  imagStride: 0,
})

function half(backend: Backend, n: number, height: number, width: number): View {
  const kept = Math.floor(width / 2) + 1
  const buffer = backend.allocate('float32', 2 * n * height * kept)
  return {
    buffer,
    dtype: 'complex64',
    shape: [n, height, kept],
    strides: [1, 2 * n * kept, 2 * n],
    offset: 0,
    imagStride: n,
  }
}

const table = (backend: Backend, values: Float32Array, columns: number): View => ({
  buffer: backend.adopt(values),
  dtype: 'float32',
  shape: [values.length / columns, columns],
  strides: [columns, 1],
  offset: 0,
  imagStride: 0,
})

const onReference = (view: View): View => ({ ...view, buffer: reference.allocate('float32', view.buffer.length) })
const fill = (view: View, seed_: number): void => view.buffer.data!.set(numbers(view.buffer.length, seed_))

/** What nobody may write to: the numbers of `out` that no element of the view is. */
function same(actual: View, expected: View): void {
  expectClose(actual.buffer.data!, expected.buffer.data!, tolerance)
}

describe.each(forms)('the steps of a scattering layer, %s', (form) => {
  const backend = hosts[form]
  const lanes = fc.constantFrom(4, 8)

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
          pad(backend, x, rows, columns, out)
          pad(reference, x, rows, columns, expected)
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
        spectrum(backend, x, out)
        spectrum(reference, x, expected)
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
          spectrum(backend, x, out)
          spectrum(reference, x, expected)
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
          spectrum(reference, x, xhat)
          const out = real(backend, n, height, width)
          const expected = onReference(out)
          fill(out, 3)
          waveletModulus(backend, xhat, psi, factor, out)
          waveletModulus(reference, xhat, psi, factor, expected)
          same(out, expected)
          for (const { buffer } of [x, xhat, out, psi.values]) backend.release(buffer)
        },
      ),
      { numRuns: 120 },
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
          average(backend, U, rows, columns, out)
          average(reference, U, rows, columns, expected)
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
          copy(backend, x, out)
          copy(reference, x, expected)
          expectClose(out.buffer.data!, expected.buffer.data!)
          for (const { buffer } of [x, out]) backend.release(buffer)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('declined none of all that', () => {
    expect([...backend.declined]).toEqual([])
  })

  it('leaves to the reference what it has no kernel for, and counts it', () => {
    const own = host(form === 'relaxed')
    const narrow = real(own, 1, 4, 3)
    operations.spectrum(own, narrow, half(own, 1, 4, 3))
    expect([...own.declined]).toEqual([['spectrum', 1]])
  })
})

/** A small cascade: x, |x ⋆ ψ| and ||x ⋆ ψ| ⋆ ψ|, averaged. */
function cascade(backend: Backend, images: number, offset = 0): Float32Array {
  const [size, padded] = [8, 12]
  const input: View = {
    buffer: backend.adopt(numbers(offset + images * size * size, 11)),
    dtype: 'float32',
    shape: [images, size, size],
    strides: [size * size, size, 1],
    offset,
    imagStride: 0,
  }
  const output: View = {
    ...input,
    buffer: backend.allocate('float32', images * 12),
    shape: [images, 12],
    strides: [12, 1],
    offset: 0,
  }
  const index = Int32Array.from({ length: padded }, (_, i) => (i + size - 2) % size)
  const psi = (side_: number): SpectralFilter => ({ values: table(backend, numbers(30, side_), 6), row: -2, column: 1 })
  const phi = (length: number): SampledKernel => ({
    taps: table(backend, Float32Array.of(1, 2, 1, 1, 2, 1), 3),
    starts: Int32Array.of(0, length / 2),
  })
  const [psi1, psi2, phi0, phi1] = [psi(12), psi(6), phi(12), phi(6)]
  backend.forEachGroup(input, output, backend.lanes, (x, S) => {
    const lanes = Math.ceil(x.shape[0]! / backend.laneStep) * backend.laneStep
    const [U0, U1, U2] = [real(backend, lanes, 12, 12), real(backend, lanes, 6, 6), real(backend, lanes, 6, 6)]
    const [X0, X1] = [half(backend, lanes, 12, 12), half(backend, lanes, 6, 6)]
    const all = real(backend, lanes, 6, 2)
    const path = (i: number): View => ({ ...all, shape: [lanes, 2, 2], offset: i * 4 * lanes })
    pad(backend, x, index, index, U0)
    average(backend, U0, phi0, phi0, path(0))
    spectrum(backend, U0, X0)
    waveletModulus(backend, X0, psi1, 2, U1)
    average(backend, U1, phi1, phi1, path(1))
    spectrum(backend, U1, X1)
    waveletModulus(backend, X1, psi2, 1, U2)
    average(backend, U2, phi1, phi1, path(2))
    copy(backend, { ...all, shape: [x.shape[0]!, 12], strides: [1, lanes] }, S)
    for (const { buffer } of [U0, U1, U2, X0, X1, all]) backend.release(buffer)
  })
  return Float32Array.from(output.buffer.data!)
}

describe.each(forms)('groups of images, %s', (form) => {
  const expected = (images: number, offset = 0): Float32Array => cascade(reference, images, offset)

  it.each([1, 3, 4, 5, 8, 11, 16, 23])('%i images, from kernels that are repeated', (images) => {
    const backend = hosts[form]
    expectClose(cascade(backend, images), expected(images), tolerance)
    // Again, with all kernels at hand.
    expectClose(cascade(backend, images, 2), expected(images, 2), tolerance)
  })

  it.skipIf(!probe().sharedMemory)('gives the same bits on three threads', () => {
    const heap = new Heap()
    const workers = new Workers(heap, { threads: 3 })
    try {
      const backend = host(form === 'relaxed', heap, workers)
      for (const images of [4, 9, 41, 402]) {
        expect(cascade(backend, images)).toEqual(cascade(hosts[form], images))
        // What the threads worked in was given back; images, results and filters are still there.
        const { liveBytes } = heap.statistics
        cascade(backend, images)
        expect(heap.statistics.liveBytes - liveBytes).toBeLessThan(4 * images * (64 + 12) + (1 << 14))
      }
    } finally {
      workers.close()
    }
  })

  it('repeats no notes of a group in which another operation ran', () => {
    const backend = host(form === 'relaxed')
    const input = { ...real(backend, 1, 1, 1), buffer: backend.adopt(numbers(40, 1)), shape: [40], strides: [1] }
    const output = { ...input, buffer: backend.allocate('float32', 40) }
    let bodies = 0
    backend.forEachGroup(input, output, 4, (x, y) => {
      bodies++
      map(backend, 'neg', x, y)
    })
    expect(bodies).toBe(10)
    expectClose(
      output.buffer.data!,
      input.buffer.data!.map((v) => -v),
    )
  })

  it('leaves no notes behind when a body throws', () => {
    const backend = hosts[form]
    const input = { ...real(backend, 1, 1, 1), shape: [40], strides: [1], buffer: backend.allocate('float32', 40) }
    const output = { ...input, buffer: backend.allocate('float32', 40) }
    const fails = (): void =>
      backend.forEachGroup(input, output, 4, () => {
        throw new RangeError('no')
      })
    expect(fails).toThrow(RangeError)
    expectClose(cascade(backend, 13), expected(13), tolerance)
  })

  it('gives the same bits as one group at a time', () => {
    const backend = hosts[form]
    const together = cascade(backend, 12)
    const alone = cascade(backend, 4)
    expect(together.subarray(0, alone.length)).toEqual(alone)
  })
})

describe('the plain form', () => {
  it('has the same bits everywhere', () => {
    const bits = new Int32Array(cascade(hosts.plain, 12).buffer)
    expect(bits.reduce((hash, word) => Math.imul(hash ^ word, 16777619), 0x811c9dc5)).toBe(1231721710)
  })
})
