import {
  type SampledKernel,
  type SpectralFilter,
  average,
  averageAdjoint,
  copy,
  pad,
  padAdjoint,
  spectrum,
  spectrumAdjoint,
  waveletModulus,
  waveletModulusAdjoint,
} from '@scatterlab/tensor/operations'
import { type Backend, Tensor, type View, neg, reference } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { probe } from '../probe.ts'
import { Workers } from '../threads/workers.ts'
import { host } from './host.test.host.ts'
import { forms, half, hosts, numbers, real, table, tolerance } from './views.test.host.ts'

/** Pixels of an image and its coefficients. */
const [PIXELS, COEFFICIENTS] = [64, 12]

interface Run {
  readonly images: number
  /** Of the numbers. */
  readonly seed?: number
  /** What the pixels are multiplied by. */
  readonly unit?: number
  /** Where the input begins in its buffer. */
  readonly offset?: number
  /** Whether the call is made with the cascade's key. */
  readonly keyed?: boolean
}

/** A small cascade, x, |x ⋆ ψ| and ||x ⋆ ψ| ⋆ ψ|, averaged, and its gradient. Filters stay, so that a key may stand for the calls. */
function small(backend: Backend) {
  const index = Int32Array.from({ length: 12 }, (_, i) => (i + 6) % 8)
  const psi = (seed: number): SpectralFilter => ({ values: table(backend, numbers(30, seed), 6), row: -2, column: 1 })
  const phi = (length: number): SampledKernel => ({
    taps: table(backend, Float32Array.of(1, 2, 1, 1, 2, 1), 3),
    starts: Int32Array.of(0, length / 2),
  })
  const [psi1, psi2, phi0, phi1] = [psi(12), psi(6), phi(12), phi(6)]
  const lanesOf = (x: View): number => Math.ceil(x.shape[0]! / backend.laneStep) * backend.laneStep
  const pathsOf = (all: View) => (i: number) => ({
    ...all,
    shape: [all.shape[0]!, 2, 2],
    offset: i * 4 * all.shape[0]!,
  })
  const inLanes = (all: View, images: number) => ({
    ...all,
    shape: [images, COEFFICIENTS],
    strides: [1, all.shape[0]!],
  })

  const forwards = (x: View, S: View): void => {
    const lanes = lanesOf(x)
    const [U0, U1, U2] = [real(backend, lanes, 12, 12), real(backend, lanes, 6, 6), real(backend, lanes, 6, 6)]
    const [X0, X1] = [half(backend, lanes, 12, 12), half(backend, lanes, 6, 6)]
    const all = real(backend, lanes, 6, 2)
    const path = pathsOf(all)
    pad(backend, x, index, index, U0)
    average(backend, U0, phi0, phi0, path(0))
    spectrum(backend, U0, X0)
    waveletModulus(backend, X0, psi1, 2, U1)
    average(backend, U1, phi1, phi1, path(1))
    spectrum(backend, U1, X1)
    waveletModulus(backend, X1, psi2, 1, U2)
    average(backend, U2, phi1, phi1, path(2))
    copy(backend, inLanes(all, x.shape[0]!), S)
    for (const { buffer } of [U0, U1, U2, X0, X1, all]) backend.release(buffer)
  }

  /** Of images and gradients on their coefficients side by side. */
  const backwards = (both: View, out: View): void => {
    const lanes = lanesOf(both)
    const [U0, U1] = [real(backend, lanes, 12, 12), real(backend, lanes, 6, 6)]
    const [G0, G1, G2] = [real(backend, lanes, 12, 12), real(backend, lanes, 6, 6), real(backend, lanes, 6, 6)]
    const [X0, X1, H0, H1] = [12, 6, 12, 6].map((size) => half(backend, lanes, size, size)) as [View, View, View, View]
    const all = real(backend, lanes, 6, 2)
    const g = pathsOf(all)
    const images = both.shape[0]!
    const grid = (view: View): View => ({ ...view, shape: [images, 8, 8], strides: [view.strides[0]!, 8, 1] })
    copy(backend, { ...both, shape: [images, COEFFICIENTS], offset: both.offset + PIXELS }, inLanes(all, images))
    pad(backend, grid(both), index, index, U0)
    spectrum(backend, U0, X0)
    waveletModulus(backend, X0, psi1, 2, U1)
    spectrum(backend, U1, X1)
    averageAdjoint(backend, g(2), phi1, phi1, G2)
    waveletModulusAdjoint(backend, X1, psi2, 1, G2, H1)
    averageAdjoint(backend, g(1), phi1, phi1, G1)
    spectrumAdjoint(backend, H1, G1, true)
    waveletModulusAdjoint(backend, X0, psi1, 2, G1, H0)
    averageAdjoint(backend, g(0), phi0, phi0, G0)
    spectrumAdjoint(backend, H0, G0, true)
    padAdjoint(backend, G0, index, index, grid(out))
    for (const { buffer } of [U0, U1, G0, G1, G2, X0, X1, H0, H1, all]) backend.release(buffer)
  }

  const runner = (body: (x: View, out: View) => void, from: number, to: number, shape: readonly number[]) => {
    const key = {}
    return ({ images, seed = 11, unit = 1, offset = 0, keyed = false }: Run): Float32Array => {
      const data = numbers(offset + images * from, seed)
      if (unit !== 1) data.forEach((v, i) => (data[i] = (i - offset) % from < PIXELS ? unit * v : v))
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
      const x: View = {
        buffer: backend.adopt(data),
        dtype: 'float32',
        shape: [images, ...shape],
        strides: [from, ...strides],
        offset,
        imagStride: 0,
      }
      const out = {
        ...x,
        buffer: backend.allocate('float32', images * to),
        shape: [images, to],
        strides: [to, 1],
        offset: 0,
      }
      backend.forEachGroup(x, out, backend.lanes, body, keyed ? key : undefined)
      const result = Float32Array.from(out.buffer.data!)
      for (const { buffer } of [x, out]) backend.release(buffer)
      return result
    }
  }
  return {
    transform: runner(forwards, PIXELS, COEFFICIENTS, [8, 8]),
    gradient: runner(backwards, PIXELS + COEFFICIENTS, PIXELS, [PIXELS + COEFFICIENTS]),
  }
}

const identity = Int32Array.from({ length: 8 }, (_, i) => i)

/** Runs a body on groups of 40 images that is to give them back. */
function expectCopies(backend: Backend, body: (from: View, to: View) => void): void {
  const x: View = {
    ...real(backend, 1, 1, 1),
    buffer: backend.adopt(numbers(40 * PIXELS, 1)),
    shape: [40, 8, 8],
    strides: [PIXELS, 8, 1],
  }
  const out = { ...x, buffer: backend.allocate('float32', 40 * PIXELS) }
  backend.forEachGroup(x, out, 4, body)
  expect(out.buffer.data).toEqual(x.buffer.data)
}

/** Adds a group's images to memory that is zero, and gives them back. */
const addedToZeros = (backend: Backend) => (from: View, to: View) => {
  const [lanes, sums, again] = [real(backend, 4, 8, 8), real(backend, 4, 8, 8), real(backend, 4, 8, 8)]
  const images = { ...sums, strides: [PIXELS, 8, 1] }
  pad(backend, from, identity, identity, lanes)
  padAdjoint(backend, lanes, identity, identity, images, true)
  pad(backend, images, identity, identity, again)
  padAdjoint(backend, again, identity, identity, to)
  for (const { buffer } of [lanes, sums, again]) backend.release(buffer)
}

const right = small(reference)
const directions = ['transform', 'gradient'] as const
/** Of gradients: a small modulus leaves its direction uncertain. */
const tolerances = { transform: tolerance, gradient: { ofLargest: 1e-4 } }

describe.each(forms)('groups of images, %s', (form) => {
  const own = small(hosts[form])

  it.each([1, 3, 4, 5, 8, 11, 16, 23])('%i images, from kernels that are repeated', (images) => {
    for (const direction of directions) {
      const close = (run: Run): void => expectClose(own[direction](run), right[direction](run), tolerances[direction])
      close({ images })
      // Again, with all kernels at hand, elsewhere, and with a key.
      close({ images, offset: 2, seed: 3 })
      close({ images, keyed: true })
      close({ images, offset: 5, seed: 4, keyed: true })
    }
  })

  describe.skipIf(!probe().sharedMemory)('on three threads', () => {
    const heap = new Heap()
    const workers = new Workers(heap, { threads: 3 })
    const backend = host(form === 'relaxed', heap, workers)
    const threaded = small(backend)
    afterAll(() => workers.close())

    it.each(directions)('gives the same bits: %s', (direction) => {
      for (const images of [4, 9, 41, 402]) {
        expect(threaded[direction]({ images })).toEqual(own[direction]({ images }))
        // What the threads worked in was given back.
        const { liveBytes } = heap.statistics
        threaded[direction]({ images })
        expect(heap.statistics.liveBytes - liveBytes).toBeLessThan(1 << 14)
      }
    })

    it.each(directions)('reads the input of each call where that lies, with a key: %s', (direction) => {
      for (const run of [
        { images: 16 },
        { images: 16, seed: 5, offset: 76 },
        { images: 41, seed: 6, offset: 3 },
        { images: 16, seed: 7 },
      ])
        expect(threaded[direction]({ ...run, keyed: true })).toEqual(own[direction](run))
    })

    it('makes no calls at a time for groups that use memory in common', () => {
      const spy = vi.spyOn(workers, 'run')
      const common = real(backend, 4, 8, 8)
      expectCopies(backend, (from, to) => {
        pad(backend, from, identity, identity, common)
        padAdjoint(backend, common, identity, identity, to)
      })
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    })

    it('gives every group memory that is zero', () => expectCopies(backend, addedToZeros(backend)))
  })

  it('gives every group memory that is zero', () => expectCopies(hosts[form], addedToZeros(hosts[form])))

  it('repeats no notes of a group in which another operation ran', () => {
    const backend = host(form === 'relaxed')
    const input = { ...real(backend, 1, 1, 1), buffer: backend.adopt(numbers(40, 1)), shape: [40], strides: [1] }
    const output = { ...input, buffer: backend.allocate('float32', 40) }
    let bodies = 0
    backend.forEachGroup(input, output, 4, (x, y) => {
      bodies++
      neg.into(new Tensor(backend, y), new Tensor(backend, x))
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
    expectClose(own.transform({ images: 13 }), right.transform({ images: 13 }), tolerance)
  })

  it.each([1e-30, 1e-22, 1e22, 1e30])('S(c·x) = c·S(x), and the gradient does not change: c = %f', (unit) => {
    const of = (run: Run): Float64Array => Float64Array.from(own.transform(run), (v) => v / (run.unit ?? 1))
    expectClose(of({ images: 6, unit }), of({ images: 6 }), tolerance)
    expectClose(own.gradient({ images: 6, unit }), own.gradient({ images: 6 }), tolerances.gradient)
  })

  it.each(directions)('gives the same bits as one group at a time: %s', (direction) => {
    const together = own[direction]({ images: 12 })
    const alone = own[direction]({ images: 4 })
    expect(together.subarray(0, alone.length)).toEqual(alone)
  })
})

describe('the plain form', () => {
  it('has the same bits everywhere', () => {
    const hashOf = (numbers_: Float32Array): number =>
      new Int32Array(numbers_.buffer).reduce((hash, word) => Math.imul(hash ^ word, 16777619), 0x811c9dc5)
    const { transform, gradient } = small(hosts.plain)
    expect([hashOf(transform({ images: 12 })), hashOf(gradient({ images: 12 }))]).toEqual([1231721710, -939046183])
  })
})
