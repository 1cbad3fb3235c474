// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as wavelets from './index.ts'

const bank = wavelets.filterBank2d({ shape: [8, 8], scales: 1, orientations: 2 })
const line = wavelets.filterBank1d({ length: 16, scales: 2 })
const { spins: _, ...eitherSpin } = line.options

const angles = wavelets.angularBank({ orientations: 4 })

const pyramid = wavelets.morletPyramid({ shape: [8, 8], scales: 1, orientations: 2 })
const splines = wavelets.orthogonalWavelets({ shape: [8], scales: 2 })
const W = wavelets.waveletTransform(line)
const signal = { data: new Float32Array(16), shape: [16] }

const calls: Readonly<Record<string, RightCall>> = {
  angularBank: { args: () => [angles.options] },
  filterBank1d: { args: () => [line.options] },
  filterBank2d: { args: () => [bank.options] },
  littlewoodPaley: { args: () => [bank, Math.PI], takes: { 1: ['large'] } },
  logFrequencyBank: { args: () => [eitherSpin] },
  lowPass1d: { args: () => [{ length: 16, averaging: 4 }] },
  morletPyramid: { args: () => [pyramid.options] },
  orthogonalWavelets: { args: () => [splines.options] },
  supportInTime: { args: () => [line.phi.atLevel(0), 1e-3], options: false },
  tightFrame: { args: () => [bank], options: false },
  toGrid: { args: () => [bank.psi[0].atLevel(0)], options: false },
  windowedFourierModulus: {
    args: () => [
      { data: new Float64Array(64), shape: [8, 8] },
      { window: 4, step: 2 },
    ],
  },
  waveletTransform: { args: () => [line], options: false },
  'pyramid.analyse': { args: () => [{ data: new Float32Array(64), shape: [8, 8] }], options: false },
  'splines.analyse': { args: () => [{ data: new Float32Array(8), shape: [8] }], options: false },
  'splines.synthesise': { args: () => [splines.analyse({ data: new Float32Array(8), shape: [8] })], options: false },
  'W.forward': { args: () => [signal], options: false },
  'W.adjoint': { args: () => [W.forward(signal)], options: false },
  'W.inverse': { args: () => [W.forward(signal)], options: false },
  'psi.atLevel': { args: () => [0] },
  'phi.atLevel': { args: () => [0] },
  'line.psi.atLevel': { args: () => [0] },
  'psi.aliased': { args: () => [0], takes: { 0: ['large'] } },
  'line.psi.aliased': { args: () => [0], takes: { 0: ['large'] } },
  'line.psi.support': { args: () => [0.01] },
}

const functions: [string, (...args: never) => unknown][] = [
  ...functionsOf(wavelets),
  ['pyramid.analyse', pyramid.analyse],
  ['splines.analyse', splines.analyse],
  ['splines.synthesise', splines.synthesise],
  ['W.forward', W.forward],
  ['W.adjoint', W.adjoint],
  ['W.inverse', W.inverse],
  ['psi.atLevel', bank.psi[0].atLevel],
  ['phi.atLevel', bank.phi.atLevel],
  ['line.psi.atLevel', line.psi[0].atLevel],
  ['psi.aliased', bank.psi[0].aliased],
  ['line.psi.aliased', line.psi[0].aliased],
  ['line.psi.support', line.psi[0].support],
]

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
