// Runs inside a module worker of a page and posts what it found: there a thread may sleep, and workers are nested.
import { matmul, tensor } from '@scatterlab/tensor'
import { createWasmBackend } from '../backend.ts'
import { Heap } from '../memory/heap.ts'
import { kernelModule, waitForWorkers } from './pool-kernels.test.host.ts'
import { type Call, WorkerError, Workers } from './workers.ts'

function mayWait(): boolean {
  const cell = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer)
  return Atomics.wait(cell, 0, 0, 1) === 'timed-out'
}

async function count(): Promise<number> {
  const heap = new Heap({ initialPages: 64, maximumPages: 256 })
  const workers = new Workers(heap, { threads: 3 })
  const { add, note } = workers.register(kernelModule())
  await waitForWorkers(heap, workers, note!)
  const cell = heap.int32(heap.allocateZeroed(64), 1)
  const item: Call = { kernel: add!, args: [cell.byteOffset, 1] }
  for (let round = 0; round < 500; round++) workers.run([{ count: 300, calls: [item] }])
  workers.close()
  return cell[0]!
}

async function kill(): Promise<unknown> {
  const heap = new Heap({ initialPages: 64, maximumPages: 256 })
  const workers = new Workers(heap, { threads: 2, patience: 300 })
  const { stick, note } = workers.register(kernelModule())
  await waitForWorkers(heap, workers, note!)
  const flag = heap.allocateZeroed(64)
  const begun = heap.int32(flag, 1)
  const run = (): void => {
    while (Atomics.load(begun, 0) === 0);
    void workers.kill(0)
  }
  try {
    workers.run([{ count: 2, calls: [{ kernel: { ...stick!, run }, args: [flag, 0], perThread: [0, 1] }] }])
  } catch (error) {
    return error instanceof WorkerError && { code: error.code, message: error.message }
  }
  return null
}

async function product(options: { threads: number; shared?: boolean }): Promise<[Float32Array, string]> {
  const backend = createWasmBackend({ maximumPages: 4096, ...options })
  await backend.start()
  const n = 300
  const a = tensor(
    Float32Array.from({ length: n * n }, (_, i) => Math.sin(i)),
    [n, n],
    { backend },
  )
  const numbers = matmul(a, a).toTypedArray() as Float32Array
  const { description } = backend
  backend.close()
  return [numbers, description]
}

const [many, threads] = await product({ threads: 2 })
const [one] = await product({ threads: 1, shared: false })
postMessage({
  isolated: crossOriginIsolated,
  mayWait: mayWait(),
  counted: await count(),
  killed: await kill(),
  threads,
  sameBits: many.every((value, i) => value === one[i]),
})
