import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { random, reference } from '@scatterlab/tensor'
import { functionsOf, wrongArguments, type RightCall } from '@scatterlab/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { fitsFile } from './files/fits.test.builder.ts'
import { labelledFolder, type LabelledFolder } from './folders/folder.ts'
import { bytePng } from './folders/png.test.builder.ts'
import * as datasets from './index.ts'
import { mnistOrSample } from './sets/mnist-or-sample.ts'
import { mnistSample } from './sets/mnist-sample.ts'
import { camVid, streets } from './scenes/scenes.ts'
import { kthTips, textureFolder } from './textures/textures.ts'
import { caltech101, dustMap, photograph, photographOrLeaves, texture } from './sets/photographs.ts'

const root = mkdtempSync(join(tmpdir(), 'wrong-'))
let listed: LabelledFolder
beforeAll(async () => {
  vi.stubEnv('SCATTERLAB_DATA', '')
  vi.stubEnv('SCATTERLAB_CACHE', join(root, 'cache'))
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no network here')))
  mkdirSync(join(root, 'images/class'), { recursive: true })
  writeFileSync(join(root, 'images/class/a.png'), bytePng(2, 2, 1, [1, 2, 3, 4]))
  for (const kind of ['felt', 'wood']) {
    mkdirSync(join(root, 'textures', kind), { recursive: true })
    writeFileSync(join(root, 'textures', kind, 'a.png'), bytePng(2, 2, 1, [1, 2, 3, 4]))
  }
  for (const kind of ['a', 'b']) {
    mkdirSync(join(root, 'caltech101', kind), { recursive: true })
    writeFileSync(join(root, 'caltech101', kind, 'image_0001.jpg'), bytePng(2, 2, 1, [1, 2, 3, 4]))
  }
  for (const part of ['train', 'val', 'test']) {
    for (const [folder, channels] of [[part, 3] as const, [`${part}annot`, 1] as const]) {
      mkdirSync(join(root, 'camvid', folder), { recursive: true })
      writeFileSync(join(root, 'camvid', folder, 'a.png'), bytePng(1, 1, channels, new Uint8Array(channels)))
    }
  }
  for (let kind = 0; kind < 10; kind++) {
    mkdirSync(join(root, `KTH_TIPS/${kind}`), { recursive: true })
    for (let i = 0; i < 81; i++) {
      const name = `01-scale_${1 + Math.floor(i / 9)}_im_${1 + (i % 9)}_grey.png`
      writeFileSync(join(root, `KTH_TIPS/${kind}`, name), bytePng(1, 1, 1, [i]))
    }
  }
  listed = await labelledFolder(join(root, 'images'), { size: 8 })
  writeFileSync(join(root, 'coins.png'), bytePng(2, 1, 3, [255, 0, 0, 255, 255, 255]))
  writeFileSync(join(root, 'brick.png'), bytePng(1, 1, 1, [7]))
  const map = fitsFile({ BITPIX: -32, NAXIS: 2, NAXIS1: 512, NAXIS2: 512 }, new Array<number>(512 * 512).fill(1))
  writeFileSync(join(root, 'I_1.fits'), map)
  mkdirSync(join(root, 'recordings'))
  writeFileSync(join(root, 'recordings/1_a_0.wav'), datasets.encodeWav([0, 0.5], { sampleRate: 8000 }))
  execFileSync('tar', ['-czf', join(root, 'recordings.tar.gz'), '-C', root, 'recordings'])
  const idx = (...axes: number[]) => Uint8Array.of(0, 0, 8, axes.length, ...axes.flatMap((n) => [0, 0, 0, n]))
  for (const part of ['train', 't10k']) {
    writeFileSync(join(root, `${part}-labels-idx1-ubyte`), Uint8Array.of(...idx(1), 7))
    writeFileSync(join(root, `${part}-images-idx3-ubyte`), Uint8Array.of(...idx(1, 28, 28), ...new Uint8Array(784)))
  }
  for (const name of ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']) {
    writeFileSync(join(root, `${name}.bin`), new Uint8Array(3073))
  }
})
afterAll(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  rmSync(root, { recursive: true })
})

const bytes = () => ({ data: new Uint8Array(48).fill(9), shape: [4, 3, 2, 2] as const })
const floats = () => ({ data: new Float32Array(48).fill(9), shape: [4, 3, 2, 2] as const })
const grey = () => ({ data: new Float32Array(8), shape: [2, 2, 2] as const })
const set = () => ({ images: bytes(), labels: new Uint8Array(4) })
const signal = new AbortController().signal
const pass = () => datasets.batches(set(), { size: 2 })
/** All of a pass, as the errors of some options come with the first batch. */
const collected = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of items);
}
const load = () => ({
  folder: root,
  cache: join(root, 'cache'),
  download: false,
  mirrors: [],
  signal,
  onProgress: () => {},
})
const nowhere = { folder: ['text', 'large'], cache: ['text'] }
const elastic = { amplitude: 1, smoothness: 2 }

const calls: Readonly<Record<string, RightCall>> = {
  addColourNoise: {
    args: () => [floats(), datasets.channelStatistics(bytes()), random(1), 0.1],
    takes: { 3: ['large'] },
  },
  alternatingFlips: { args: () => [4, random(1)], options: false },
  cutMix: { args: () => [floats(), [0, 1, 0, 1], random(1), { classes: 2, size: 1 }] },
  cutOut: { args: () => [floats(), random(1), { size: 1 }] },
  patchMoments: { args: () => [floats(), { size: 1 }] },
  testViews: { args: () => [floats(), { mirror: true, shift: 1 }] },
  batches: {
    args: () => [set(), { size: 2, shuffle: random(1), drop: true, scale: 1, pad: [4, 4], signal }],
    takes: { size: ['large'], scale: ['large'] },
  },
  channelStatistics: { args: () => [bytes()], options: false },
  cifar10: { args: () => [{ ...load(), version: 'binary' }], takes: nowhere },
  deadLeaves: {
    args: () => [{ shape: [8, 8], seed: 1, least: 2 }],
    takes: { seed: ['large', 'text'], least: ['large'] },
  },
  displacementField: { args: () => [4, 4, random(1), elastic], takes: { amplitude: ['large'], smoothness: ['large'] } },
  elasticDeformations: {
    args: () => [floats(), random(1), elastic],
    takes: { amplitude: ['large'], smoothness: ['large'] },
  },
  dustMap: { args: () => ['intensity', { folder: root, size: 2, signal }], takes: { folder: ['text'] } },
  encodeWav: { args: () => [[0, 0.5], { sampleRate: 8000 }], takes: { sampleRate: ['large'] } },
  fractionalBrownianField: { args: () => [{ shape: [4, 4], hurst: 0.5, seed: 1 }], takes: { seed: ['large', 'text'] } },
  fractionalBrownianMotion: { args: () => [{ length: 4, hurst: 0.5, seed: 1 }], takes: { seed: ['large', 'text'] } },
  fractionalBrownianSheet: { args: () => [{ shape: [4, 4], hurst: 0.5, seed: 1 }], takes: { seed: ['large', 'text'] } },
  gunzip: { args: () => [new Uint8Array(gzipSync('x')), 'a.gz', 100], takes: { 1: ['text'], 2: ['large'] } },
  idxHeader: { args: () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5), 'a', 9], takes: { 1: ['text'] } },
  ising2d: {
    args: () => [{ shape: [4, 4], temperature: 2, sweeps: 1, seed: 1 }],
    takes: { seed: ['large', 'text'], temperature: ['large'] },
  },
  'labelledFolder.batches': {
    args: () => [{ size: 1, shuffle: random(1), drop: true, scale: 1, pad: [8, 8], indices: [0], crop: 4, signal }],
    takes: { size: ['large'], scale: ['large'] },
  },
  'labelledFolder.load': { args: () => [{ indices: [0], crop: 4, signal }] },
  labelledFolder: {
    args: () => [
      join(root, 'images'),
      {
        size: 8,
        fit: 'crop',
        classes: ['class'],
        skipUndecodable: true,
        onSkip: () => {},
        threads: 1,
        nested: true,
        maxPixels: 100,
      },
    ],
    takes: { maxPixels: ['large'] },
  },
  caltech101: {
    args: () => [{ folder: root, classes: ['a', 'b'], size: 8, fit: 'crop', signal }],
    takes: { folder: ['text'] },
  },
  camVid: { args: () => [{ folder: root, signal }], takes: { folder: ['text'] } },
  streets: {
    args: () => [{ shape: [16, 16], train: 1, validation: 1, test: 1, seed: 1 }],
    takes: { seed: ['large', 'text'] },
  },
  kthTips: { args: () => [{ folder: root, signal }], takes: { folder: ['text'] } },
  logNormalCascade: { args: () => [{ side: 4, intermittency: 0.1, seed: 1 }], takes: { seed: ['large', 'text'] } },
  mapImages: { args: () => [pass(), (images: unknown) => images] },
  meanImage: { args: () => [bytes(), { scale: 1 }], takes: { scale: ['large'] } },
  mnist: { args: () => [load()], takes: nowhere },
  mnistOrSample: { args: () => [load()], takes: nowhere },
  mnistSample: { args: () => [] },
  multifractalRandomWalk: {
    args: () => [{ length: 4, intermittency: 0.1, integralScale: 4, seed: 1 }],
    takes: { seed: ['large', 'text'] },
  },
  normaliseChannels: { args: () => [floats(), datasets.channelStatistics(bytes()), { inPlace: false }] },
  pageFolder: { args: () => ['dropped', [{ path: 'a', content: new Blob(['x']) }]], takes: { 0: ['text'] } },
  parseCifar10: { args: () => [new Uint8Array(3073), 'a'], takes: { 1: ['text'] } },
  parseFits: {
    args: () => [fitsFile({ BITPIX: -32, NAXIS: 1, NAXIS1: 1 }, [1]), 'a.fits'],
    takes: { 1: ['text'] },
  },
  parseIdx: { args: () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5), 'a'], takes: { 1: ['text'] } },
  parseWav: { args: () => [datasets.encodeWav([0, 0.5], { sampleRate: 8000 }), 'a.wav'], takes: { 1: ['text'] } },
  photograph: { args: () => ['coins', { ...load(), size: [4, 4] }], takes: nowhere },
  photographOrLeaves: { args: () => ['coins', { ...load(), size: [4, 4] }], takes: nowhere },
  poissonDiscs: {
    args: () => [{ shape: [8, 8], distance: 3, radius: 1, seed: 1 }],
    takes: { seed: ['large', 'text'] },
  },
  prefetch: { args: () => [pass(), { ahead: 1, signal }] },
  randomCrops: {
    args: () => [floats(), random(1), { padding: 1, size: [2, 2], fill: 'reflect', mirrored: () => true }],
  },
  randomFlips: { args: () => [floats(), random(1), 0.5] },
  resample: { args: () => [[0, 0.5], { from: 8000, to: 4000 }] },
  spokenDigits: { args: () => [load()], takes: nowhere },
  subset: { args: () => [set(), [0]] },
  subtractMean: { args: () => [floats(), new Float64Array(12)] },
  take: { args: () => [set(), 1, 1] },
  tenCrops: { args: () => [floats(), [1, 1]] },
  texture: { args: () => ['brick', { ...load(), size: [4, 4] }], takes: nowhere },
  textureFolder: {
    args: () => [join(root, 'textures'), { title: 'mine', signal }],
    takes: { 0: ['text'], title: ['text', 'large'] },
  },
  toFloat32: { args: () => [bytes(), { scale: 1, pad: [3, 3] }], takes: { scale: ['large'] } },
  turbulence2d: {
    args: () => [
      {
        side: 8,
        time: 0.01,
        viscosity: 0.1,
        peak: 2,
        seed: 1,
        dtype: 'float64',
        backend: reference,
        signal,
        onProgress: () => {},
      },
    ],
    takes: { seed: ['large', 'text'], peak: ['large'], viscosity: ['large'], time: ['large'] },
  },
  withChannel: { args: () => [grey()], options: false },
}

const passes = ['batches', 'mapImages', 'prefetch']
const functions: [string, (...args: never) => unknown][] = [
  ...functionsOf({
    ...datasets,
    caltech101,
    camVid,
    streets,
    kthTips,
    labelledFolder,
    mnistOrSample,
    mnistSample,
    dustMap,
    photograph,
    photographOrLeaves,
    texture,
    textureFolder,
  }),
  ['labelledFolder.batches', (...args) => listed.batches(...(args as Parameters<LabelledFolder['batches']>))],
  ['labelledFolder.load', (...args) => listed.load(...(args as Parameters<LabelledFolder['load']>))],
]

it('a wrong argument is tried on every function there is', () => {
  expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort())
})

it.each(functions)('a wrong argument of %s gives an error of this project', async (name, f) => {
  const run = passes.includes(name) ? (...args: never) => collected(f(...args) as AsyncIterable<unknown>) : f
  expect(await wrongArguments(run, calls[name])).toEqual([])
})
