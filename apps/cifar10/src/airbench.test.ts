// The recipe beside its source's: six steps against PyTorch in double precision (airbench.test.py).
import { readFileSync } from 'node:fs'
import { fit } from '@scatterlab/nn'
import { tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { deepNetwork } from './network.ts'
import { deepRule, publishedRecipe } from './recipe.ts'

const golden = JSON.parse(readFileSync(new URL('airbench.test.json', import.meta.url), 'utf8')) as {
  readonly losses: readonly number[]
  readonly numbers: Readonly<Record<string, readonly number[]>>
}

/** Exact binary fractions, the same in the script. */
const numbers = (count: number, start: number, scale: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (((((i + start) * 7919 + 4093) % 509) - 254) / 256) * scale)

it('six steps are those of PyTorch', async () => {
  const recipe = { ...publishedRecipe, widths: [4, 6, 6] as const, batch: 10, atOnce: 10, steps: 6, whiteningSteps: 3 }
  const net = deepNetwork(recipe)
  let start = 1000
  const parameters = Object.fromEntries(
    Object.entries(net.parameters).map(([name, { shape }]) => {
      const count = shape.reduce((a, b) => a * b, 1)
      if (name.includes('norm'))
        return [name, tensor(new Float64Array(count).fill(Number(name.endsWith('weight'))), shape)]
      start += count
      return [name, tensor(numbers(count, start - count, 0.5), shape)]
    }),
  )
  const state = Object.fromEntries(
    Object.entries(net.state).map(([name, { shape }]) => [
      name,
      tensor(new Float64Array(shape[0]).fill(Number(name.endsWith('var'))), shape),
    ]),
  )
  const losses: number[] = []
  await fit(net, {
    weights: { parameters, state },
    batches: () =>
      Array.from({ length: 6 }, (_, step) => ({
        images: { data: numbers(10 * 3072, 31 * step, 2), shape: [10, 3, 32, 32] },
        labels: Array.from({ length: 10 }, (__, i) => (3 * i + step) % 10),
      })),
    optimizer: deepRule(recipe),
    steps: 6,
    smoothing: recipe.smoothing,
    onProgress: (event) => void (event.kind === 'step' && losses.push(event.loss)),
  })
  // six steps of sums in other orders, in double precision
  losses.forEach((loss, step) => expect(Math.abs(loss - golden.losses[step])).toBeLessThan(1e-9))
  for (const [name, expected] of Object.entries(golden.numbers)) {
    const found = { ...parameters, ...state }[name].toTypedArray()
    expected.forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThan(1e-8 * Math.max(1, Math.abs(value))))
  }
})
