// Pictures as the network takes them: a batch of whole ones for looking at, and for training each moved, scaled, mirrored and lit anew.
import type { LabelledScenes } from '@scatterlab/datasets/scenes'
import { UNLABELLED } from '@scatterlab/datasets/scenes'
import type { Batch, Batches, Pass } from '@scatterlab/nn'
import type { Random } from '@scatterlab/tensor'
import { type PlaceLabels, placeLabels } from './pixel-loss.ts'

/** How pictures are changed for training. */
export interface Augmentation {
  /** Sizes from 1/zoom to zoom. */
  readonly zoom: number
  /** Contrast from 1 − light to 1 + light, brightness within a third of that. */
  readonly light: number
}

/** Pictures and labels of one size. */
interface Crops {
  readonly images: { readonly data: Float32Array; readonly shape: readonly number[] }
  readonly labels: { readonly data: Uint8Array; readonly shape: readonly [number, number, number] }
}

/** How a scene is looked at: row = top + (y + ½)/zoom and so on, in pixels of the scene. */
interface View {
  readonly zoom: number
  readonly top: number
  readonly left: number
  readonly mirrored: boolean
  /** By channel: value·gain + offset. */
  readonly gain: readonly number[]
  readonly offset: number
}

/** Scenes from `from` on in the middle of frames of these sides, which may be smaller or larger than they: no labels and the edge's colours beyond. */
export function centred(
  { images, labels }: LabelledScenes,
  from: number,
  count: number,
  [rows, columns]: readonly [number, number],
): Crops {
  const [, , height, width] = images.shape
  const view = {
    zoom: 1,
    top: (height - rows) / 2,
    left: (width - columns) / 2,
    mirrored: false,
    gain: [1, 1, 1],
    offset: 0,
  }
  const whole = { ...view, top: Math.ceil(view.top), left: Math.ceil(view.left) }
  return crops(
    { images, labels },
    Array.from({ length: count }, (_, i) => from + i),
    [rows, columns],
    () => whole,
  )
}

/** Passes over scenes in an order drawn anew, `batch` at a time, each changed at random; the last ones of an order that fill no batch are left out. */
export const trainingPasses =
  (
    scenes: LabelledScenes,
    options: Augmentation & {
      readonly batch: number
      readonly sides: readonly [number, number]
      readonly passesPerLook: number
      readonly stride: number
      readonly weights: ArrayLike<number>
    },
  ) =>
  ({ random }: Pass): Batches<PlaceLabels> =>
    training(scenes, options, random)

function* training(
  scenes: LabelledScenes,
  options: Parameters<typeof trainingPasses>[1],
  stream: Random,
): Generator<Batch<PlaceLabels>> {
  const { batch, sides, passesPerLook, stride, weights } = options
  for (let pass = 0; pass < passesPerLook; pass++) {
    const order = stream.permutation(scenes.names.length)
    for (let from = 0; from + batch <= order.length; from += batch) {
      const { images, labels } = crops(scenes, order.slice(from, from + batch), sides, () =>
        drawnView(scenes.labels.shape, sides, options, stream),
      )
      yield { images, labels: placeLabels(labels.data, labels.shape, stride, weights) }
    }
  }
}

/** One pass over scenes that are only looked at, with weights of the classes. */
export function* plainPass(
  scenes: LabelledScenes,
  {
    sides,
    stride,
    weights,
    batch,
  }: { sides: readonly [number, number]; stride: number; weights: ArrayLike<number>; batch: number },
): Generator<Batch<PlaceLabels>> {
  for (let from = 0; from < scenes.names.length; from += batch) {
    const { images, labels } = centred(scenes, from, Math.min(batch, scenes.names.length - from), sides)
    yield { images, labels: placeLabels(labels.data, labels.shape, stride, weights) }
  }
}

/** A way to look at a scene, so that its frame reaches beyond the scene no further than it must. */
function drawnView(
  [, height, width]: readonly [number, number, number],
  [rows, columns]: readonly [number, number],
  { zoom: most, light }: Augmentation,
  stream: Random,
): View {
  const within = (low: number, high: number): number => low + (high - low) * stream.uniform()
  const zoom = Math.exp(within(-Math.log(most), Math.log(most)))
  // where the frame is the larger one it is put so that the scene lies somewhere in it
  const corner = (length: number, side: number): number =>
    within(Math.min(0, length - side / zoom), Math.max(0, length - side / zoom))
  const gain = within(1 - light, 1 + light)
  return {
    zoom,
    top: corner(height, rows),
    left: corner(width, columns),
    mirrored: stream.uniform() < 0.5,
    gain: [0, 1, 2].map(() => gain * within(1 - light / 4, 1 + light / 4)),
    offset: within(-light / 3, light / 3),
  }
}

/** The scenes of these numbers, colours interpolated between pixels, labels those of the nearest one. */
function crops(
  { images, labels }: Pick<LabelledScenes, 'images' | 'labels'>,
  numbers: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  view: () => View,
): Crops {
  const [, , height, width] = images.shape
  const area = rows * columns
  const source = images.data
  const data = new Float32Array(numbers.length * 3 * area)
  const classes = new Uint8Array(numbers.length * area)
  for (let item = 0; item < numbers.length; item++) {
    const { zoom, top, left, mirrored, gain, offset } = view()
    const { first, second, share, nearest } = sampling(columns, width, left, zoom, mirrored)
    const down = sampling(rows, height, top, zoom, false)
    const own = numbers[item] * height * width
    for (let y = 0, at = 0; y < rows; y++) {
      const row = down.nearest[y]
      for (let x = 0; x < columns; x++, at++) {
        const column = nearest[x]
        classes[item * area + at] = row < 0 || column < 0 ? UNLABELLED : labels.data[own + row * width + column]
      }
      for (let c = 0; c < 3; c++) {
        const plane = (3 * numbers[item] + c) * height * width
        const above = plane + down.first[y] * width
        const below = plane + down.second[y] * width
        const v = down.share[y]
        const to = (3 * item + c) * area + y * columns
        const scale = gain[c] / 255
        for (let x = 0; x < columns; x++) {
          const x0 = first[x]
          const x1 = second[x]
          const upper = source[above + x0] + (source[above + x1] - source[above + x0]) * share[x]
          const lower = source[below + x0] + (source[below + x1] - source[below + x0]) * share[x]
          data[to + x] = (upper + (lower - upper) * v) * scale + offset
        }
      }
    }
  }
  return {
    images: { data, shape: [numbers.length, 3, rows, columns] },
    labels: { data: classes, shape: [numbers.length, rows, columns] },
  }
}

/** Which two pixels of a line each new one lies between, and which is nearest; −1 beyond the line. */
function sampling(count: number, length: number, from: number, zoom: number, reversed: boolean) {
  const [first, second, nearest] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)]
  const share = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const place = from + ((reversed ? count - 1 - i : i) + 0.5) / zoom
    const held = Math.min(Math.max(place - 0.5, 0), length - 1)
    first[i] = Math.floor(held)
    second[i] = Math.min(first[i] + 1, length - 1)
    share[i] = held - first[i]
    nearest[i] = place < 0 || place >= length ? -1 : Math.floor(place)
  }
  return { first, second, nearest, share }
}
