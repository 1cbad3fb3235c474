// The figures: photograph, labels and prediction side by side; which classes are taken for which; losses.
import { SCENE_CLASSES, SCENE_COLOURS, UNLABELLED } from '@scatterlab/datasets/scenes'
import { type Figure, drawing, heatMap, imageGrid, linePlot } from '@scatterlab/figures'
import type { EpochRecord } from '@scatterlab/nn'
import type { Confusion } from './scores.ts'

/** A scene, its labels, and what networks make of it. */
export interface Shown {
  readonly planes: Uint8Array
  readonly labels: Uint8Array
  readonly given: readonly Uint8Array[]
}

type Sides = readonly [height: number, width: number]

/** RGB planes as pixels. */
export function photograph(planes: Uint8Array, [height, width]: Sides): { data: Uint8Array; shape: number[] } {
  const area = height * width
  const data = new Uint8Array(3 * area)
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) data[3 * i + c] = planes[c * area + i]
  return { data, shape: [height, width, 3] }
}

/** Labels in the colours of CamVid. */
export function coloured(labels: Uint8Array, [height, width]: Sides): { data: Uint8Array; shape: number[] } {
  const data = new Uint8Array(3 * labels.length)
  labels.forEach((label, i) => data.set(SCENE_COLOURS[label], 3 * i))
  return { data, shape: [height, width, 3] }
}

/** Rows of a photograph, its labels and predictions. */
export function strip(scenes: readonly Shown[], sides: Sides, methods: readonly string[], title: string): Figure {
  const rows = scenes.map(({ planes, labels, given }) => [
    photograph(planes, sides),
    coloured(labels, sides),
    ...given.map((own) => coloured(own, sides)),
  ])
  const captions = rows.flatMap((row, i) =>
    i === rows.length - 1 ? ['scene', 'labels', ...methods] : row.map(() => ''),
  )
  return imageGrid({ title, images: rows.flat(), captions, columns: methods.length + 2, scale: 1 })
}

/** The classes and their colours. */
export function legend(): Figure {
  const names = [...SCENE_CLASSES, 'no class']
  const [column, line] = [120, 22]
  const entries = names.map((name, label) => {
    const [x, y] = [(label % 4) * column, Math.floor(label / 4) * line]
    const [r, g, b] = SCENE_COLOURS[label === SCENE_CLASSES.length ? UNLABELLED : label]
    return (
      `<rect x="${x}" y="${y}" width="14" height="14" fill="rgb(${r},${g},${b})"/>` +
      `<text x="${x + 20}" y="${y + 12}" font-size="12">${name}</text>`
    )
  })
  return drawing({ content: entries.join(''), width: 4 * column, height: 3 * line, title: 'Classes' })
}

/** Shares of each true class (rows) that were given each class, in per cent. */
export function confusionMap({ classes, counts }: Confusion, title: string): Figure {
  const shares = Float32Array.from(counts, (count, i) => {
    const row = Math.floor(i / classes)
    const total = counts.subarray(row * classes, (row + 1) * classes).reduce((sum, own) => sum + own, 0)
    return total > 0 ? (100 * count) / total : 0
  })
  return heatMap({
    title,
    data: shares,
    shape: [classes, classes],
    x: { label: `given class, 0 to ${classes - 1}: ${SCENE_CLASSES.slice(0, classes).join(', ')}` },
    y: { label: 'true class' },
    range: [0, 100],
    label: '% of the true class',
  })
}

/** Losses of each training, on the training scenes and on the validation drive. */
export function lossCurves(histories: ReadonlyMap<string, readonly EpochRecord[]>): Figure {
  return linePlot({
    title: 'Loss on the validation drive',
    series: [...histories].map(([label, history]) => ({
      label,
      x: history.map(({ step }) => step),
      y: history.map(({ validation }) => validation!.loss),
    })),
    x: { label: 'steps' },
    y: { label: 'cross-entropy, classes weighted' },
  })
}
