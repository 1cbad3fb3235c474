import { describe, expect, it } from 'vitest'
import { Heap } from '../memory/heap.ts'
import { type PassKernels, type PassName, passOrder, updatesModule } from './updates.ts'

const heap = new Heap({ maximumPages: 256 })
const kernels = new WebAssembly.Instance(new WebAssembly.Module(updatesModule(heap.shared).bytes()), {
  env: { memory: heap.memory },
}).exports as unknown as PassKernels

/** Runs a pass on numbers of its own, and gives the arrays before and after. */
function run(name: PassName, n: number, constants: Record<string, number>) {
  const arrays = passOrder(name).filter((key) => !(key in constants))
  return heap.scope(() => {
    const views = Object.fromEntries(
      arrays.map((array, k) => {
        const address = heap.allocate(4 * (n + 4))
        const numbers = heap.float32(address, n + 4)
        numbers.forEach((_, i) => (numbers[i] = Math.sin(3 * k + 0.7 * i) + (array === 'square' ? 1.5 : 0)))
        return [array, { address, numbers }]
      }),
    )
    const before = Object.fromEntries(Object.entries(views).map(([key, { numbers }]) => [key, numbers.slice()]))
    kernels[name](n, ...passOrder(name).map((key) => constants[key] ?? views[key]!.address))
    const after = Object.fromEntries(Object.entries(views).map(([key, { numbers }]) => [key, numbers.slice()]))
    for (const key of arrays) expect(after[key]!.slice(n)).toEqual(before[key]!.slice(n))
    return { before, after }
  })
}

/** A few roundings of numbers up to 4. */
const TOLERANCE = 1e-6

describe.each([0, 1, 3, 4, 11, 100])('passes over %i numbers', (n) => {
  const each = (check: (i: number) => void): void => {
    for (let i = 0; i < n; i++) check(i)
  }

  it('rectify', () => {
    const leaky = run('leakyRelu', n, { slope: 0.25, zero: 0 })
    each((i) => expect(leaky.after.out![i]).toBe(leaky.before.x![i]! * (leaky.before.x![i]! > 0 ? 1 : 0.25)))
    const cut = run('reluGradient', n, { zero: 0 })
    each((i) => expect(cut.after.out![i]).toBe(cut.before.x![i]! > 0 ? cut.before.gradient![i] : 0))
    const slanted = run('leakyReluGradient', n, { slope: 0.25, zero: 0 })
    each((i) =>
      expect(slanted.after.out![i]).toBe(slanted.before.gradient![i]! * (slanted.before.x![i]! > 0 ? 1 : 0.25)),
    )
  })

  it.each(['sgd', 'nesterov'] as const)('%s', (name) => {
    const [rate, momentum, decay] = [0.1, 0.9, 0.01]
    const { before, after } = run(name, n, { rate, momentum, decay: decay * rate })
    each((i) => {
      const pull = -decay * rate * before.w![i]! - rate * before.gradient![i]!
      const speed = momentum * before.velocity![i]! + pull
      expect(Math.abs(after.velocity![i]! - speed)).toBeLessThan(TOLERANCE)
      expect(Math.abs(after.w![i]! - before.w![i]! - (name === 'sgd' ? speed : momentum * speed + pull))).toBeLessThan(
        TOLERANCE,
      )
      expect(after.gradient![i]).toBe(before.gradient![i])
    })
  })

  it('adam', () => {
    const [rate, beta1, beta2, epsilon, decay, kept, unbias] = [0.1, 0.9, 0.99, 1e-8, 0.02, 0.999, 3]
    const { before, after } = run('adam', n, {
      rate,
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      unbias,
      epsilon,
      decay,
      kept,
    })
    each((i) => {
      const slope = before.gradient![i]! + decay * before.w![i]!
      const mean = beta1 * before.mean![i]! + (1 - beta1) * slope
      const square = beta2 * before.square![i]! + (1 - beta2) * slope ** 2
      expect(Math.abs(after.mean![i]! - mean)).toBeLessThan(TOLERANCE)
      expect(Math.abs(after.square![i]! - square)).toBeLessThan(TOLERANCE)
      const w = kept * before.w![i]! - (rate * mean) / (Math.sqrt(square * unbias) + epsilon)
      expect(Math.abs(after.w![i]! - w)).toBeLessThan(TOLERANCE)
    })
  })
})
