import { tensor } from '@scatterlab/tensor'
import { functionsOf, wrongArguments, type RightCall } from '@scatterlab/testing'
import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import * as figures from './index.ts'

const picture = () => ({ data: [1, 2, 3, 4], shape: [2, 2] })
const axis = () => ({ label: 'x', scale: 'linear', ticks: [1, 2], domain: [0, 3], format: String })
const curve = () => ({ label: 'a', x: [1, 2], y: [3, 4], error: [0, 0], dashed: true, line: true, markers: true })
const heat = () => ({
  ...picture(),
  colormap: 'gray',
  range: [0, 9],
  origin: 'centre',
  x: { label: 'x', extent: [0, 1] },
  y: { label: 'y', extent: [0, 1] },
  label: 'z',
})
const anyText = ['text']

const calls: Readonly<Record<string, RightCall>> = {
  animatedPng: {
    args: () => [[encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) })], { seconds: 0.5, loops: 1 }],
  },
  drawing: {
    args: () => [{ content: '<g/>', width: 10, height: 10, title: 't' }],
    takes: { content: anyText, title: anyText },
  },
  filterMosaic: {
    args: () => [
      {
        filters: [picture()],
        columns: 1,
        rowLabels: ['r'],
        columnLabels: ['c'],
        part: 'real',
        range: 'each',
        colormap: 'gray',
        origin: 'centre',
        crop: 2,
        scale: 1,
        lowpass: picture(),
        heatMap: heat(),
        title: 't',
      },
    ],
    takes: { title: anyText },
  },
  heatMap: { args: () => [{ ...heat(), scale: 2, title: 't' }], takes: { title: anyText, label: anyText } },
  imageGrid: {
    args: () => [
      { images: [picture()], captions: ['c'], columns: 1, range: 'each', colormap: 'gray', scale: 1, title: 't' },
    ],
    takes: { title: anyText },
  },
  layeredGraph: {
    args: () => [
      {
        panels: [{ layers: [{ nodes: 1 }, { nodes: 2 }], edges: [{ layer: 0, from: 0, to: 1 }] }],
        kinds: { a: { label: 'a', colour: 'red', dashed: true } },
        title: 't',
        width: 100,
        rowHeight: 50,
      },
    ],
    takes: { title: anyText },
  },
  'layeredGraph.panels': {
    args: () => [{ title: 't', caption: 'c', layers: [{ nodes: 1 }], edges: [], layout: 'tree' }],
    takes: { title: anyText, caption: anyText },
  },
  'layeredGraph.layers': { args: () => [{ label: 'l', nodes: 1, of: 2 }], takes: { label: anyText, of: ['large'] } },
  'layeredGraph.edges': { args: () => [{ layer: 0, from: 0, to: 0, kind: 'a' }] },
  'layeredGraph.kinds': {
    args: () => [{ label: 'l', colour: 'red', dashed: false }],
    takes: { label: anyText, colour: anyText },
  },
  linePlot: {
    args: () => [{ series: [curve()], x: axis(), y: axis(), title: 't', width: 300, height: 200 }],
    takes: { title: anyText },
  },
  'linePlot.series': { args: () => [curve()], takes: { label: anyText } },
  'linePlot.x': { args: () => [axis()], takes: { label: anyText } },
  'heatMap.x': { args: () => [{ label: 'x', extent: [0, 1] }], takes: { label: anyText } },
  png: { args: () => [{ scale: 1 }] },
  scatteringDisk: {
    args: () => [
      {
        paths: [{ order: 1, scales: [0], angles: [0] }],
        values: [1],
        image: picture(),
        colormap: 'gray',
        range: [0, 1],
        size: 100,
        radius: 'log',
        secondAngle: 'absolute',
        title: 't',
      },
    ],
    takes: { title: anyText },
  },
  colourOf: { args: () => ['gray', 0.5], takes: { 1: ['large'] } },
  'scatteringDisk.paths': { args: () => [{ order: 1, scales: [0], angles: [0] }], options: false },
  'imageGrid.images': { args: () => [picture()], options: false },
  'filterMosaic.filters': { args: () => [{ ...picture(), imaginary: [0, 0, 0, 0] }], options: false },
}

type Options<Name extends 'heatMap' | 'layeredGraph' | 'linePlot'> = Parameters<(typeof figures)[Name]>[0]
const graph = (change: object): figures.Figure =>
  figures.layeredGraph({ panels: [{ layers: [{ nodes: 1 }, { nodes: 1 }], edges: [], ...change }], kinds: { a: {} } })
const functions: [string, (...args: never) => unknown][] = [
  ...functionsOf(figures),
  ['layeredGraph.panels', (panel: never) => figures.layeredGraph({ panels: [panel] })],
  ['layeredGraph.layers', (layer: never) => graph({ layers: [layer] })],
  ['layeredGraph.edges', (edge: never) => graph({ edges: [edge] })],
  [
    'layeredGraph.kinds',
    (kind: never) => figures.layeredGraph({ panels: [{ layers: [{ nodes: 1 }], edges: [] }], kinds: { kind } }),
  ],
  ['linePlot.series', (series: never) => figures.linePlot({ series: [series] })],
  ['linePlot.x', (x: never) => figures.linePlot({ series: [curve()], x } as Options<'linePlot'>)],
  ['heatMap.x', (x: never) => figures.heatMap({ ...picture(), x } as Options<'heatMap'>)],
  ['png', (options: never) => figures.drawing({ content: '', width: 4, height: 4 }).png(options)],
  ['scatteringDisk.paths', (path: never) => figures.scatteringDisk({ paths: [path], values: [1] })],
  ['imageGrid.images', (image: never) => figures.imageGrid({ images: [image] })],
  ['filterMosaic.filters', (filter: never) => figures.filterMosaic({ filters: [filter] })],
]

describe('a wrong argument', () => {
  it('is tried on every function there is', () => {
    expect(Object.keys(calls).sort()).toEqual(functions.map(([name]) => name).sort())
  })

  it.each(functions)('of %s gives an error of this project', async (name, f) => {
    expect(await wrongArguments(f, calls[name]!)).toEqual([])
  })

  it('gives an error before any work, where a figure would be too large', async () => {
    const series = [{ label: 'a', x: [0, 1], y: [0, 1] }]
    expect(() => figures.linePlot({ series, width: 20_000, height: 20_000 })).toThrow(/width is 20000: it must be/)
    await expect(figures.linePlot({ series, width: 9000, height: 9000 }).png()).rejects.toThrow(
      /18064×18064 pixels.*lower it/,
    )
    expect(() => figures.heatMap({ ...picture(), scale: 16_000 })).toThrow(/the figure would have .* lower the sizes/)
    expect(() => figures.imageGrid({ images: [picture()], scale: 1e9 })).toThrow(/scale is 1000000000/)
    expect(() => figures.drawing({ content: '', width: 10, height: 10, title: 'x'.repeat(1e4) })).toThrow(
      /shorten texts/,
    )
    expect(() => graph({ layers: [{ nodes: 1e9 }] })).toThrow(/nodes is 1000000000/)
  })

  it('gives an error that names the nearest option', () => {
    expect(() => figures.heatMap({ ...picture(), colourmap: 'gray' } as never)).toThrow(
      /no option colourmap. Did you mean colormap/,
    )
  })
})

describe('a tensor', () => {
  const numbers = tensor(Float32Array.of(1, 2, 3, 4), [2, 2])
  it('is drawn as its numbers with their shape', () => {
    const { data, shape } = picture()
    expect(figures.heatMap(numbers)).toMatchObject({ svg: figures.heatMap({ data, shape }).svg })
    expect(figures.heatMap(numbers.transpose()).svg).toBe(figures.heatMap({ data: [1, 3, 2, 4], shape }).svg)
    expect(figures.imageGrid({ images: [numbers] }).svg).toBe(figures.imageGrid({ images: [{ data, shape }] }).svg)
    const batch = tensor(Float32Array.of(1, 2, 3, 4), [1, 2, 2])
    expect(figures.imageGrid({ images: batch }).svg).toBe(figures.imageGrid({ images: [{ data, shape }] }).svg)
    expect(figures.filterMosaic({ filters: [numbers] }).svg).toBe(
      figures.filterMosaic({ filters: [{ data, shape }] }).svg,
    )
  })

  it('of another number of axes is refused', () => {
    expect(() => figures.heatMap(numbers.reshape(4))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }))
  })
})
