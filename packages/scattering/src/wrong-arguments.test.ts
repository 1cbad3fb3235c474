// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { reference, tensor } from '@scatterlab/tensor'
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import * as scattering from './index.ts'

const shape = [8, 8] as const
const scatter = scattering.scattering2d({ shape, scales: 1, orientations: 2 })
const images = { data: new Float32Array(64).fill(0.5), shape: [8, 8] }
const S = scatter.transform(images)
const run = { signal: new AbortController().signal, onProgress: () => {} }

const calls: Readonly<Record<string, RightCall>> = {
  scattering2d: {
    args: () => [
      {
        shape,
        scales: 1,
        orientations: 2,
        maxOrder: 2,
        averaging: 'window',
        oversampling: 0,
        padding: 'reflect',
        filters: {},
        backend: reference,
      },
    ],
    // as many orders as there are
    takes: { maxOrder: ['large'] },
  },
  transform: { args: () => [images], options: false },
  list: { args: () => [images], options: false },
  moduli: { args: () => [images], options: false },
  gradient: { args: () => [images, S], options: false },
  apply: { args: () => [tensor(images.data, images.shape)], options: false },
  transformAsync: {
    args: () => [
      { ...images, shape: [1, 8, 8] },
      { ...run, prepare: () => images },
    ],
  },
  listAsync: { args: () => [images, run] },
  moduliAsync: { args: () => [images, run] },
  gradientAsync: { args: () => [images, S, run] },
  dispose: { args: () => [] },
  invert: {
    args: () => [
      S,
      scatter,
      {
        minimise: descent,
        iterations: 1,
        valueTolerance: 0,
        start: images,
        seed: 1,
        weights: () => 1,
        bounds: {},
        signal: run.signal,
        onIteration: () => {},
      },
    ],
    takes: { iterations: ['large'], valueTolerance: ['large'], seed: ['large', 'text'] },
  },
}

const functions = [...functionsOf(scattering), ...functionsOf(scatter as unknown as Record<string, unknown>)]

it('calls every function', () => {
  expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(functions)('%s refuses what is wrong', async (name, f) => {
  expect(await wrongArguments(f, calls[name])).toEqual([])
})
