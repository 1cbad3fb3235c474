// Both modes on the browser's GPU: what really ran, training, memory, loss, and a worker. In one kind of page: they differ in nothing
// that this back end uses.
import { type RealArray, empty, reference, square, tensor } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { createGpuBackend } from './backend.ts'
import { countLiveObjects } from './live-objects.test.count.ts'
import { training } from './training.test.steps.ts'

const liveObjects = countLiveObjects()
/** The context or device that was made last, to lose it. */
const last: { webgl2?: WebGL2RenderingContext; webgpu?: { destroy(): void } } = {}
const getContext = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
  const context = Reflect.apply(getContext, this, [kind, ...rest]) as RenderingContext | null
  if (context instanceof WebGL2RenderingContext) last.webgl2 = context
  return context
} as typeof getContext
const { GPUAdapter } = globalThis as unknown as {
  GPUAdapter: { prototype: { requestDevice(...args: unknown[]): Promise<{ destroy(): void }> } }
}
const { requestDevice } = GPUAdapter.prototype
GPUAdapter.prototype.requestDevice = async function (...args) {
  return (last.webgpu = await Reflect.apply(requestDevice, this, args))
}

const lose = {
  webgl2: () => last.webgl2!.getExtension('WEBGL_lose_context')!.loseContext(),
  webgpu: () => last.webgpu!.destroy(),
}

describe.each(['webgl2', 'webgpu'] as const)('%s', (mode) => {
  it('is what ran', async () => {
    const backend = await createGpuBackend({ mode })
    expect(backend.mode).toBe(mode)
    expect(backend.description).toMatch(
      mode === 'webgl2' ? /^WebGL 2, through gpu\.js$/ : /^WebGPU on .+, through gpu\.js$/,
    )
    await backend.close()
  })

  it('trains as the reference does', async () => {
    const backend = await createGpuBackend({ mode })
    const [ours, theirs] = [training(backend), training(reference)]
    for (let i = 0; i < 3; i++) for (const each of [ours, theirs]) each.step()
    const [a, b] = [await ours.numbers(), await theirs.numbers()]
    // single precision against double: some thousand roundings of numbers below 4, in three steps
    for (const [name, numbers] of Object.entries<RealArray>(b)) expectClose(a[name], numbers, { absolute: 2e-5 })
    expect([...backend.declined]).toEqual([])
    await backend.close()
  })

  it('holds as much after two hundred training steps as after one', async () => {
    const backend = await createGpuBackend({ mode })
    const steps = training(backend)
    const run = async (count: number) => {
      for (let i = 0; i < count; i++) steps.step()
      await steps.numbers()
      return { ...backend.memory(), ...liveObjects() }
    }
    await run(2)
    const before = await run(1)
    const after = await run(200)
    console.info(`${mode}: ${JSON.stringify(after)}`)
    expect(after).toEqual(before)
    await backend.close()
  })

  it('tells of a context that was lost, and works again', async () => {
    const backend = await createGpuBackend({ mode })
    const data = Float32Array.from({ length: 12 }, (_, i) => i)
    const x = tensor(data, [12], { backend })
    const out = empty([12], { backend })
    square.into(out, x)
    await out.read()
    lose[mode]()
    await expect(out.read()).rejects.toThrow(expect.objectContaining({ code: 'CONTEXT_LOST' }))
    const again = tensor(data, [12], { backend })
    square.into(out, again)
    expect(await out.read()).toEqual(data.map((v) => v * v))
    expect(backend.mode).toBe(mode)
    await backend.close()
  })
})

describe('a worker of the page', () => {
  it.each(['webgl2', 'webgpu'] as const)('computes on %s', async (mode) => {
    const worker = new Worker(new URL('./modes.test.worker.ts', import.meta.url), { type: 'module' })
    const answer = await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => resolve(data))
      worker.addEventListener('error', ({ message }) => reject(new Error(message)))
      worker.postMessage(mode)
    })
    worker.terminate()
    expect(answer).toEqual({ mode, numbers: [0, 1, 4, 9] })
  })
})

it('takes WebGPU where there is an adapter, else WebGL 2', async () => {
  const backend = await createGpuBackend()
  expect(backend.mode).toBe('webgpu')
  await backend.close()
  Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true })
  const other = await createGpuBackend()
  expect(other.mode).toBe('webgl2')
  await other.close()
})
