import { expect, test } from 'vitest'
import { linePlot } from './line-plot.ts'
import type { LinePlotOptions } from './line-plot.ts'
import { dark, hashOf, pixelsOf } from './pixels.test.reader.ts'

const sizes = Float64Array.of(300, 1000, 5000, 60000)
const series = [
  { label: 'this run', x: sizes, y: [4.9, 2.4, 1.2, 0.8], error: [0.4, 0.3, 0.2, 0.1] },
  { label: 'the paper', x: sizes, y: [5.4, 2.9, 1.6, 0.7], dashed: true },
]
const options: LinePlotOptions = {
  series,
  x: { label: 'training size', scale: 'log' },
  y: { label: 'error (%)' },
  title: 'Error',
}

const near =
  (r: number, g: number, b: number) =>
  (rgb: readonly number[]): boolean =>
    Math.abs(rgb[0]! - r) + Math.abs(rgb[1]! - g) + Math.abs(rgb[2]! - b) < 60
const blue = near(0x00, 0x72, 0xb2)

test('title, labels and ticks are really drawn', async () => {
  const plot = linePlot(options)
  const pixels = await pixelsOf(plot)
  expect(pixels.count([0, 16, plot.width, 16], dark)).toBeGreaterThan(50)
  expect(pixels.count([0, plot.height - 34, plot.width, 18], dark)).toBeGreaterThan(100)
  expect(pixels.count([16, 60, 16, plot.height - 120], dark)).toBeGreaterThan(50)
  for (const tick of ['500', '1,000', '50,000', '>5<', 'training size', 'error (%)', 'this run', 'the paper']) {
    expect(plot.svg).toContain(tick)
  }
})

test('an error bar covers just its interval', async () => {
  // one point at the middle of a fixed domain; a bar of ±2 in 0…10 takes 4/10 of the frame's height
  const one = (error: number[]): LinePlotOptions => ({
    series: [{ label: '', x: [5], y: [5], error }],
    x: { domain: [0, 10] },
    y: { domain: [0, 10] },
    height: 324,
  })
  const columnOf = async (error: number[]): Promise<number> => {
    const pixels = await pixelsOf(linePlot(one(error)))
    const rows = Array.from({ length: pixels.height }, (_, y) => pixels.count([0, y, pixels.width, 1], blue) > 0)
    return rows.filter(Boolean).length
  }
  const frame = 324 - 8 - 24
  expect(await columnOf([2])).toBeGreaterThan(0.4 * frame - 3)
  expect(await columnOf([2])).toBeLessThan(0.4 * frame + 5)
  expect(await columnOf([0])).toBeLessThan(10)
})

test('uneven error bars take their two sides', () => {
  const even = linePlot({ series: [{ label: 'a', x: [1, 2], y: [3, 4], error: [1, 1] }] })
  const sides = linePlot({ series: [{ label: 'a', x: [1, 2], y: [3, 4], error: { below: [1, 1], above: [1, 1] } }] })
  const uneven = linePlot({ series: [{ label: 'a', x: [1, 2], y: [3, 4], error: { below: [1, 1], above: [1, 0] } }] })
  expect(sides.svg).toBe(even.svg)
  expect(uneven.svg).not.toBe(even.svg)
})

test('on a logarithmic axis equal factors are equal lengths', () => {
  const points = { label: 'a', x: [1, 10, 100], y: [1, 100, 10000] }
  const plot = linePlot({ series: [points], x: { scale: 'log' }, y: { scale: 'log' } })
  const path = plot.svg.match(/aria-label="line"[^>]*><path d="M([^"]+)"/)![1]!
  const [a, b, c] = path.split('L').map((pair) => pair.split(',').map(Number))
  expect(b![0]! - a![0]!).toBeCloseTo(c![0]! - b![0]!, 1)
  expect(a![1]! - b![1]!).toBeCloseTo(b![1]! - c![1]!, 1)
  expect(b![0]!).toBeGreaterThan(a![0]!)
  expect(b![1]!).toBeLessThan(a![1]!)
})

test('a bar that reaches below 0 on a logarithmic axis runs to the foot of the frame, not past it', async () => {
  const bar = (error: number): LinePlotOptions => ({
    series: [{ label: 'a', x: [1, 2, 3], y: [1, 2, 4], error: [error, 0, 0] }],
    y: { scale: 'log', domain: [0.5, 8] },
  })
  const plot = linePlot(bar(2))
  expect(plot.svg).not.toMatch(/NaN|Infinity/)
  const pixels = await pixelsOf(plot)
  const foot = plot.height - 16 - 24
  const blueAt = (y: number): number => pixels.count([40, y, 60, 1], blue)
  expect(blueAt(foot - 4)).toBeGreaterThan(0)
  expect(blueAt(foot + 3)).toBe(0)
  const without = await pixelsOf(linePlot(bar(0.1)))
  expect(without.count([40, foot - 4, 60, 1], blue)).toBe(0)
})

test('what leaves a given domain is cut off at the frame', async () => {
  const zoomed = linePlot({
    series: [{ label: 'a', x: [-50, 5, 50], y: [90, 5, -90], error: [0, 70, 0] }],
    x: { domain: [0, 10] },
    y: { domain: [0, 10] },
  })
  const pixels = await pixelsOf(zoomed)
  const [left, top, right, foot] = [16 + 24, 16 + 8, 16 + 640 - 8, 16 + 380 - 24]
  const all = pixels.count([0, 0, pixels.width, pixels.height], blue)
  const near = pixels.count([left - 8, top - 8, right - left + 16, foot - top + 16], blue)
  expect(all).toBeGreaterThan(300)
  expect(near).toBe(all)
})

test('the legend stands above the frame, only for several curves', () => {
  const alone = linePlot({ ...options, series: series.slice(0, 1) })
  expect(linePlot(options).height).toBe(alone.height + 22)
  expect(alone.svg).not.toContain('this run')
  const many = Array.from({ length: 9 }, (_, i) => ({ ...series[0]!, label: `a rather long label ${i}` }))
  expect(linePlot({ ...options, series: many }).height).toBe(alone.height + 22 + 2 * 20)
})

test('a long curve has no markers unless asked for', () => {
  const x = Array.from({ length: 41 }, (_, i) => i)
  const dots = (markers?: boolean): boolean =>
    linePlot({ series: [{ label: 'a', x, y: x, ...(markers === undefined ? {} : { markers }) }] }).svg.includes(
      'aria-label="dot"',
    )
  expect([dots(), dots(true), dots(false)]).toEqual([false, true, false])
})

test('ticks and their format can be given; those outside the domain are left out', () => {
  const plot = linePlot({ ...options, x: { scale: 'log', ticks: [300, 60000, 1e9], format: (value) => `n${value}` } })
  expect(plot.svg).toContain('>n300<')
  expect(plot.svg).toContain('>n60000<')
  expect(plot.svg).not.toContain('1000000000')
})

test('the same bytes as ever, twice in a row', () => {
  expect(linePlot(options).svg).toBe(linePlot(options).svg)
  expect(hashOf(linePlot(options))).toBe('2f0bcfbe5f81')
})

const curve = { label: 'a', x: [1, 2], y: [1, 2] }
test.each<[LinePlotOptions, string, RegExp]>([
  [{ series: [] }, 'EMPTY', /series is empty/],
  [{ series: [{ label: 'a', x: [], y: [] }] }, 'EMPTY', /series\[0\] 'a' has no points/],
  [{ series: [{ ...curve, y: [1] }] }, 'LENGTH_MISMATCH', /y has 1 numbers but x has 2/],
  [{ series: [{ ...curve, error: [1] }] }, 'LENGTH_MISMATCH', /error has 1/],
  [{ series: [{ ...curve, y: [1, Infinity] }] }, 'NON_FINITE', /number 1 is Infinity/],
  [{ series: [{ ...curve, error: [1, -1] }] }, 'VALUE', /error 1 is -1/],
  [{ series: [{ ...curve, x: [0, 1] }], x: { scale: 'log' } }, 'LOG_DOMAIN', /x reaches 0 on a logarithmic axis/],
  [{ series: [{ ...curve, y: [-1, 1] }], y: { scale: 'log' } }, 'LOG_DOMAIN', /y reaches -1/],
  [{ series: [{ ...curve, y: [0, 1] }], y: { scale: 'log', domain: [1, 2] } }, 'LOG_DOMAIN', /y reaches 0/],
  [{ series: [curve], y: { domain: [2, 1] } }, 'VALUE', /y.domain is \[2, 1\]/],
  [{ series: [curve], y: { scale: 'sqrt' as 'log' } }, 'VALUE', /y: scale is .sqrt./],
  [{ series: [curve], width: 50 }, 'VALUE', /width is 50: it must be a number of pixels, 200 to/],
])('bad input %#', (bad, code, message) => {
  expect(() => linePlot(bad)).toThrow(
    expect.objectContaining({
      name: code === 'VALUE' ? 'ValueError' : 'FigureError',
      code,
      message: expect.stringMatching(message),
    }),
  )
})

test('without a line there are the markers alone, however many', async () => {
  const x = Array.from({ length: 60 }, (_, i) => i)
  const cloud = { label: 'cloud', x, y: x.map((i) => (i * 37) % 60), line: false }
  const blues = async (series: LinePlotOptions['series']) => {
    const plot = linePlot({ series, width: 400, height: 300 })
    return (await pixelsOf(plot)).count([0, 0, plot.width, plot.height], blue)
  }
  const [markers, both] = [await blues([cloud]), await blues([{ ...cloud, line: true, markers: true }])]
  // a marker of radius 3.5 less its white rim
  expect(markers).toBeGreaterThan(60 * 20)
  expect(markers).toBeLessThan(60 * 39)
  expect(both).toBeGreaterThan(1.5 * markers)
})
