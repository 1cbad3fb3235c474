// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as wavelets from './index.ts'

const bank = wavelets.filterBank2d({ shape: [8, 8], scales: 1, orientations: 2 })

const calls: Readonly<Record<string, RightCall>> = {
  filterBank2d: { args: () => [bank.options] },
  littlewoodPaley: { args: () => [bank, Math.PI], takes: { 1: ['large'] } },
  toGrid: { args: () => [bank.psi[0].atLevel(0)], options: false },
  'psi.atLevel': { args: () => [0] },
  'phi.atLevel': { args: () => [0] },
}

const functions: [string, (...args: never) => unknown][] = [
  ...functionsOf(wavelets),
  ['psi.atLevel', bank.psi[0].atLevel],
  ['phi.atLevel', bank.phi.atLevel],
]

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
