// What the tests of the pool run on it, in Node and in pages: a module of small kernels.
import { Module, i32 } from '../assembler/assembler.ts'
import type { Heap } from '../memory/heap.ts'
import type { Call, SharedKernel, Workers } from './workers.ts'

/** `add`, `note` who took part, `trap` in workers, `stick` in workers. */
export function kernelModule(): Uint8Array<ArrayBuffer> {
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

/** Runs until every worker has taken part, so that all are known to be there; lets the host start them in between. */
export async function waitForWorkers(heap: Heap, workers: Workers, note: SharedKernel): Promise<void> {
  const counts = heap.allocate(4 * workers.threads)
  const seen = heap.int32(counts, workers.threads).fill(0)
  const call: Call = { kernel: note, args: [counts, 0, 10_000], perThread: [0, 1, 0] }
  const start = performance.now()
  while (seen.subarray(1).some((count) => count === 0)) {
    if (performance.now() - start > 10_000) throw new Error('no worker came')
    workers.run([{ count: 20, calls: [call] }])
    await new Promise((resolve) => setTimeout(resolve))
  }
}
