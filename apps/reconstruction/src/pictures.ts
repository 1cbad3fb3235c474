// The figures: what comes back at each scale and order, and how like it is.
import { type Figure, imageGrid, linePlot } from '@scatterlab/figures'
import type { Picture } from './likeness.ts'

/** PSNR by scale. */
export interface Curve {
  readonly label: string
  readonly scales: number[]
  readonly psnr: number[]
}

/** Rows of pictures, one an order: the original, then each scale. */
export function reconstructions(kind: string, rows: readonly Picture[][], orders: readonly number[]): Figure {
  const columns = Math.max(...rows.map(({ length }) => length))
  const blank = (picture: Picture): Picture => ({ ...picture, data: new Float32Array(picture.data.length).fill(1) })
  const filled = rows.flatMap((row) => Array.from({ length: columns }, (_, i) => row[i] ?? blank(row[0])))
  const captions = rows.flatMap((row, r) =>
    Array.from({ length: columns }, (_, i) =>
      i === 0 ? `order ${orders[r]}: original` : i < row.length ? `J = ${i}` : '',
    ),
  )
  const { data } = rows[0][0]
  return imageGrid({
    title: `What comes back of ${kind}`,
    images: filled.map(({ data: own, shape }) => ({ data: own, shape })),
    captions,
    columns,
    range: [Math.min(...data), Math.max(...data)],
  })
}

/** The likeness by scale, a curve for each kind and order. */
export const likenessPlot = (curves: readonly Curve[]): Figure =>
  linePlot({
    title: 'Pictures from their scattering coefficients',
    series: curves.map(({ label, scales, psnr }) => ({ label, x: scales, y: psnr })),
    x: { label: 'J', ticks: [...new Set(curves.flatMap(({ scales }) => scales))] },
    y: { label: 'PSNR, dB' },
  })
