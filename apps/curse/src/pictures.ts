// The pictures: distances and errors against the number of points, and the same of digits.
import { type Figure, linePlot } from '@scatterlab/figures'
import type { Neighbourhood } from './digits.ts'
import { nearestDistanceWrapped, pairDistance } from './theory.ts'

/** What was measured in d dimensions, for growing n. */
export interface Measured {
  readonly d: number
  readonly sizes: readonly number[]
  /** Mean distances to the nearest point. */
  readonly torus: readonly number[]
  readonly cube: readonly number[]
  /** Of the nearest neighbour, over the deviation of f. */
  readonly error: readonly number[]
}

/** The distance to the nearest point over that of two points, measured and by theory. */
export const distancePlot = (measured: readonly Measured[]): Figure =>
  linePlot({
    title: 'The nearest of n uniform points: its distance over that of any two points',
    series: [
      {
        label: 'drawn',
        x: measured.flatMap(({ sizes }) => sizes),
        y: measured.flatMap(({ d, torus }) => torus.map((r) => r / pairDistance(d))),
        line: false,
      },
      ...measured.map(({ d, sizes }) => ({
        label: `theory, d = ${d}`,
        x: sizes,
        y: sizes.map((n) => nearestDistanceWrapped(n, d) / pairDistance(d)),
        markers: false,
      })),
    ],
    x: { label: 'points n', scale: 'log' },
    y: { label: 'mean nearest distance / √(d/6)', scale: 'log' },
  })

/** The error of the nearest neighbour's value. */
export const errorPlot = (measured: readonly Measured[]): Figure =>
  linePlot({
    title: 'f(x) taken from the nearest of n points: error over the deviation of f',
    series: measured.map(({ d, sizes, error }) => ({ label: `d = ${d}`, x: sizes, y: error })),
    x: { label: 'points n', scale: 'log' },
    y: { label: 'root mean square error / deviation', scale: 'log' },
  })

/** The nearest of n digits, by what stands for a digit. */
export const digitPlot = (found: Readonly<Record<string, readonly Neighbourhood[]>>): Figure =>
  linePlot({
    title: 'The nearest of n digits: its distance over that of any two digits',
    series: Object.entries(found).map(([label, own]) => ({
      label,
      x: own.map(({ size }) => size),
      y: own.map(({ nearest }) => nearest),
    })),
    x: { label: 'digits n', scale: 'log' },
    y: { label: 'mean nearest distance / mean distance', scale: 'log', domain: [0.2, 1] },
  })
