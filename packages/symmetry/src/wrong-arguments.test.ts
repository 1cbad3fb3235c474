// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { random } from '@scatterlab/tensor'
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import * as symmetry from './index.ts'

const images = { data: new Float32Array(32).map((_, i) => i % 5), shape: [2, 4, 4] }
const points = { data: new Float64Array([0, 0, 1, 0.5, 2, 2.5, 3, 1]), shape: [4, 2] }
const values = { data: new Float64Array([1, 2, 3, 5]), shape: [4] }
const field = { data: new Float64Array(32), shape: [2, 4, 4] }
const warp = { interpolation: 'spline', border: 'reflect' }
// a number is a parameter for all, whatever its size; nested lists and typed arrays are arrays
const calls: Readonly<Record<string, RightCall>> = {
  translate: {
    args: () => [images, [1, 0.5], { interpolation: 'fourier', border: 'periodic' }],
    takes: { 1: ['large'] },
  },
  rotate: { args: () => [images, 0.5, warp], takes: { 1: ['large'] } },
  scale: { args: () => [images, 2, { ...warp, dimensions: 2 }] },
  shear: { args: () => [images, 0.5, warp], takes: { 1: ['large'] } },
  linearMap: { args: () => [images, [1, 0, 0, 2], warp] },
  deform: { args: () => [images, field, warp] },
  strengthOf: { args: () => [field], options: false },
  randomDisplacement: {
    args: () => [{ shape: [4, 4], cutoff: 2, temperature: 1, seed: 1, random: random(1) }],
    takes: { temperature: ['large'], seed: ['text', 'large'] },
  },
  usableTemperatures: { args: () => [28, 3], takes: {} },
  orbit: {
    args: () => [images, [0, 1], () => images],
    takes: { 0: ['NaN', 'symbol', 'foreign', 'text', 'holes', 'date', 'bigint', 'large'] },
  },
  curvature: { args: () => [points], options: false },
  firstOrderResidual: { args: () => [points, [0, 1, 2, 3]] },
  orbitDistances: { args: () => [points, 1] },
  principalDirections: { args: () => [points, 2] },
  principalAngles: { args: () => [points, points], options: false },
  relativeDistances: { args: () => [points, points], options: false },
  lineThroughZero: { args: () => [values.data, values.data] },
  relativeStability: {
    args: () => [points, points, { ...points, data: points.data.map((v) => v + 1) }],
    options: false,
  },
  noiseLike: { args: () => [points, points, random(1)], options: false },
  separation: { args: () => [points, values, { quantile: 0.1 }] },
  linearity: { args: () => [points, values], options: false },
}

const functions = functionsOf(symmetry)

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
