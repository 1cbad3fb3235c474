import { expect, test } from 'vitest'
import { experiment } from './experiment.ts'
import type { Experiment } from './experiment.ts'

const sound: Experiment<{ images: number }> = {
  name: 'mnist',
  slide: 'Digit Classification: MNIST',
  claim: '0.4 % error',
  budgets: { quick: { images: 300 }, full: { images: 60_000 } },
  run: async () => ({ data: 'none', protocol: 'none' }),
}

test('a sound declaration is given back as it is', () => {
  expect(experiment(sound)).toBe(sound)
})

test.each<[string, Partial<Experiment<{ images: number }>>, RegExp]>([
  ['a name with capitals', { name: 'MNIST' }, /experiment 'MNIST': name must be lower case/],
  ['an empty claim', { claim: ' ' }, /slide and claim must not be empty/],
  ['one budget', { budgets: { quick: { images: 1 } } as Experiment<{ images: number }>['budgets'] }, /quick and full/],
  ['no steps', { run: undefined as unknown as Experiment<{ images: number }>['run'] }, /run must be a function/],
])('refuses %s', (_, changes, message) => {
  const declare = () => experiment({ ...sound, ...changes })
  expect(declare).toThrow(expect.objectContaining({ code: 'BAD_EXPERIMENT' }))
  expect(declare).toThrow(message)
})
