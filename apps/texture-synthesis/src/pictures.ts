// The figures: each texture beside its Gaussian twin and its synthesis, and the flatness of turbulence.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { ShapedArray } from '@scatterlab/tensor'

/** One texture and what was made of it. */
export interface Trio {
  readonly name: string
  /** The texture first. */
  readonly pictures: readonly ShapedArray[]
}

/** Grey levels shown, in deviations from the mean. */
const SHOWN = 2.5

/** A texture to a row, and what was made of it. */
export const trios = (title: string, all: readonly Trio[], made: readonly string[]): Figure =>
  imageGrid({
    title,
    images: all.flatMap(({ pictures }) =>
      pictures.map(({ data, shape }) => ({
        data: Float32Array.from(data, (v) => Math.max(-SHOWN, Math.min(SHOWN, v))),
        shape: [shape[0], shape[1]] as const,
      })),
    ),
    captions: all.flatMap(({ name }) => [name, ...made]),
    columns: 1 + made.length,
    range: [-SHOWN, SHOWN],
  })

/** Flatness by lag of one kind of picture: mean and deviation over draws. */
export interface FlatnessCurve {
  readonly label: string
  readonly lags: readonly number[]
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** ⟨δ⁴⟩/⟨δ²⟩² by lag, bars of one deviation over draws. */
export const flatnessPlot = (title: string, lag: string, curves: readonly FlatnessCurve[]): Figure =>
  linePlot({
    title,
    series: curves.map(({ label, lags, mean, deviation }) => ({
      label,
      x: [...lags],
      y: [...mean],
      error: [...deviation],
    })),
    x: { label: lag, scale: 'log', ticks: [...curves[0].lags] },
    y: { label: '⟨δ⁴⟩/⟨δ²⟩²' },
  })

/** Samples of a walk that are shown. */
const SHOWN_STEPS = 2048
/** How far the walks stand apart, in deviations of a step. */
const APART = 12

/** The steps of some walks, one above the other. */
export const stepsPlot = (walks: readonly { readonly label: string; readonly steps: ArrayLike<number> }[]): Figure =>
  linePlot({
    title: 'The steps of a walk, and of what shares its spectrum, moments or covariances',
    series: walks.map(({ label, steps }, i) => {
      const y = Array.from({ length: Math.min(SHOWN_STEPS, steps.length) }, (_, t) => steps[t] - APART * i)
      return { label, x: y.map((_, t) => t), y }
    }),
    x: { label: 'step' },
    y: { label: 'deviations' },
  })
