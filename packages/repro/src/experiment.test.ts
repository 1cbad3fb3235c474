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
  ['a name with capitals', { name: 'MNIST' }, /an experiment: name is 'MNIST': it must be lower case/],
  ['an empty claim', { claim: ' ' }, /claim is ' ': it must be a text that is not empty/],
  ['one budget', { budgets: { quick: { images: 1 } } as Experiment<{ images: number }>['budgets'] }, /quick and full/],
  ['a misspelt field', { backend: {} } as object, /an experiment has no option backend. Did you mean backends\?/],
  [
    'no steps',
    { run: undefined as unknown as Experiment<{ images: number }>['run'] },
    /an experiment needs run: a function/,
  ],
])('refuses %s', (_, changes, message) => {
  const declare = () => experiment({ ...sound, ...changes })
  expect(declare).toThrow(expect.objectContaining({ code: 'BAD_EXPERIMENT' }))
  expect(declare).toThrow(message)
})

test('refuses what is no declaration', () => {
  for (const none of [undefined, null, 'mnist', []]) {
    expect(() => experiment(none as never)).toThrow(expect.objectContaining({ code: 'BAD_EXPERIMENT' }))
  }
})
