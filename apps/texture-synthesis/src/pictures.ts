// The figures: each texture beside its Gaussian twin and its synthesis, and the flatness of turbulence.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { ShapedArray } from '@scatterlab/tensor'

/** One texture and what was made of its moments. */
export interface Trio {
  readonly name: string
  readonly original: ShapedArray<Float32Array>
  readonly gaussian: ShapedArray<Float64Array>
  readonly synthesis: ShapedArray<Float32Array>
}

/** Grey levels shown, in deviations from the mean. */
const SHOWN = 2.5

/** Two textures to a row, three pictures each. */
export const trios = (all: readonly Trio[]): Figure =>
  imageGrid({
    title: 'Textures, their Gaussian twins, and what shares their scattering moments',
    images: all.flatMap(({ original, gaussian, synthesis }) =>
      [original, gaussian, synthesis].map(({ data, shape }) => ({
        data: Float32Array.from(data, (v) => Math.max(-SHOWN, Math.min(SHOWN, v))),
        shape: [shape[0], shape[1]] as const,
      })),
    ),
    captions: all.flatMap(({ name }) => [name, 'Gaussian', 'synthesis']),
    columns: 3,
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
export const flatnessPlot = (curves: readonly FlatnessCurve[]): Figure =>
  linePlot({
    title: 'Turbulence: how rare large differences are',
    series: curves.map(({ label, lags, mean, deviation }) => ({
      label,
      x: [...lags],
      y: [...mean],
      error: [...deviation],
    })),
    x: { label: 'lag, pixels', scale: 'log', ticks: [...curves[0].lags] },
    y: { label: '⟨δ⁴⟩/⟨δ²⟩²' },
  })
