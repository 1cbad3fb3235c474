// The back end in a page: its threads where memory can be shared, one thread where not, growth, and the end of memory.
import { type Backend, matmul, reference, scope, tensor } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type WasmOptions, createWasmBackend } from './backend.ts'
import { OutOfMemoryError } from './memory/heap.ts'
import { isolated } from './threads/isolation.test.page.ts'

const maximumPages = 4096
const n = 300
const noise = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i * i))

function product(backend: Backend): Float32Array {
  return scope(() => {
    const a = tensor(noise, [n, n], { backend })
    return matmul(a, a).toTypedArray() as Float32Array
  })
}

const expected = product(reference)
const alone = product(createWasmBackend({ maximumPages, threads: 1, shared: false }))

function checkProduct(backend: Backend): void {
  const numbers = product(backend)
  expectClose(numbers, expected, { absolute: 1e-4 })
  expect(numbers).toEqual(alone)
}

describe('the back end in a page', () => {
  it('is in the page that is meant', () => {
    expect(crossOriginIsolated).toBe(isolated)
  })

  it.each<[WasmOptions, RegExp]>([
    [{ threads: 3 }, isolated ? /, 3 threads$/ : /, one thread \(memory cannot be shared here\)$/],
    [{ threads: 1 }, isolated ? /, one thread$/ : /, one thread \(memory cannot be shared here\)$/],
    [
      { threads: 3, shared: true },
      isolated ? /, 3 threads$/ : /, one thread \(memory cannot be shared here; 2 could not start: .*SharedArrayBuffer/,
    ],
  ])('%o says what runs, and gives the bits of one thread', async (options, description) => {
    const backend = createWasmBackend({ maximumPages, ...options })
    await backend.start()
    checkProduct(backend)
    expect(backend.description).toMatch(description)
    backend.close()
    checkProduct(backend)
    expect(backend.description).toContain('one thread')
  })

  it('keeps arrays through growth, and gives views on the memory as it is', async () => {
    const backend = createWasmBackend({ maximumPages, initialPages: 16 })
    const first = backend.adopt(new Float32Array([1, 2, 3]))
    const before = backend.memory().capacityBytes
    const large = backend.allocate('float32', 2 ** 20)
    expect(backend.memory().capacityBytes).toBeGreaterThan(before)
    expect([...first.data!]).toEqual([1, 2, 3])
    large.data!.fill(7)
    expect(await backend.read(large)).toEqual(new Float32Array(2 ** 20).fill(7))
    expect(await backend.read(first)).toEqual(new Float32Array([1, 2, 3]))
    expect((await backend.read(first)).buffer).toBeInstanceOf(ArrayBuffer)
    backend.close()
  })

  it('says how much was asked for when memory is out, and goes on', () => {
    const backend = createWasmBackend({ maximumPages: 512 })
    expect(() => backend.allocate('float32', 2 ** 24)).toThrow(OutOfMemoryError)
    checkProduct(backend)
    backend.close()
  })

  it('takes the address space that the engine grants, many times over', () => {
    const many = Array.from({ length: 12 }, () => createWasmBackend())
    for (const backend of many) {
      expect([...backend.adopt(new Float32Array([5])).data!]).toEqual([5])
      backend.close()
    }
  })
})
