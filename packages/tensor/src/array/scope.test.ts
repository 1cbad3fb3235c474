import { describe, expect, it } from 'vitest'
import { countingBackend } from '../backend/counting.test.backend.ts'
import { onBackend } from './create.ts'
import { add, div, exp, mul, pow, sub } from './elementwise.ts'
import { fft, ifft2, irfft, irfft2, rfft, rfft2 } from '../fourier/fourier.ts'
import { concat, stack } from './joining.ts'
import { noise } from '../fourier/naive.test.oracle.ts'
import { mean, norm, sum, variance } from './reduction.ts'
import { scope } from './scope.ts'
import { type Tensor, empty, tensor } from './tensor.ts'

describe('scope', () => {
  it('releases what was allocated inside, but for the result', () => {
    const backend = countingBackend()
    const result = scope(() => {
      const a = tensor([1, 2, 3], [3], { backend })
      const b = exp(a)
      expect(backend.live.size).toBe(2)
      return sub(b, b).reshape(3, 1)
    })
    expect([...backend.live]).toEqual([result.buffer])
    expect(result.toNested()).toEqual([[0], [0], [0]])
  })

  it('finds results in lists, records and maps, and survives what holds itself', () => {
    const backend = countingBackend()
    const make = (): Tensor => empty([2], { backend })
    const held = scope(() => {
      make()
      const cyclic: Record<string, unknown> = {
        list: [make(), { deep: make() }],
        map: new Map([['k', make()]]),
        n: 1,
        none: null,
      }
      cyclic.self = cyclic
      return cyclic
    })
    expect(Object.keys(held)).toContain('self')
    expect(backend.live.size).toBe(3)
  })

  it('passes results to the enclosing scope, which releases them in turn', () => {
    const backend = countingBackend()
    const outer = empty([1], { backend })
    scope(() => {
      const inner = scope(() => [empty([2], { backend }), outer])
      expect(backend.live.size).toBe(2)
      return inner.length
    })
    expect([...backend.live]).toEqual([outer.buffer])
  })

  it('releases everything when the body throws, and leaves no scope behind', () => {
    const backend = countingBackend()
    expect(() =>
      scope(() => {
        empty([2], { backend })
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(backend.live.size).toBe(0)
    empty([2], { backend })
    expect(backend.live.size).toBe(1)
  })
})

describe('operations keep no memory but their result', () => {
  const [x, z] = [noise([4, 6], 1, 'float32'), noise([4, 6], 2, 'complex64')]
  const operations: Record<string, (x: Tensor, z: Tensor) => Tensor> = {
    'add a number': (x) => add(x, 1),
    'subtract from a number': (x) => sub(1, x),
    'power of a number': (x) => pow(x, 2),
    'real times complex': (x, z) => mul(x, z),
    'real plus complex': (x, z) => add(x, z),
    'complex by a number': (_, z) => div(z, 2),
    mean: (x) => mean(x),
    variance: (x) => variance(x, { axes: [0] }),
    norm: (_, z) => norm(z),
    'sum, kept': (x) => sum(x, { keep: true }),
    'fft of a real array': (x) => fft(x),
    ifft2: (_, z) => ifft2(z),
    rfft: (x) => rfft(x),
    rfft2: (x) => rfft2(x),
    irfft: (_, z) => irfft(z, 11),
    irfft2: (_, z) => irfft2(z, 10),
    concat: (x) => concat([x, x], 1),
    stack: (x) => stack([x, x, x]),
  }
  it.each(Object.entries(operations))('%s', (_, operation) => {
    const backend = countingBackend()
    const [a, b] = [onBackend(x, backend), onBackend(z, backend)]
    const before = backend.live.size
    const result = operation(a, b)
    expect(backend.live.size).toBe(before + 1)
    expect(result.toTypedArray().every(Number.isFinite)).toBe(true)
  })

  it('reading a view that is not contiguous', async () => {
    const backend = countingBackend()
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      undefined,
      { backend },
    )
    expect(Array.from(await x.transpose().read())).toEqual([1, 3, 2, 4])
    expect(backend.live.size).toBe(1)
  })
})
