import { type RealArray, random } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type Frame, type ScatteringStream, scattering1d, scatteringStream } from './index.ts'

const noise = (length: number, seed = 1): Float64Array =>
  random(seed).fillNormal(new Float64Array(length)) as Float64Array

async function* cut(x: RealArray, sizes: readonly number[]): AsyncGenerator<RealArray> {
  for (let at = 0, i = 0; at < x.length; i++) {
    const size = sizes[i % sizes.length]
    yield x.slice(at, at + size)
    at += size
  }
}

async function whole(stream: ScatteringStream, pieces: AsyncIterable<RealArray>) {
  const frames: Frame[] = []
  for await (const frame of stream.transform(pieces)) frames.push(frame)
  const count = frames.reduce((sum, { shape }) => sum + shape[1], 0)
  const data = new Float64Array(stream.paths.length * count)
  let at = 0
  for (const { data: own, shape, start } of frames) {
    expect(start).toBe(at * stream.step)
    for (let path = 0; path < shape[0]; path++)
      data.set(own.subarray(path * shape[1], (path + 1) * shape[1]), path * count + at)
    at += shape[1]
  }
  return { data, count, frames: frames.length }
}

describe('a stream', () => {
  const options = { scales: 3, waveletsPerOctave: 4 } as const

  it.each([
    { length: 1024, padding: 'reflect' },
    { length: 1024, padding: 'zero' },
    { length: 112, padding: 'reflect' },
    { length: 3008, padding: 'zero' },
  ] as const)('of $length samples, $padding, equals the whole to rounding', async ({ length, padding }) => {
    const x = noise(length)
    const stream = scatteringStream({ ...options, padding, frame: 1024 })
    // a margin that the filters do not cross; the start of the signal falls on its grid of 2^13 points
    const scatter = scattering1d({ ...options, length, padding, margin: 2500, stride: 8 })
    const list = scatter.list({ data: x, shape: [length] })
    const { data, count, frames } = await whole(stream, cut(x, [1, 100, 7, 513]))
    expect(frames).toBe(Math.ceil(length / (stream.frame - 2 * stream.overlap)))
    list.forEach(({ data: S, shape, origin }, path) => {
      expect(origin).toBe(0)
      expect(shape).toEqual([count])
      expectClose(data.slice(path * count, (path + 1) * count), S, { absolute: 1e-9 })
    })
  })

  it('gives the same however the signal is cut, and in single precision', async () => {
    const x = noise(3000)
    const stream = scatteringStream({ ...options, stride: 4, sampling: 'bandwidth' })
    const [a, b] = [await whole(stream, cut(x, [3000])), await whole(stream, cut(x, [17, 999]))]
    expect(a).toEqual(b)
    const single = await whole(stream, cut(Float32Array.from(x), [500]))
    expectClose(single.data, a.data, { absolute: 1e-5 })
    expect(a.count).toBe(750)
  })

  it('holds a frame and what it overlaps, not the signal: frames come while samples still do', async () => {
    const stream = scatteringStream({ scales: 2, maxOrder: 1 })
    let given = 0
    async function* endless(): AsyncGenerator<RealArray> {
      for (;;) {
        given += 256
        yield new Float32Array(256).fill(1)
      }
    }
    let frames = 0
    for await (const { data } of stream.transform(endless())) {
      expect(data[0]).toBeCloseTo(1, 5)
      if (++frames === 20) break
    }
    expect(given).toBeLessThan(22 * stream.frame)
  })

  it('of nothing gives nothing, and refuses what is wrong', async () => {
    const stream = scatteringStream(options)
    const run = async (pieces: unknown): Promise<void> => {
      for await (const _ of stream.transform(pieces as AsyncIterable<RealArray>));
    }
    await expect(run([])).resolves.toBe(undefined)
    await expect(run(3)).rejects.toThrow('the signal is 3: give pieces')
    await expect(run([[1, 2]])).rejects.toThrow('a piece of the signal is')
    await expect(run([Float32Array.of(1, NaN)])).rejects.toThrow('sample 1 is NaN')
    await expect(run([new Float32Array(2), new Float64Array(2)])).rejects.toThrow('another precision')
    expect(() => scatteringStream({ ...options, frame: 48 })).toThrow('frame is 48: give a power of two from')
    expect(() => scatteringStream({ ...options, padding: 'periodic' as 'zero' })).toThrow("padding is 'periodic'")
    const ended = AbortSignal.abort(new Error('enough'))
    const frames = stream.transform([new Float32Array(10_000)], { signal: ended })
    await expect(frames[Symbol.asyncIterator]().next()).rejects.toThrow('enough')
  })
})
