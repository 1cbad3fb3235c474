// The pictures: level sets before and after Φ, what is left unexplained along the layers, and digits projected to one number.
import { type Figure, linePlot } from '@scatterlab/figures'
import type { Toy } from './toys.ts'

/** The points of a toy, marked by their level, in two coordinates. */
export function levelSets(
  title: string,
  { values, points, phi }: Toy,
  coordinates?: readonly [number, number],
): Figure {
  const { data, shape } = coordinates ? phi : points
  const [a, b] = coordinates ?? [0, 1]
  const levels = [...new Set(values)]
  return linePlot({
    title,
    series: levels.map((t) => {
      const rows = [...values.keys()].filter((i) => values[i] === t)
      return {
        label: `f = ${t < 0 ? '−' : ''}${Math.abs(t)}`,
        x: rows.map((i) => data[i * shape[1] + a]),
        y: rows.map((i) => data[i * shape[1] + b]),
        line: false,
      }
    }),
    width: 460,
    height: 400,
  })
}

/** One number for each Φ, in their order. */
export const alongLayers = (names: readonly string[], series: Readonly<Record<string, readonly number[]>>): Figure =>
  linePlot({
    title: 'What no linear function of Φ explains of the class',
    series: Object.entries(series).map(([label, y]) => ({ label, x: names.map((_, i) => i), y })),
    x: { ticks: names.map((_, i) => i), format: (i) => names[i] ?? '', domain: [-0.4, names.length - 0.6] },
    y: { label: '1 − R², unseen digits', domain: [0, 1] },
    width: 820,
  })

const BINS = 40

/** How the projections of two classes are distributed. */
export function projected(
  title: string,
  projections: Float64Array,
  labels: Uint8Array,
  names: readonly [string, string],
): Figure {
  const [low, high] = [-2, 2]
  const centres = Array.from({ length: BINS }, (_, i) => low + ((i + 0.5) * (high - low)) / BINS)
  return linePlot({
    title,
    series: names.map((label, own) => {
      const counts = centres.map(() => 0)
      const mine = [...projections].filter((_, i) => labels[i] === own)
      for (const value of mine) {
        const bin = Math.floor(((value - low) / (high - low)) * BINS)
        counts[Math.min(BINS - 1, Math.max(0, bin))]++
      }
      return { label, x: centres, y: counts.map((count) => count / mine.length), markers: false }
    }),
    x: { label: '⟨Φ(x), w⟩ + b' },
    y: { label: 'share of the digits' },
  })
}
