// Wrong values in the place of every argument and option: an error of this project each time, and never a result.
import { type ShapedArray, reference, tensor } from '@scatterlab/tensor'
import { type RightCall, functionsOf, wrongArguments } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { descent } from './descent.test.minimiser.ts'
import * as scattering from './index.ts'

const shape = [8, 8] as const
const scatter = scattering.scattering2d({ shape, scales: 1, orientations: 2 })
const images = { data: new Float32Array(64).fill(0.5), shape: [8, 8] }
const S = scatter.transform(images)
const rotation = scattering.rotoTranslation2d({ shape, scales: 1, orientations: 2 })
const scatter1d = scattering.scattering1d({ length: 16, scales: 1 })
const signals = { data: new Float32Array(16).fill(0.5), shape: [16] }
const S1d = scatter1d.transform(signals)
const joint = scattering.timeFrequencyScattering({ length: 16, scales: 2, frequencyScales: 1 })
const run = { signal: new AbortController().signal, onProgress: () => {} }

/** What both transforms have, on inputs of the one or the other. */
const methods = (x: typeof images, S: typeof S1d): Record<string, RightCall> => ({
  transform: { args: () => [x], options: false },
  list: { args: () => [x], options: false },
  moduli: { args: () => [x], options: false },
  gradient: { args: () => [x, S], options: false },
  apply: { args: () => [tensor(x.data, x.shape)], options: false },
  transformAsync: {
    args: () => [
      { ...x, shape: [1, ...x.shape] },
      { ...run, prepare: () => x },
    ],
  },
  listAsync: { args: () => [x, run] },
  moduliAsync: { args: () => [x, run] },
  gradientAsync: { args: () => [x, S, run] },
  dispose: { args: () => [] },
})

/** Of a transform that keeps no moduli. */
const averagesOnly = (all: Record<string, RightCall>): Record<string, RightCall> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('moduli')))

const moments = scattering.moments2d({ shape, scales: 1, orientations: 2 })
const stripes = { ...images, data: images.data.map((v, i) => v * (i % 3)) }
const M = await moments.transform(stripes)
const covariances = scattering.covariances2d({ shape, scales: 1, orientations: 2 })
const C = await covariances.transform(stripes)
const moments1d = scattering.moments1d({ length: 16, scales: 2 })
const sawtooth = { data: signals.data.map((v, i) => v * (i % 3)), shape: [16] }
const M1d = await moments1d.transform(sawtooth)
const momentMethods = (M: ShapedArray, x = images): Readonly<Record<string, RightCall>> => ({
  spectrum: { args: () => [M], options: false },
  transform: { args: () => [x], options: false },
  apply: { args: () => [tensor(x.data, x.shape)], options: false },
  dispose: { args: () => [] },
})

const calls: Readonly<Record<string, RightCall>> = {
  logarithm: { args: () => [S, { floor: 1 }], takes: { floor: ['large'] } },
  relativeToParent: { args: () => [S1d, scatter1d.paths, { floor: 1 }], takes: { floor: ['large'] } },
  timeFrequencyScattering: {
    args: () => [
      {
        length: 16,
        scales: 2,
        waveletsPerOctave: [2, 1],
        averaging: 2,
        stride: 1,
        padding: 'reflect',
        frequencyScales: 1,
        frequencyWaveletsPerOctave: 1,
        frequencyAveraging: 2,
        frequencyStride: 1,
        format: 'time',
        sampleRate: 8000,
        filters: {},
        backend: reference,
      },
    ],
    takes: { sampleRate: ['large'] },
  },
  scatteringStream: {
    args: () => [
      {
        scales: 1,
        waveletsPerOctave: [2, 1],
        maxOrder: 2,
        averaging: 2,
        stride: 1,
        padding: 'reflect',
        frame: 1024,
        sampling: 'kymatio',
        sampleRate: 8000,
        filters: {},
        backend: reference,
      },
    ],
    takes: { sampleRate: ['large'] },
  },
  scattering1d: {
    args: () => [
      {
        length: 16,
        scales: 1,
        waveletsPerOctave: [2, 1],
        maxOrder: 2,
        averaging: 2,
        stride: 1,
        padding: 'reflect',
        margin: 4,
        sampling: 'kymatio',
        sampleRate: 8000,
        filters: {},
        backend: reference,
      },
    ],
    takes: { maxOrder: ['large'], sampleRate: ['large'] },
  },
  rotoTranslation2d: {
    args: () => [
      {
        shape,
        scales: 2,
        orientations: 2,
        maxOrder: 2,
        averaging: 'window',
        alongScales: { scales: 1 },
        angularAveraging: 'global',
        scaleAveraging: 'none',
        oversampling: 0,
        padding: 'reflect',
        filters: {},
        angles: {},
        backend: reference,
      },
    ],
  },
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
  gaussianTwin: { args: () => [images, { seed: 1 }], takes: { seed: ['large', 'text'] } },
  griffinLim: {
    args: () => [S, scatter, { iterations: 1, seed: 1 }],
    takes: { seed: ['large', 'text'] },
  },
  histogramTwin: { args: () => [images, { seed: 1 }], takes: { seed: ['large', 'text'] } },
  moments2d: {
    args: () => [{ shape, scales: 1, orientations: 2, maxOrder: 2, powers: true, filters: {}, backend: reference }],
    takes: { maxOrder: ['large'] },
  },
  moments1d: {
    args: () => [
      {
        length: 16,
        scales: 1,
        waveletsPerOctave: [2, 1],
        maxOrder: 2,
        powers: true,
        sampling: 'kymatio',
        sampleRate: 8000,
        filters: {},
        backend: reference,
      },
    ],
    takes: { maxOrder: ['large'], sampleRate: ['large'] },
  },
  covariances1d: {
    args: () => [{ length: 16, scales: 2, waveletsPerOctave: 1, sampleRate: 8000, filters: {}, backend: reference }],
    takes: { sampleRate: ['large'] },
  },
  covariances2d: { args: () => [{ shape, scales: 1, orientations: 2, filters: {}, backend: reference }] },
  synthesise: {
    args: () => [
      M,
      moments,
      {
        minimise: descent,
        iterations: 1,
        valueTolerance: 0,
        start: { data: images.data.map((v, i) => v * (i % 3)), shape: [1, ...images.shape] },
        seed: 1,
        count: 1,
        bounds: {},
        signal: run.signal,
        onIteration: () => {},
      },
    ],
    takes: { iterations: ['large'], valueTolerance: ['large'], seed: ['large', 'text'] },
  },
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

const walks = [
  { of: 'the package', functions: functionsOf(scattering), calls },
  ...[
    { of: 'scattering2d', transform: scatter, right: methods(images, S) },
    { of: 'rotoTranslation2d', transform: rotation, right: averagesOnly(methods(images, rotation.transform(images))) },
    { of: 'moments2d', transform: moments, right: momentMethods(M) },
    { of: 'covariances2d', transform: covariances, right: momentMethods(C) },
    { of: 'moments1d', transform: moments1d, right: momentMethods(M1d, signals) },
    { of: 'scattering1d', transform: scatter1d, right: methods(signals, S1d) },
    {
      of: 'timeFrequencyScattering',
      transform: joint,
      right: averagesOnly(methods(signals, joint.transform(signals))),
    },
  ].map(({ of, transform, right }) => ({
    of,
    functions: functionsOf(transform as unknown as Record<string, unknown>),
    calls: right,
  })),
]

describe.each(walks)('$of', ({ functions, calls: right }) => {
  it('has every function called', () => {
    expect(functions.map(([name]) => name).toSorted()).toEqual(Object.keys(right).toSorted())
  })

  it.each(functions)('%s refuses what is wrong', async (name, f) => {
    expect(await wrongArguments(f, right[name])).toEqual([])
  })
})
