// The pool in a page, on its main thread, which may never sleep: what workers.test.ts proves in Node, and what differs here.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { kernelModule, waitForWorkers } from './pool-kernels.test.host.ts'
import { type Call, WorkerError, Workers, type WorkersOptions } from './workers.ts'

const pools: Workers[] = []

function pool(options: WorkersOptions) {
  const heap = new Heap({ initialPages: 64, maximumPages: 256 })
  const workers = new Workers(heap, options)
  pools.push(workers)
  return { heap, workers, kernels: workers.register(kernelModule()) }
}

afterEach(() => {
  for (const one of pools.splice(0)) one.close()
})

it('may share memory here, and may not sleep', () => {
  expect(crossOriginIsolated).toBe(true)
  const cell = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer, 0, 1)
  expect(() => Atomics.wait(cell, 0, 0, 0)).toThrow(/cannot be called in this context/)
})

describe('Workers in an isolated page', () => {
  it.each([2, 3])('run every item once, on %i threads', async (threads) => {
    const { heap, workers, kernels } = pool({ threads })
    await waitForWorkers(heap, workers, kernels.note!)
    expect(workers.refused.count).toBe(0)
    const cells = heap.int32(heap.allocateZeroed(4 * 300), 300)
    const add: Call = { kernel: kernels.add!, args: [cells.byteOffset, 1], perItem: [4, 0] }
    for (let round = 0; round < 500; round++) workers.run([{ count: 300, calls: [add] }])
    expect(cells).toEqual(new Int32Array(300).fill(500))
  })

  it('begin only while the page waits, and are waited for', async () => {
    const { workers } = pool({ threads: 3 })
    const start = performance.now()
    while (performance.now() - start < 200) workers.run([])
    expect(workers.begun).toBe(0)
    await workers.begin()
    expect([workers.begun, workers.refused.count]).toEqual([2, 0])
  })

  it('wake up from sleep', async () => {
    const { heap, workers, kernels } = pool({ threads: 2, spin: 0 })
    for (let i = 0; i < 3; i++) {
      await expect(waitForWorkers(heap, workers, kernels.note!)).resolves.toBeUndefined()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })

  it('see memory that grew after they began', async () => {
    const { heap, workers, kernels } = pool({ threads: 2 })
    await waitForWorkers(heap, workers, kernels.note!)
    const before = heap.statistics.capacityBytes
    const size = before / 4
    const cells = heap.int32(heap.allocateZeroed(4 * size), size)
    expect(heap.statistics.capacityBytes).toBeGreaterThan(before)
    const later = workers.register(kernelModule())
    const add: Call = { kernel: later.add!, args: [cells.byteOffset, 1], perItem: [4 * (size / 1024), 0] }
    for (let round = 0; round < 100; round++) workers.run([{ count: 1024, calls: [add] }])
    expect(cells.every((count, i) => count === (i % (size / 1024) === 0 ? 100 : 0))).toBe(true)
  })

  it('report a kernel that fails in a worker, with its cause', async () => {
    const { heap, workers, kernels } = pool({ threads: 2 })
    await waitForWorkers(heap, workers, kernels.note!)
    const fail = (): void => {
      for (let i = 0; i < 10_000; i++)
        workers.run([{ count: 50, calls: [{ kernel: kernels.trap!, args: [0], perThread: [1] }] }])
    }
    expect(fail).toThrow(/a kernel failed in worker 1: RuntimeError: unreachable/)
    expect(fail).toThrow(WorkerError)
  })

  it('give up on a worker that was killed at work', async () => {
    const { heap, workers, kernels } = pool({ threads: 2, patience: 300 })
    await waitForWorkers(heap, workers, kernels.note!)
    const flag = heap.allocateZeroed(64)
    const begun = heap.int32(flag, 1)
    const run = (): void => {
      while (Atomics.load(begun, 0) === 0);
      void workers.kill(0)
    }
    const item: Call = { kernel: { ...kernels.stick!, run }, args: [flag, 0], perThread: [0, 1] }
    expect(() => workers.run([{ count: 2, calls: [item] }])).toThrow(/gave no answer for \d+ ms/)
    expect(() => workers.run([])).toThrow(WorkerError)
  })

  it('never wait for a worker that was killed while it slept', async () => {
    const { heap, workers, kernels } = pool({ threads: 2, spin: 0, patience: 300 })
    await waitForWorkers(heap, workers, kernels.note!)
    await workers.kill(0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const cell = heap.int32(heap.allocateZeroed(64), 1)
    workers.run([{ count: 50, calls: [{ kernel: kernels.add!, args: [cell.byteOffset, 1] }] }])
    expect(cell[0]).toBe(50)
  })

  it('report a worker that dies by an error of its own', async () => {
    const heap = new Heap({ initialPages: 64, maximumPages: 256 })
    // Workers get a memory in which the control block has no room.
    const broken = {
      shared: true,
      memory: new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true }),
      allocateUnscoped: (bytes: number) => heap.allocateUnscoped(bytes),
      int32: heap.int32.bind(heap),
      float64: heap.float64.bind(heap),
    } as unknown as Heap
    const workers = new Workers(broken, { threads: 2 })
    await vi.waitFor(() => expect(() => workers.run([])).toThrow(/a worker died: .*RangeError/))
  })
})

describe('Workers inside a web worker', () => {
  it('compute, sleep, and give up on one that was killed at work', async () => {
    const worker = new Worker(new URL('./inside-worker.test.worker.ts', import.meta.url), { type: 'module' })
    const answer = await new Promise<unknown>((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => resolve(data))
      worker.addEventListener('error', ({ message }) => reject(new Error(message)))
    })
    worker.terminate()
    expect(answer).toEqual({
      isolated: true,
      mayWait: true,
      counted: 150_000,
      killed: { code: 'WORKER', message: expect.stringMatching(/gave no answer for \d+ ms/) },
      threads: expect.stringMatching(/, \d+ threads$/),
      sameBits: true,
    })
  })
})
