// The pool in a page that may not share memory: it cannot be made, or has no workers.
import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { kernelModule } from './pool-kernels.test.host.ts'
import { Workers } from './workers.ts'

describe('Workers in a page that is not isolated', () => {
  it('need a shared memory, and say what to do', () => {
    const heap = new Heap({ initialPages: 1, maximumPages: 2 })
    expect(heap.shared).toBe(false)
    expect(() => new Workers(heap, { threads: 2 })).toThrow(/cross-origin isolated/)
  })

  it('leave all work to the caller where shared memory was asked for in spite of that', () => {
    const heap = new Heap({ initialPages: 64, maximumPages: 256, shared: true })
    const workers = new Workers(heap, { threads: 3 })
    const { add } = workers.register(kernelModule())
    expect(workers.refused).toEqual({ count: 2, cause: expect.objectContaining({ name: 'DataCloneError' }) })
    const cell = heap.int32(heap.allocateZeroed(64), 1)
    workers.run([{ count: 50, calls: [{ kernel: add!, args: [cell.byteOffset, 1] }] }])
    expect(cell[0]).toBe(50)
  })
})
