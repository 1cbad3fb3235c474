import { type Named, ValueError, random, randomNormal, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { adam } from './adam.ts'
import { mixed } from './mixed.ts'
import { muon } from './muon.ts'
import { plateau } from './plateau.ts'
import { triangular } from './schedule.ts'
import { sgd } from './sgd.ts'

const parameters = (): Named => ({
  'conv.weight': randomNormal([4, 6], random(1)),
  'conv.bias': randomNormal([4], random(2)),
  'head.weight': randomNormal([2, 4], random(3)),
})
const gradients = (step: number): Named =>
  Object.fromEntries(
    Object.entries(parameters()).map(([name, { shape }]) => [name, randomNormal(shape, random(`${name} ${step}`))]),
  )
const numbers = (arrays: Named) =>
  Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, Array.from(x.toTypedArray())]))

const parts = () => [
  { match: /^conv.*weight$/, optimizer: muon({ rate: 0.2 }), schedule: triangular({ steps: 8, rise: 0 }) },
  { match: /bias$/, optimizer: adam({ rate: 0.1 }) },
  { match: /./, optimizer: sgd({ rate: 0.5, momentum: 0.9 }) },
]

it('trains each parameter as its part alone would, at the pace of its schedule and of the whole', () => {
  const together = parameters()
  const all = mixed(parts())
  let state = all.init(together)
  for (let step = 0; step < 5; step++) state = all.update(together, gradients(step), state, { rate: 0.5 })
  expect(state.step).toBe(5)
  for (const [name, at] of [
    ['conv.weight', 0],
    ['conv.bias', 1],
    ['head.weight', 2],
  ] as const) {
    const { optimizer, schedule } = parts()[at]
    const own = { [name]: parameters()[name] }
    let alone = optimizer.init(own)
    for (let step = 0; step < 5; step++) {
      const rate = 0.5 * (schedule ? schedule.rate(optimizer.rate, step, null) : optimizer.rate)
      alone = optimizer.update(own, { [name]: gradients(step)[name] }, alone, { rate })
    }
    expect(numbers(own)[name]).toEqual(numbers(together)[name])
  }
})

it('remembers what its parts do, and goes on from it bit for bit', () => {
  const whole = parameters()
  const all = mixed(parts())
  let state = all.init(whole)
  expect(Object.keys(state.tensors)).toEqual([
    'momentum/conv.weight',
    'mean/conv.bias',
    'square/conv.bias',
    'velocity/head.weight',
  ])
  for (let step = 0; step < 6; step++) state = all.update(whole, gradients(step), state)
  const cut = parameters()
  let first = mixed(parts()).init(cut)
  for (let step = 0; step < 3; step++) first = all.update(cut, gradients(step), first)
  const copy = (arrays: Named) => Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, x.clone()]))
  const [again, resumed] = [copy(cut), mixed(parts())]
  let rest = { step: 3, tensors: copy(first.tensors) }
  for (let step = 3; step < 6; step++) rest = { ...resumed.update(again, gradients(step), rest) } as typeof rest
  expect(numbers(again)).toEqual(numbers(whole))
})

it('leaves a part alone while its rate is 0: no gradient is asked for, nothing moves', () => {
  const all = mixed([
    { match: /bias$/, optimizer: adam({ rate: 0.1 }), schedule: triangular({ steps: 2, rise: 0 }) },
    { match: /^head/, optimizer: sgd({ rate: 0.1, groups: [{ match: /weight/, rate: 0 }] }) },
    { match: /./, optimizer: sgd({ rate: 0.5 }) },
  ])
  const own = parameters()
  let state = all.init(own)
  const trained = (step: number) => Object.keys(own).filter((name) => all.trains!(name, step))
  expect(trained(0)).toEqual(['conv.weight', 'conv.bias'])
  expect(trained(2)).toEqual(['conv.weight'])
  for (let step = 0; step < 2; step++) state = all.update(own, gradients(step), state)
  const before = numbers({ ...own, ...state.tensors })
  all.update(own, { 'conv.weight': gradients(2)['conv.weight'] }, state)
  const after = numbers({ ...own, ...state.tensors })
  const changed = Object.keys(before).filter((name) => String(before[name]) !== String(after[name]))
  expect(changed).toEqual(['conv.weight', 'velocity/conv.weight'])
})

it('says its rules and rates in plain JSON, so that a checkpoint can hold them', () => {
  const { settings } = mixed(parts())
  expect(JSON.parse(JSON.stringify(settings))).toEqual(settings)
  expect(settings).toMatchObject({
    rule: 'mixed',
    parts: [{ rule: 'muon', rate: 0.2 }, { rule: 'adam' }, { rule: 'sgd' }],
  })
})

it('changes nothing where one part would throw', () => {
  const own = parameters()
  const before = numbers(own)
  const all = mixed(parts())
  const { 'head.weight': _, ...some } = gradients(0)
  expect(() => all.update(own, some, all.init(own))).toThrow('no gradient for `head.weight`')
  expect(numbers(own)).toEqual(before)
})

it.each([
  [() => mixed([]), 'a list of parts'],
  [() => mixed([{ match: /./ } as never]), 'mixed: parts[0] needs optimizer'],
  [() => mixed([{ match: 'conv' as never, optimizer: sgd({ rate: 1 }) }]), 'mixed: parts[0]: match is'],
  [() => mixed([{ match: /./, optimiser: sgd({ rate: 1 }) } as never]), 'Did you mean optimizer?'],
  [
    () => mixed([{ match: /./, optimizer: sgd({ rate: 1 }), schedule: plateau() as never }]),
    'one that goes by steps alone',
  ],
  [() => mixed(parts().slice(0, 2)).init(parameters()), 'no part matches `head.weight`'],
  [() => mixed(parts()).init({ w: tensor([1]) }), 'parts[0] (/^conv.*weight$/) matches no parameter'],
])('refuses, case %#', (make, message) => {
  expect(make).toThrow(ValueError)
  expect(make).toThrow(message)
})
