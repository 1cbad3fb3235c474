import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyingModule } from './copying.ts'
import { Heap } from '../memory/heap.ts'

const heap = new Heap({ maximumPages: 1024 })
const kernels = new WebAssembly.Instance(new WebAssembly.Module(copyingModule(heap.shared).bytes()), {
  env: { memory: heap.memory },
}).exports as Record<string, (...parameters: number[]) => void>

type Numbers = Float32Array | Float64Array
const allocate = (bytes: number, length: number): { address: number; numbers: Numbers } => {
  const address = heap.allocate(bytes * length)
  return { address, numbers: bytes === 4 ? heap.float32(address, length) : heap.float64(address, length) }
}

describe('copying', () => {
  it.each([
    ['copy4', 4, 4],
    ['copy8', 8, 8],
    ['widen', 4, 8],
    ['narrow', 8, 4],
  ] as const)('%s copies rows of any strides and nothing else', (name, bytesX, bytesOut) => {
    const step = fc.constantFrom(1, 1, 2, 5)
    fc.assert(
      fc.property(fc.nat(5), fc.nat(30), step, step, fc.nat(3), (rows, n, stepX, stepOut, gap) => {
        heap.scope(() => {
          const [pitchX, pitchOut] = [n * stepX + gap, n * stepOut + gap]
          const x = allocate(bytesX, rows * pitchX + 4)
          const out = allocate(bytesOut, rows * pitchOut + 4)
          x.numbers.forEach((_, i) => (x.numbers[i] = Math.sin(i + 1)))
          out.numbers.fill(-7)
          const expected = out.numbers.slice()
          for (let r = 0; r < rows; r++)
            for (let i = 0; i < n; i++) expected[r * pitchOut + i * stepOut] = x.numbers[r * pitchX + i * stepX]!
          kernels[name]!(
            rows,
            n,
            x.address,
            pitchX * bytesX,
            stepX * bytesX,
            out.address,
            pitchOut * bytesOut,
            stepOut * bytesOut,
          )
          expect(out.numbers).toEqual(expected)
        })
      }),
      { numRuns: 80 },
    )
  })

  it('transposes matrices of any size and pitch and writes nothing else', () => {
    fc.assert(
      fc.property(fc.nat(75), fc.nat(75), fc.nat(3), fc.nat(3), (rows, n, gapX, gapOut) => {
        heap.scope(() => {
          const [pitchX, pitchOut] = [rows + gapX, n + gapOut]
          const x = allocate(4, n * pitchX + 4)
          const out = allocate(4, rows * pitchOut + 4)
          x.numbers.forEach((_, i) => (x.numbers[i] = i))
          out.numbers.fill(-7)
          const expected = out.numbers.slice()
          for (let r = 0; r < rows; r++)
            for (let i = 0; i < n; i++) expected[r * pitchOut + i] = x.numbers[i * pitchX + r]!
          kernels.transpose4!(rows, n, x.address, 4, pitchX * 4, out.address, pitchOut * 4, 4)
          expect(out.numbers).toEqual(expected)
        })
      }),
      { numRuns: 100 },
    )
  })
})
