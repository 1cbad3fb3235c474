import { expect, test } from 'vitest'
import { filterMosaic } from './filter-mosaic.ts'
import { dark, hashOf, pixelsOf } from './pixels.test.reader.ts'

// 1×2 filters, 40×20 pixels a tile at scale 20, 4 between them
const re = { data: [1, -1], shape: [1, 2] }
const complex = { data: Float32Array.of(3, 4, 0, -5), shape: [1, 2] }

test('signed filters: red above 0, blue below, white at 0, each in its own range', async () => {
  const pixels = await pixelsOf(filterMosaic({ filters: [re, { data: [0, 10], shape: [1, 2] }], scale: 20 }))
  expect([pixels.at(20, 20), pixels.at(50, 20)]).toEqual(['#67001f', '#053061'])
  expect([pixels.at(65, 20), pixels.at(95, 20)]).toEqual(['#ffffff', '#67001f'])
})

test('a shared range compares amplitudes and brings a colour bar', async () => {
  const filters = [re, { data: [0, 2], shape: [1, 2] }]
  const each = filterMosaic({ filters, scale: 20 })
  const shared = filterMosaic({ filters, scale: 20, range: 'shared' })
  expect(shared.width).toBeGreaterThan(each.width + 20)
  const pixels = await pixelsOf(shared)
  // 1 of ±2 is t = 0.75, half-way between the map's anchors f4a582 and d6604d
  expect(pixels.at(20, 20)).toBe('#e58368')
})

test('complex filters: interleaved or apart, and the part that is asked for', () => {
  const svg = (filter: object, part?: 'real' | 'imaginary' | 'modulus'): string =>
    filterMosaic({ filters: [filter as typeof re], scale: 20, ...(part === undefined ? {} : { part }) }).svg
  const apart = { data: [3, 0], imaginary: [4, -5], shape: [1, 2] }
  expect(svg(complex)).toBe(svg({ data: [3, 0], shape: [1, 2] }))
  expect(svg(complex, 'imaginary')).toBe(svg({ data: [4, -5], shape: [1, 2] }))
  expect(svg(complex, 'modulus')).toBe(svg({ data: [5, 5], shape: [1, 2] }))
  expect(svg(apart, 'modulus')).toBe(svg(complex, 'modulus'))
})

test('origin and crop: index 0 in the middle, and the middle kept', () => {
  const delta = (at: number): number[] => Array.from({ length: 64 }, (_, i) => (i === at ? 1 : 0))
  const corner = filterMosaic({ filters: [{ data: delta(0), shape: [8, 8] }], origin: 'corner', scale: 4 })
  expect(corner.svg).toBe(filterMosaic({ filters: [{ data: delta(4 * 8 + 4), shape: [8, 8] }], scale: 4 }).svg)
  const cropped = filterMosaic({ filters: [{ data: delta(4 * 8 + 4), shape: [8, 8] }], crop: 3, scale: 4 })
  expect(cropped.svg).toBe(
    filterMosaic({ filters: [{ data: [0, 0, 0, 0, 1, 0, 0, 0, 0], shape: [3, 3] }], scale: 4 }).svg,
  )
})

test('labels, the low-pass filter and the heat map find their places', async () => {
  const filters = Array.from({ length: 6 }, (_, i) => ({ data: [i - 3, 3, -3, 0], shape: [2, 2] }))
  const options = {
    filters,
    rowLabels: ['j = 0', 'j = 1'],
    columnLabels: ['0°', '60°', '120°'],
    lowpass: { data: [1, 2, 2, 1], shape: [2, 2], caption: 'φ' },
    heatMap: { data: [0, 1, 1, 0], shape: [2, 2], label: 'A(ω)' },
  }
  const mosaic = filterMosaic(options)
  for (const text of ['j = 0', 'j = 1', '60°', 'φ', 'A(ω)']) expect(mosaic.svg).toContain(`>${text}<`)
  expect(mosaic.svg.match(/<image /g)).toHaveLength(6 + 1 + 2)
  expect((await pixelsOf(mosaic)).count([16, 16, 40, 160], dark)).toBeGreaterThan(40)
  expect(hashOf(mosaic)).toBe('78d8f2f71d2e')
})

test.each([
  [{ filters: [] }, 'EMPTY', /filters is empty/],
  [
    { filters: [{ data: [1], shape: [1, 2] }] },
    'SHAPE_MISMATCH',
    /filters\[0\]: shape \[1, 2\] holds 2 numbers but data has 1/,
  ],
  [{ filters: [{ data: [1, 2], shape: [2] }] }, 'SHAPE_MISMATCH', /is no filter/],
  [{ filters: [{ ...re, imaginary: [1] }] }, 'SHAPE_MISMATCH', /imaginary/],
  [{ filters: [re, { data: [1], shape: [1, 1] }] }, 'SHAPE_MISMATCH', /filters\[1\] is 1×1 but filters\[0\] is 1×2/],
  [{ filters: [{ data: [1, Infinity], shape: [1, 2] }] }, 'NON_FINITE', /filters\[0\]: number 1 is Infinity/],
  [{ filters: [re], columnLabels: ['a', 'b'] }, 'LENGTH_MISMATCH', /columnLabels has 2 texts for 1/],
  [{ filters: [re], rowLabels: ['a', 'b'] }, 'LENGTH_MISMATCH', /rowLabels has 2 texts for 1/],
  [{ filters: [re], part: 'phase' as 'real' }, 'VALUE', /part is 'phase'/],
  [{ filters: [re], range: 'own' as 'each' }, 'VALUE', /range is 'own'/],
])('bad input %#', (bad, code, message) => {
  expect(() => filterMosaic(bad)).toThrow(
    expect.objectContaining({
      name: code === 'VALUE' ? 'ValueError' : 'FigureError',
      code,
      message: expect.stringMatching(message),
    }),
  )
})
