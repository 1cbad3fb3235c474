// The figures: photograph, labels and prediction side by side; which classes are taken for which; losses.
import { SCENE_CLASSES, SCENE_COLOURS, UNLABELLED } from '@scatterlab/datasets/scenes'
import { type Figure, drawing, imageGrid, linePlot } from '@scatterlab/figures'
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

/** Shares of each true class (rows) that were given each class, in per cent; empty rows for classes that do not occur. */
export function confusionTable({ classes, counts }: Confusion, title: string): Figure {
  const [side, left, top] = [38, 92, 88]
  const names = SCENE_CLASSES.slice(0, classes)
  const middle = (i: number): number => i * side + side / 2
  const across = names.map(
    (name, i) =>
      `<text x="0" y="0" font-size="12" transform="translate(${left + middle(i) + 4} ${top - 8}) rotate(-60)">${name}</text>`,
  )
  const down = names.map(
    (name, i) => `<text x="${left - 8}" y="${top + middle(i) + 4}" font-size="12" text-anchor="end">${name}</text>`,
  )
  const cells = names.flatMap((_, truth) => {
    const own = counts.subarray(truth * classes, (truth + 1) * classes)
    const total = own.reduce((sum, count) => sum + count, 0)
    return Array.from(total > 0 ? own : [], (count, given) => {
      const share = count / total
      const [x, y] = [left + given * side, top + truth * side]
      const ink = share > 0.5 ? '#ffffff' : '#222222'
      return (
        `<rect x="${x}" y="${y}" width="${side - 1}" height="${side - 1}" fill="#1d4e89" fill-opacity="${share.toFixed(3)}"/>` +
        `<text x="${x + side / 2}" y="${y + side / 2 + 4}" font-size="11" text-anchor="middle" fill="${ink}">${(100 * share).toFixed(0)}</text>`
      )
    })
  })
  const [width, height] = [left + classes * side + 20, top + classes * side]
  return drawing({ content: [...across, ...down, ...cells].join(''), width, height, title })
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
