// The pictures of the deep half: how the training went, what the first filters see, which classes are taken for which, and the errors
// that the network is surest of.
import { CIFAR10_CLASSES, type ColourShape, type LabelledImages } from '@scatterlab/datasets'
import { type Figure, heatMap, imageGrid, linePlot } from '@scatterlab/figures'
import { confusion } from '@scatterlab/learn'
import type { EpochRecord, Weights } from '@scatterlab/nn'
import type { StepLoss } from '@scatterlab/repro'
import type { DeepRecipe } from './recipe.ts'

/** A network after its training. */
export interface Learned {
  readonly seed: number
  readonly history: readonly EpochRecord[]
  /** Of every step of this run, which a resumed one has not all. */
  readonly losses: readonly StepLoss[]
  readonly errors: number
}

/** Training loss by passes, of some steps together where all are known, and the loss on images held out where some are. */
export function lossCurves(learned: readonly Learned[], recipe: DeepRecipe): Figure {
  const { batch, training, held } = recipe
  const passes = ({ step }: { readonly step: number }): number => (step * batch) / training
  const series = learned.flatMap(({ seed, history, losses }) => {
    const points = losses.length === recipe.steps ? together(losses, Math.ceil(recipe.steps / 40)) : history
    return [
      { label: `training, seed ${seed}`, x: points.map(passes), y: points.map(({ loss }) => loss), markers: false },
      ...(held === 0
        ? []
        : [
            {
              label: `${held.toLocaleString('en')} images held out, labels not smoothed`,
              x: history.map(passes),
              y: history.map(({ validation }) => validation?.loss ?? 0),
              dashed: true,
            },
          ]),
    ]
  })
  return linePlot({
    title: 'The deep network on CIFAR-10',
    series,
    x: { label: 'passes' },
    y: { label: 'cross-entropy' },
  })
}

/** The mean loss of every `count` steps, at the last of them. */
function together(losses: readonly StepLoss[], count: number): StepLoss[] {
  return Array.from({ length: Math.floor(losses.length / count) }, (_, i) => {
    const own = losses.slice(i * count, (i + 1) * count)
    return { step: own.at(-1)!.step, loss: own.reduce((sum, { loss }) => sum + loss, 0) / count }
  })
}

/**
 * The filters of the second layer as sums of the patches that the first looks for: [count, 4, 4, 3]. As gelu(x) − gelu(−x) = x, a filter that
 * weighs a patch and its negative by a and b sees a − b of it. Each patch is drawn with the norm 1: as the first layer amplifies them,
 * nothing but its rarest and sharpest ones would be seen.
 */
export async function seenFilters({ parameters }: Weights): Promise<Float32Array[]> {
  const first = await parameters['whiten.weight'].read()
  const norms = Array.from({ length: first.length / 12 }, (_, channel) =>
    Math.hypot(...first.subarray(channel * 12, channel * 12 + 12)),
  )
  const second = parameters['group1.conv1.weight']
  const data = await second.read()
  const [count, channels] = second.shape
  return Array.from({ length: count }, (_, filter) => {
    const seen = new Float32Array(4 * 4 * 3)
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < 9; i++) {
        const weight = data[(filter * channels + channel) * 9 + i] / (norms[channel] || 1)
        for (let j = 0; j < 12; j++) {
          const [colour, place] = [Math.floor(j / 4), j % 4]
          const [y, x] = [Math.floor(i / 3) + Math.floor(place / 2), (i % 3) + (place % 2)]
          seen[(y * 4 + x) * 3 + colour] += weight * first[channel * 12 + j]
        }
      }
    }
    return seen
  })
}

/** Those filters in colour, grey being 0. */
export async function filterGrid(weights: Weights): Promise<Figure> {
  const filters = await seenFilters(weights)
  const images = filters.map((filter) => {
    const largest = filter.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1
    return { data: filter.map((v) => 0.5 + v / (2 * largest)), shape: [4, 4, 3] }
  })
  return imageGrid({
    title: `${filters.length} learned filters of 4×4 pixels`,
    images,
    columns: 16,
    range: [0, 1],
    scale: 9,
  })
}

/** How often each class was taken for each other one; the diagonal, which is right, is left at 0. */
export function confusionMatrix(predicted: Int32Array, labels: Uint8Array): Figure {
  const count = CIFAR10_CLASSES.length
  const { classes, counts } = confusion(predicted, labels)
  const between = (row: number, column: number): number =>
    row === column || Math.max(row, column) >= classes ? 0 : counts[row * classes + column]
  const data = Array.from({ length: count ** 2 }, (_, i) => between(Math.floor(i / count), i % count))
  return heatMap({
    title: `Errors among ${CIFAR10_CLASSES.join(', ')}`,
    data,
    shape: [count, count],
    label: 'test images',
    scale: 26,
    x: { label: 'taken for' },
    y: { label: 'class' },
  })
}

/** The wrongly classified images that the network was surest of. */
export function errorGrid(
  { images, labels }: LabelledImages<ColourShape>,
  outputs: Float32Array,
  classes: Int32Array,
  most = 30,
): Figure | null {
  const count = outputs.length / labels.length
  const sureness = (image: number): number => {
    const own = outputs.subarray(image * count, (image + 1) * count)
    const largest = Math.max(...own)
    return 1 / own.reduce((sum, z) => sum + Math.exp(z - largest), 0)
  }
  const wrong = Array.from(labels.keys()).filter((image) => classes[image] !== labels[image])
  const shown = wrong.toSorted((a, b) => sureness(b) - sureness(a)).slice(0, most)
  if (shown.length === 0) return null
  return imageGrid({
    title: `The ${shown.length} errors that it is surest of, out of ${wrong.length}`,
    images: shown.map((image) => pixelsLast(images.data.subarray(image * 3072, (image + 1) * 3072))),
    captions: shown.map(
      (image) =>
        `${CIFAR10_CLASSES[labels[image]]} → ${CIFAR10_CLASSES[classes[image]]} ${Math.round(100 * sureness(image))} %`,
    ),
    columns: 6,
    range: [0, 255],
    scale: 4,
  })
}

/** Planes of red, green and blue as pixels of three numbers. */
function pixelsLast(planes: Uint8Array): { data: Uint8Array; shape: number[] } {
  return { data: planes.map((_, i) => planes[(i % 3) * 1024 + Math.floor(i / 3)]), shape: [32, 32, 3] }
}
