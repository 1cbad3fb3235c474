import { createWasmBackend } from '@scatterlab/wasm'
import { expect, test } from 'vitest'
import { fisherRatio } from './separation.ts'
import { type TrainingLook, training } from './training.ts'

test("Fisher's ratio: class means at 0 and 4, a variance of 1 within each", () => {
  const features = { data: [-1, 1, 3, 5], shape: [4, 1] }
  // between: 4·2², within: 4·1²
  expect(fisherRatio(features, [0, 0, 1, 1])).toBeCloseTo(4, 12)
  expect(fisherRatio(features, [0, 1, 1, 0])).toBeCloseTo(0, 12)
  expect(fisherRatio({ data: [7, 0, 7, 0, 2, 1, 2, 1], shape: [4, 2] }, [0, 0, 1, 1])).toBe(Infinity)
})

test('the network learns, goes on where it stopped, and the same seed gives the same numbers', async () => {
  const backend = createWasmBackend({ threads: 1 })
  const { signal } = new AbortController()
  const looks: TrainingLook[] = []
  const look = (one: TrainingLook): void => void looks.push(one)
  const net = await training(backend, 1)
  for (const steps of [0, 20, 40]) await net.run({ steps, rate: 0.05, signal, look })
  expect(looks.map(({ step }) => step)).toEqual([0, 10, 20, 30, 40])
  expect(looks[0].loss).toBeNull()
  expect(looks.at(-1)!.loss).toBeLessThan(looks[1].loss! / 2)
  expect(looks.at(-1)!.errors).toBeLessThan(looks[0].errors / 3)
  expect(looks.at(-1)!.separation[3]).toBeGreaterThan(2 * looks[0].separation[3])
  expect(looks.at(-1)!.separation[0]).toBe(looks[0].separation[0])

  const again: TrainingLook[] = []
  await (await training(backend, 1)).run({ steps: 10, rate: 0.05, signal, look: (one) => void again.push(one) })
  expect(again.at(-1)!.loss).toBe(looks[1].loss)
})
