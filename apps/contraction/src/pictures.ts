// The pictures: one number of each depth for all networks on one axis, the same as a network learns, support vectors, variance, and α.
import { type Figure, type Series, linePlot } from '@scatterlab/figures'
import type { Moment } from './learning.ts'

/** One number at each depth. */
export interface Curve {
  readonly label: string
  readonly values: readonly number[]
  readonly dashed?: boolean
}

/** Curves over the number of non-linearities behind, the first at 0. */
export function byDepth(
  title: string,
  label: string,
  curves: readonly Curve[],
  scale: 'linear' | 'log' = 'linear',
): Figure {
  const deepest = Math.max(...curves.map(({ values }) => values.length)) - 1
  // a logarithm has no place for 0
  const series = curves.map(({ label, values, dashed = false }): Series => {
    const depths = [...values.keys()].filter((depth) => scale === 'linear' || values[depth] > 0)
    return { label, dashed, x: depths, y: depths.map((depth) => values[depth]) }
  })
  return linePlot({
    title,
    series: series.filter(({ x }) => x.length > 0),
    x: { label: 'non-linearities behind', ticks: [...Array(deepest + 1).keys()], domain: [-0.2, deepest + 0.2] },
    y: { label, scale },
    width: 720,
  })
}

const SHOWN = 6

/** The spread in classes at each depth, as it is at some moments of a training. */
export function asItLearns(title: string, moments: readonly Moment[]): Figure {
  // the first, the last, and those after which twice as many had gone by
  const last = moments.length - 1
  const chosen = [...new Set([0, 1, 2, 4, 8, 16, 32].filter((i) => i < last).slice(0, SHOWN - 1)), last]
  return byDepth(
    title,
    'distance in a class / between classes',
    chosen.map((i) => ({ label: `step ${moments[i].step}`, values: moments[i].spread })).toReversed(),
  )
}

/** |Γ_k| over k, of some layers. */
export const supportPlot = (title: string, total: number, curves: readonly Curve[]): Figure =>
  linePlot({
    title,
    series: curves.map(({ label, values, dashed = false }) => ({
      label,
      dashed,
      x: values.map((_, k) => k + 1),
      y: values.map((count) => (100 * count) / total),
      markers: false,
    })),
    x: { label: 'neighbours k' },
    y: {
      label: 'local support vectors, % of the points',
      domain: [0, ((100 * Math.max(...curves.map((c) => c.values[0]))) / total) * 1.04 || 1],
    },
    width: 720,
  })

/** The share of a class's variance that its first directions hold. */
export const variancePlot = (title: string, curves: readonly Curve[]): Figure =>
  linePlot({
    title,
    series: curves.map(({ label, values, dashed = false }) => ({
      label,
      dashed,
      x: values.map((_, power) => 2 ** power),
      y: values.map((share) => 100 * share),
    })),
    x: { label: 'directions', scale: 'log' },
    y: { label: '% of the variance in a class', domain: [0, 104] },
    width: 720,
  })

/** Errors over the share of channels that are rectified. */
export const sharePlot = (
  title: string,
  shares: readonly number[],
  errors: readonly { rate: number; deviation: number }[],
): Figure =>
  linePlot({
    title,
    series: [
      {
        label: 'error',
        x: shares,
        y: errors.map(({ rate }) => rate),
        error: errors.map(({ deviation }) => deviation),
      },
    ],
    x: { label: 'α, share of the channels that are rectified', domain: [-0.03, 1.03] },
    y: { label: 'error, unseen images, %' },
  })
