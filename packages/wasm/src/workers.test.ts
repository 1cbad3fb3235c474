import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Module, i32 } from './assembler.ts'
import { Heap } from './heap.ts'
import { type Call, type SharedKernel, WorkerError, Workers } from './workers.ts'

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

function kernelModule(): Uint8Array<ArrayBuffer> {
  const module = new Module({ shared: true })
  module.function('add', { params: { to: 'i32', value: 'i32' } }, (f, { to, value }) =>
    f.drop(i32.atomic.add(to, value)),
  )
  module.function('note', { params: { to: 'i32', thread: 'i32', turns: 'i32' } }, (f, { to, thread, turns }) => {
    f.forRange(0, turns, 1, () => f.drop(i32.atomic.add(0, 0, 65536)))
    f.drop(i32.atomic.add(i32.add(to, i32.mul(thread, 4)), 1))
  })
  module.function('trap', { params: { thread: 'i32' } }, (f, { thread }) => f.if(thread, () => f.unreachable()))
  // Sleeps for ever in a worker; the caller waits until one does.
  module.function('stick', { params: { flag: 'i32', thread: 'i32' } }, (f, { flag, thread }) => {
    f.if(
      thread,
      () => {
        f.atomicStore(flag, 1)
        f.loop((again) => f.br(again))
      },
      () => f.loop((again) => f.brIf(again, i32.eqz(i32.atomicLoad(flag)))),
    )
  })
  return module.bytes()
}

/** Runs until a worker has taken part, so that it is known to be there. */
function waitForWorkers(heap: Heap, workers: Workers, note: SharedKernel): void {
  const counts = heap.allocate(4 * workers.threads)
  const seen = heap.int32(counts, workers.threads).fill(0)
  const call: Call = { kernel: note, args: [counts, 0, 10_000], perThread: [0, 1, 0] }
  const start = performance.now()
  while (seen.subarray(1).some((count) => count === 0)) {
    if (performance.now() - start > 10_000) throw new Error('no worker came')
    workers.run([{ count: 20, calls: [call] }])
  }
}

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

  it('share the work, and know their numbers', () => {
    const { heap, workers, kernels } = pool(2)
    expect(() => waitForWorkers(heap, workers, kernels.note!)).not.toThrow()
  })

  it('take modules that are registered later, and lists longer than the room for them', () => {
    const { heap, workers, kernels } = pool(2)
    waitForWorkers(heap, workers, kernels.note!)
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
      expect(() => waitForWorkers(heap, workers, kernels.note!)).not.toThrow()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })

  it('report a kernel that fails in a worker, with its cause, also later', () => {
    const { heap, workers, kernels } = pool(2)
    waitForWorkers(heap, workers, kernels.note!)
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
    waitForWorkers(heap, workers, kernels.note!)
    const cell = heap.int32(heap.allocateZeroed(64), 1)
    const add = (): void => workers.run([{ count: 50, calls: [{ kernel: kernels.add!, args: [cell.byteOffset, 1] }] }])
    const killed = workers.kill(0)
    add()
    expect(cell[0]).toBe(50)
    await killed
    await vi.waitFor(() => expect(add).toThrow(/a worker died: it ended with code 1/))
  })

  it('give up on a worker that does not answer', () => {
    const { heap, workers, kernels } = pool(2, { patience: 300 })
    waitForWorkers(heap, workers, kernels.note!)
    const flag = heap.allocateZeroed(64)
    const stick = (): void =>
      workers.run([{ count: 2, calls: [{ kernel: kernels.stick!, args: [flag, 0], perThread: [0, 1] }] }])
    expect(stick).toThrow(/gave no answer for 3\d\d ms/)
    expect(stick).toThrow(WorkerError)
  })

  it('need a shared memory, and say what to do', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 2, shared: false })
    expect(() => new Workers(heap, { threads: 2 })).toThrow(/cross-origin isolated/)
  })

  it('let the process end, without a word, when its work is done', () => {
    const script = `
      import { Heap } from ${JSON.stringify(new URL('./heap.ts', import.meta.url).href)}
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
