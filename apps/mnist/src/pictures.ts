// The pictures of the experiment: errors against the size of the training set, the digits that were taken for others, and what one
// digit's scattering looks like.
import { type Figure, imageGrid, linePlot, scatteringDisk } from '@scatterlab/figures'
import type { LabelledImages, GreyShape } from '@scatterlab/datasets'
import { type Row, standardError } from '@scatterlab/repro'
import type { Path } from '@scatterlab/scattering'
import { paper } from './published.ts'

/** Test error against training size, ours with one standard error beside the paper's curves. */
export function errorCurve(rows: readonly Row[]): Figure {
  const sizes = [...new Set(rows.map((row) => Number(row.settings.trainingSize)))]
  const ours = [...new Set(rows.map((row) => row.method))].map((method) => {
    const own = rows.filter((row) => row.method === method)
    return {
      label: method,
      x: own.map((row) => Number(row.settings.trainingSize)),
      y: own.map((row) => row.value),
      error: own.map((row) => standardError(row) ?? 0),
    }
  })
  const published = Object.entries(paper).flatMap(([method, errors]) => {
    const within = Object.entries(errors).filter(([size]) => Number(size) <= Math.max(...sizes))
    if (within.length === 0) return []
    return {
      label: `${method} (paper)`,
      x: within.map(([size]) => Number(size)),
      y: within.map(([, error]) => error),
      dashed: true,
    }
  })
  return linePlot({
    title: 'Handwritten digits, by scattering and by a ConvNet: test error',
    series: [...ours, ...published],
    x: { label: 'training images', scale: 'log', ticks: sizes },
    y: { label: 'test error, %', scale: 'log' },
  })
}

/** The first digits of the test set that were classified wrongly, each with its label and what it was taken for. */
export function misclassified(
  test: LabelledImages<GreyShape>,
  predicted: ArrayLike<number>,
  title: string,
  most = 50,
): Figure | null {
  const [, height, width] = test.images.shape
  const wrong = Array.from(test.labels.keys()).filter((i) => predicted[i] !== test.labels[i])
  if (wrong.length === 0) return null
  const shown = wrong.slice(0, most)
  const size = height * width
  return imageGrid({
    title: `${title}: ${shown.length === wrong.length ? `all ${wrong.length}` : `the first ${shown.length} of ${wrong.length}`} errors`,
    images: shown.map((i) => ({ data: test.images.data.subarray(i * size, (i + 1) * size), shape: [height, width] })),
    captions: shown.map((i) => `${test.labels[i]} → ${predicted[i]}`),
    columns: 10,
    range: [0, 255],
    scale: 2,
  })
}

/** The coefficients of one digit over its whole area, as disks of order 1 and 2. */
export function disk(paths: readonly Path[], values: ArrayLike<number>, digit: Uint8Array, side: number): Figure {
  // on a disk angles run counter-clockwise from the right; ours start at the row axis, which points down
  const turned = (theta: number): number => (((theta + Math.PI / 2) % Math.PI) + Math.PI) % Math.PI
  return scatteringDisk({
    title: 'Scattering of one digit: scale outwards to fine, angle for orientation',
    paths: paths.map(({ order, scales, angles }) => ({ order, scales, angles: angles.map(turned) })),
    values,
    image: { data: digit, shape: [side, side] },
  })
}
