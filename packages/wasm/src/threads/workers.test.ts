import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { kernelModule, waitForWorkers } from './pool-kernels.test.host.ts'
import { type Call, WorkerError, Workers } from './workers.ts'

const pools: Workers[] = []

function pool(threads: number, options: { spin?: number; patience?: number } = {}) {
  const heap = new Heap({ initialPages: 64, maximumPages: 256 })
  const workers = new Workers(heap, { threads, ...options })
  pools.push(workers)
  return { heap, workers, kernels: workers.register(kernelModule()) }
}

afterEach(() => {
  for (const one of pools.splice(0)) one.close()
})

describe('Workers', () => {
  it.each([1, 2, 3])('run every item once, on %i threads', (threads) => {
    const { heap, workers, kernels } = pool(threads)
    expect(workers.threads).toBe(threads)
    const cells = heap.int32(heap.allocateZeroed(4 * 1000), 1000)
    for (let round = 1; round <= 200; round++) {
      workers.run([
        { count: 300, calls: [{ kernel: kernels.add!, args: [cells.byteOffset, 1], perItem: [4, 0] }] },
        { count: 0, calls: [] },
        {
          count: 7,
          calls: [
            { kernel: kernels.add!, args: [cells.byteOffset + 2000, 5], perItem: [4, 1] },
            { kernel: kernels.add!, args: [cells.byteOffset + 3000, 2] },
          ],
        },
      ])
      const items = Array.from({ length: 7 }, (_, i) => round * (5 + i))
      expect(cells.subarray(0, 301)).toEqual(new Int32Array(301).fill(round, 0, 300))
      expect([...cells.subarray(500, 508)]).toEqual([...items, 0])
      expect(cells[750]).toBe(round * 14)
    }
  })

  it('are all there once they have begun', async () => {
    const { workers } = pool(3)
    expect(workers.begun).toBeLessThanOrEqual(2)
    await workers.begin()
    expect([workers.begun, workers.refused.count]).toEqual([2, 0])
  })

  it('share the work, and know their numbers', async () => {
    const { heap, workers, kernels } = pool(2)
    await expect(waitForWorkers(heap, workers, kernels.note!)).resolves.toBeUndefined()
  })

  it('take modules that are registered later, and lists longer than the room for them', async () => {
    const { heap, workers, kernels } = pool(2)
    await waitForWorkers(heap, workers, kernels.note!)
    const later = workers.register(kernelModule())
    const cell = heap.int32(heap.allocateZeroed(64), 1)
    const calls = Array.from({ length: 100 }, (): Call => ({ kernel: later.add!, args: [cell.byteOffset, 1] }))
    workers.run(Array.from({ length: 300 }, () => ({ count: 2, calls })))
    expect(cell[0]).toBe(60_000)
    const many = Array.from({ length: 10_000 }, (): Call => calls[0]!)
    expect(() => workers.run([{ count: 1, calls: many }])).toThrow(WorkerError)
  })

  it('wake up from sleep', async () => {
    const { heap, workers, kernels } = pool(2, { spin: 0 })
    for (let i = 0; i < 3; i++) {
      await expect(waitForWorkers(heap, workers, kernels.note!)).resolves.toBeUndefined()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })

  it('report a kernel that fails in a worker, with its cause, also later', async () => {
    const { heap, workers, kernels } = pool(2)
    await waitForWorkers(heap, workers, kernels.note!)
    const fail = (): void => {
      for (let i = 0; i < 10_000; i++)
        workers.run([{ count: 50, calls: [{ kernel: kernels.trap!, args: [0], perThread: [1] }] }])
    }
    expect(fail).toThrow(/a kernel failed in worker 1: RuntimeError: unreachable/)
    expect(fail).toThrow(WorkerError)
  })

  it('pass on what a kernel throws on the calling thread, and go on', () => {
    const { heap, workers, kernels } = pool(1)
    expect(() => workers.run([{ count: 5, calls: [{ kernel: kernels.trap!, args: [1] }] }])).toThrow(
      WebAssembly.RuntimeError,
    )
    const cell = heap.int32(heap.allocateZeroed(64), 1)
    workers.run([{ count: 5, calls: [{ kernel: kernels.add!, args: [cell.byteOffset, 1] }] }])
    expect(cell[0]).toBe(5)
  })

  it('never hang on a worker that was killed while it slept', async () => {
    const { heap, workers, kernels } = pool(2, { spin: 0 })
    await waitForWorkers(heap, workers, kernels.note!)
    const cell = heap.int32(heap.allocateZeroed(64), 1)
    const add = (): void => workers.run([{ count: 50, calls: [{ kernel: kernels.add!, args: [cell.byteOffset, 1] }] }])
    const killed = workers.kill(0)
    add()
    expect(cell[0]).toBe(50)
    await killed
    await vi.waitFor(() => expect(add).toThrow(/a worker died: it ended with code 1/))
  })

  it('give up on a worker that does not answer', async () => {
    const { heap, workers, kernels } = pool(2, { patience: 300 })
    await waitForWorkers(heap, workers, kernels.note!)
    const flag = heap.allocateZeroed(64)
    const stick = (): void =>
      workers.run([{ count: 2, calls: [{ kernel: kernels.stick!, args: [flag, 0], perThread: [0, 1] }] }])
    expect(stick).toThrow(/gave no answer for \d+ ms/)
    expect(stick).toThrow(WorkerError)
  })

  it('are not given up for time that the whole process slept', async () => {
    const { heap, workers, kernels } = pool(2, { patience: 400 })
    await waitForWorkers(heap, workers, kernels.note!)
    const flag = heap.allocateZeroed(64)
    const clock = performance.now.bind(performance)
    let calls = 0
    // a clock that jumps by ten minutes after its first call
    vi.spyOn(performance, 'now').mockImplementation(() => clock() + (calls++ === 0 ? 0 : 600_000))
    const before = Date.now()
    expect(() =>
      workers.run([{ count: 2, calls: [{ kernel: kernels.stick!, args: [flag, 0], perThread: [0, 1] }] }]),
    ).toThrow(/gave no answer/)
    expect(Date.now() - before).toBeGreaterThan(200)
    vi.restoreAllMocks()
  })

  it('need a shared memory, and say what to do', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 2, shared: false })
    expect(() => new Workers(heap, { threads: 2 })).toThrow(/cross-origin isolated/)
  })

  it('do without workers that the host does not let start', () => {
    const script = `
      import { Heap } from ${JSON.stringify(new URL('../memory/heap.ts', import.meta.url).href)}
      import { Workers } from ${JSON.stringify(new URL('./workers.ts', import.meta.url).href)}
      const workers = new Workers(new Heap({ initialPages: 64 }), { threads: 3 })
      let runs = 0
      workers.run([{ count: 5, calls: [{ kernel: { module: 0, index: 0, run: () => runs++ }, args: [] }] }])
      console.log(runs, workers.threads, workers.refused.count, workers.refused.cause.code)
    `
    const { stdout } = spawnSync(
      process.execPath,
      ['--permission', '--allow-fs-read=*', '--input-type=module', '-e', script],
      { encoding: 'utf8', timeout: 10_000 },
    )
    expect(stdout).toBe('5 3 2 ERR_ACCESS_DENIED\n')
  })

  it('let the process end, without a word, when its work is done', () => {
    const script = `
      import { Heap } from ${JSON.stringify(new URL('../memory/heap.ts', import.meta.url).href)}
      import { Workers } from ${JSON.stringify(new URL('./workers.ts', import.meta.url).href)}
      const workers = new Workers(new Heap({ initialPages: 64 }), { threads: 3 })
      workers.run([])
      setTimeout(() => console.log('done'), 100)
    `
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 10_000,
    })
    expect([stdout, stderr, status]).toEqual(['done\n', '', 0])
  })
})
