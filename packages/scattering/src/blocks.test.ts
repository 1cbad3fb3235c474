import { type RealArray, random, tensor } from '@scatterlab/tensor'
import { deviceBackend } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type Progress, type RunOptions, scattering2d } from './index.ts'

const noise = (length: number, seed = 1): Float32Array =>
  random(seed).fillNormal(new Float32Array(length)) as Float32Array

describe('on a back end whose numbers are to be awaited', () => {
  const options = { shape: [12, 10], scales: 2, orientations: 3 } as const
  const images = { data: noise(70 * 120), shape: [7, 10, 12, 10] }
  const host = scattering2d(options)
  const S = host.transform(images)
  const g = { data: noise(S.data.length, 2), shape: S.shape }

  it.each(['transform', 'list', 'moduli', 'gradient'] as const)('%s gives the numbers of the host', async (name) => {
    const backend = deviceBackend()
    const device = scattering2d({ ...options, backend })
    const found = await (name === 'gradient' ? device.gradientAsync(images, g) : device[`${name}Async`](images))
    expect(found).toEqual(name === 'gradient' ? host.gradient(images, g) : host[name](images))
    expect(() => (name === 'gradient' ? device.gradient(images, g) : device[name](images))).toThrow(
      'the device back end keeps its arrays on the device: await',
    )
    device.dispose()
    expect(backend.live.size).toBe(0)
  })

  it('lists moduli where nothing is averaged', async () => {
    const raw = { ...options, averaging: 'none' } as const
    const device = scattering2d({ ...raw, backend: deviceBackend() })
    expect(await device.listAsync(images)).toEqual(scattering2d(raw).list(images))
  })
})

describe('many images', () => {
  // 70,000 images of 8×8 are three blocks
  const scatter = scattering2d({ shape: [8, 8], scales: 1, orientations: 2, averaging: 'global', maxOrder: 0 })
  const count = 70_000
  const images = { data: noise(64 * count), shape: [count, 8, 8] }
  const whole = scatter.transform(images)

  it('are transformed as one by one, with progress', async () => {
    const seen: Progress[] = []
    expect(await scatter.transformAsync(images, { onProgress: (progress) => seen.push(progress) })).toEqual(whole)
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.reduce((sum, { images }) => sum + images, 0)).toBe(count)
    expect(seen.at(-1)).toMatchObject({ done: count, total: count })
    const last = scatter.transform({ data: images.data.subarray(64 * (count - 1)), shape: [8, 8] })
    expect(last.data[0]).toBeCloseTo(whole.data[count - 1], 6)
  })

  it('end at the next block once their signal is aborted, with its reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    let blocks = 0
    const run: RunOptions = {
      signal: controller.signal,
      onProgress() {
        blocks++
        controller.abort(reason)
      },
    }
    await expect(scatter.transformAsync(images, run)).rejects.toBe(reason)
    expect(blocks).toBe(1)
    await expect(scatter.listAsync(images, run)).rejects.toBe(reason)
  })

  it('may be made of another kind of set, some at a time', async () => {
    const bytes = { data: Uint8Array.from({ length: 49 * count }, (_, i) => (i * 7919) % 256), shape: [count, 7, 7] }
    const framed = ({ data, shape: [n] }: typeof bytes) => {
      expect(data.length).toBeLessThan(49 * count)
      const to = new Float32Array(n * 64)
      data.forEach((v, i) => (to[Math.floor(i / 49) * 64 + Math.floor((i % 49) / 7) * 8 + (i % 7)] = v / 255))
      return { data: to, shape: [n, 8, 8] }
    }
    const every = (n: number) => ({ data: bytes.data.subarray(0, 49 * n), shape: [n, 7, 7] })
    const found = await scatter.transformAsync(bytes, { prepare: framed })
    expect(found.shape).toEqual([count, 1, 1, 1])
    expect(found.data.subarray(0, 100)).toEqual(scatter.transform(framed(every(100))).data)
    const few = { prepare: () => framed(every(3)) }
    await expect(scatter.transformAsync(bytes, few)).rejects.toThrow('`prepare` made 3 images of')
    await expect(scatter.transformAsync({ ...bytes, shape: [0, 7, 7] }, few)).rejects.toThrow('the set 0×7×7 is empty')
    await expect(scatter.transformAsync({ ...bytes, shape: [3, 7, 7] }, few)).rejects.toThrow('do not fill shape 3×7×7')
  })

  it('are named by their place in the whole batch where one is not finite', () => {
    const data = images.data.slice()
    data[64 * 69_000 + 9] = NaN
    expect(() => scatter.transform({ data, shape: images.shape })).toThrow('image 69000 holds NaN at row 1, column 1')
  })

  it('are refused where one array cannot hold what they give, before any work', async () => {
    const dense = scattering2d({ shape: [64, 64], scales: 2, oversampling: 2 })
    const few = { data: new Float32Array(1), shape: [1, 1] }
    const many = tensor(few.data, few.shape).broadcastTo([10_000, 64, 64])
    expect(() => dense.transform(many)).toThrow(
      '10000 images give 3317760000 numbers, too many for one array: give at most',
    )
    await expect(dense.listAsync(many)).rejects.toThrow('too many for one array')
  })

  it('refuse options of a run that there are not', async () => {
    const refused = (run: unknown): Promise<{ data: RealArray }> => scatter.transformAsync(images, run as RunOptions)
    await expect(refused({ onprogress: () => {} })).rejects.toThrow('Did you mean onProgress?')
    await expect(refused({ signal: 'stop' })).rejects.toThrow('signal is')
  })
})
