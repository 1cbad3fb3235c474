// What a network is trained on: some items with what is known of them, checked before anything is computed.
import {
  type Backend,
  type IntegerArray,
  type RealArray,
  type RealDType,
  type Rule,
  type ShapedArray,
  ScatterlabError,
  ShapeError,
  Tensor,
  formatShape,
  onBackend,
  reference,
  sameShape,
  tensor,
  checkArgument,
} from '@scatterlab/tensor'
import { classNumbers, isNumbers, isRecord } from '../arguments.ts'
import type { Network, Weights } from '../network.ts'

/** Items as numbers, of shape [items, …shape of one]; grey images may leave out their one channel. */
export type Images = ShapedArray<RealArray | IntegerArray>

/** Some items and their labels, or whatever else the loss compares with. */
export interface Batch<T = ArrayLike<number>> {
  /** The items, [items, …shape of one]. */
  readonly images: Images | Tensor
  /** One for each item; class numbers from 0, unless the loss takes something else. */
  readonly labels: T
}

/** One pass over a set. */
export type Batches<T = ArrayLike<number>> = AsyncIterable<Batch<T>> | Iterable<Batch<T>>

/** A label is no class of the network. `code` is `LABEL`. */
export class LabelError extends ScatterlabError {
  /** Which item of the batch, from 0. */
  readonly item: number
  /** The number that is no class. */
  readonly label: number
  /** How many classes the network has. */
  readonly classes: number
  constructor(where: string, item: number, label: number, classes: number) {
    super('LABEL', `${where}: label ${label} of item ${item}: the network has ${classes} classes, 0 to ${classes - 1}`)
    this.item = item
    this.label = label
    this.classes = classes
  }
}

/** A pass over a set gave nothing. `code` is `EMPTY`. */
export class EmptyPassError extends ScatterlabError {
  constructor(where: string) {
    super('EMPTY', `${where} gave no batch: is the set empty, or smaller than a batch of which the rest is dropped?`)
  }
}

/** Where weights live and of which type they are. */
export function placeOf({ parameters, state }: Weights): { readonly dtype: RealDType; readonly backend: Backend } {
  const [first] = [...Object.values(parameters), ...Object.values(state)]
  return { dtype: first?.dtype === 'float64' ? 'float64' : 'float32', backend: first?.backend ?? reference }
}

const someImages: Rule = (value) =>
  value instanceof Tensor || (isRecord(value) && isNumbers(value['data']) && Array.isArray(value['shape']))
    ? undefined
    : 'a Tensor or { data, shape }, the data in a typed array of numbers'

/** Throws `ValueError` for a batch without images, `ShapeError` unless these are items of the network, at least one of them; see `Images`. */
export function checkImages({ input }: Network, batch: Batch<unknown>, where: string): void {
  checkArgument(where, batch, (value) => (isRecord(value) ? undefined : 'a batch { images, labels }'))
  checkArgument(`${where}: images`, batch.images, someImages)
  const { shape } = batch.images
  const item = shape.slice(1)
  const isGrey = input.length === 3 && input[0] === 1 && sameShape(item, input.slice(1))
  if (!(sameShape(item, input) || isGrey) || shape[0] < 1) {
    const asked = `[items, ${input.join(', ')}]`
    throw new ShapeError(`${where}: the network takes images of shape ${asked}, given ${formatShape(shape)}`)
  }
}

/** Throws `ValueError` for labels that are no list, `LabelError` for the first that is no class, `ShapeError` unless there is one for each item. */
export function checkLabels(labels: ArrayLike<number>, items: number, classes: number, where: string): void {
  checkArgument(`${where}: labels`, labels, classNumbers)
  if (labels.length !== items) throw new ShapeError(`${where}: ${labels.length} labels for ${items} images`)
  for (let i = 0; i < items; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes)
      throw new LabelError(where, i, labels[i], classes)
  }
}

/** Images that were checked as a tensor where the weights are: [items, …input]. */
export function imageTensor({ input }: Network, images: Images | Tensor, place: ReturnType<typeof placeOf>): Tensor {
  const shape = [images.shape[0], ...input]
  if (!(images instanceof Tensor)) return tensor(images.data, shape, place)
  const there = onBackend(images, place.backend)
  return (there.dtype === place.dtype ? there : there.clone(place.dtype)).reshape(...shape)
}
