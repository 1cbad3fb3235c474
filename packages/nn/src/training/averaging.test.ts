import { type Averaging, ema, lookahead, sgd } from '@scatterlab/optim'
import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type FitOptions, type Weights, batchNorm, evaluate, fit, linear, network, relu, sequential } from '../index.ts'

const net = network(
  sequential({ fc: linear({ units: 5 }), bn: batchNorm(), relu: relu(), head: linear({ units: 3 }) }),
  [4],
)
const batch = (seed: number) => ({
  images: { data: random(seed).fillNormal(new Float32Array(32)), shape: [8, 4] },
  labels: Array.from({ length: 8 }, (_, i) => i % 3),
})
const numbers = ({ parameters, state }: Weights) =>
  Object.fromEntries(
    Object.entries({ ...parameters, ...state }).map(([name, x]) => [name, Array.from(x.toTypedArray())]),
  )

const recipe: FitOptions = {
  batches: ({ epoch }) => [batch(2 * epoch), batch(2 * epoch + 1)],
  validation: () => [batch(99)],
  optimizer: sgd({ rate: 0.1, momentum: 0.9 }),
  epochs: 4,
  seed: 5,
}

async function run(averaging: Averaging | undefined, change: Partial<FitOptions> = {}) {
  const files: Uint8Array[] = []
  const seen: Record<string, number[]>[] = []
  const weights = net.initialise(random(1))
  const result = await fit(net, {
    ...recipe,
    ...(averaging && { averaging }),
    ...(!change.resume && { weights }),
    onProgress: (event) => void (event.kind === 'step' && seen.push(numbers(weights))),
    checkpoint: { every: 1, save: (bytes) => void files.push(bytes) },
    ...change,
  })
  return { result, files, seen }
}

it('an average follows weights and running moments, is what validation looks at, and what the run gives', async () => {
  const plain = await run(undefined)
  const averaged = await run(ema({ decay: 0.8 }))
  // the steps do not feel it
  expect(averaged.seen.slice(0, -1)).toEqual(plain.seen.slice(0, -1))
  const first = numbers(net.initialise(random(1)))
  const expected = plain.seen.reduce(
    (mean, now) =>
      Object.fromEntries(
        Object.entries(mean).map(([name, m]) => [name, m.map((v, i) => 0.8 * v + 0.2 * now[name][i])]),
      ),
    first,
  )
  for (const [name, values] of Object.entries(numbers(averaged.result.weights)))
    // eight steps in single precision
    values.forEach((value, i) => expect(Math.abs(value - expected[name][i])).toBeLessThan(1e-6))
  const { loss } = await evaluate(net, averaged.result.weights, [batch(99)])
  expect(averaged.result.history.at(-1)!.validation!.loss).toBe(loss)
})

it.each([
  ['ema', ema({ decay: (step) => step / (step + 10) })],
  ['lookahead', lookahead({ every: 2, decay: 0.4 })],
])('%s goes on bit for bit from a checkpoint', async (_, averaging) => {
  const whole = await run(averaging)
  for (const at of [1, 2, 5]) {
    const rest = await run(averaging, { resume: whole.files[at - 1] })
    expect(numbers(rest.result.weights)).toEqual(numbers(whole.result.weights))
    expect(rest.result.history.map(({ validation }) => validation)).toEqual(
      whole.result.history.map(({ validation }) => validation),
    )
  }
  const other = ema({ decay: 0.123 })
  await expect(run(other, { resume: whole.files[2] })).rejects.toThrow('averaging was')
})

it('with lookahead the weights go back to the slow ones', async () => {
  const { result, seen } = await run(lookahead({ every: 4, decay: 1 }))
  // decay 1 keeps the slow weights where they began
  expect(numbers(result.weights)).toEqual(numbers(net.initialise(random(1))))
  expect(seen[3]).toEqual(numbers(net.initialise(random(1))))
  expect(seen[2]).not.toEqual(seen[3])
})

it('refuses what is no average', async () => {
  await expect(run({ every: 0 } as never)).rejects.toThrow('averaging is')
})
