// The pictures: how flat orbits are, how far digits move, and a morph along an orbit.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import { STRENGTHS, type Stability } from './deformations.ts'
import type { Morph } from './morph.ts'

/** One number of each group, over the representations. */
export const byRepresentation = (
  title: string,
  label: string,
  names: readonly string[],
  series: Readonly<Record<string, readonly number[]>>,
): Figure =>
  linePlot({
    title,
    series: Object.entries(series).map(([label, y]) => ({ label, x: names.map((_, i) => i), y })),
    x: { ticks: names.map((_, i) => i), format: (i) => names[i] ?? '', domain: [-0.4, names.length - 0.6] },
    y: { label },
    width: 860,
  })

/** Distances against ‖∇τ‖∞ of some representations. */
export const distancePlot = (all: Readonly<Record<string, Stability>>): Figure =>
  linePlot({
    title: 'Deformed digits: how far what stands for them moves',
    series: Object.entries(all).map(([label, { distances }]) => ({
      label,
      x: [0, ...STRENGTHS],
      y: [0, ...distances],
    })),
    x: { label: '‖∇τ‖∞' },
    y: { label: '‖Φ D_τ x − Φ x‖ / ‖Φ x‖' },
  })

/** Three strips: the orbit, the mix of pixels, and the image of the mixed Φ. */
export function morphStrip(title: string, { orbit, pixels, phi, frames }: Morph, side: number): Figure {
  const rows = { orbit, 'pixels mixed': pixels, 'Φ mixed': phi }
  return imageGrid({
    title,
    images: Object.values(rows).flatMap((strip) =>
      Array.from({ length: frames }, (_, i) => ({
        data: strip.slice(i * side * side, (i + 1) * side * side),
        shape: [side, side] as [number, number],
      })),
    ),
    captions: Object.keys(rows).flatMap((name) => Array.from({ length: frames }, (_, i) => (i === 0 ? name : ''))),
    columns: frames,
    range: [0, 1],
    scale: Math.max(1, Math.round(96 / side)),
  })
}
