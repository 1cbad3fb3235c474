// The images that the inequalities are measured on: grey, of mean 0 and norm 1, so that ‖x‖ = 1 in every formula.
import { cifar10, take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { PHOTOGRAPHS, photographOrLeaves } from '@scatterlab/datasets/photographs'

/** A few images of one kind. */
export interface ImageSet {
  readonly name: string
  /** Images of mean 0 and norm 1, [count, side, side]. */
  readonly data: Float32Array
  readonly shape: readonly [count: number, side: number, side: number]
}

/** Where images come from. */
export interface Source {
  readonly dataFolder: string | undefined
  readonly signal: AbortSignal
  /** How many images of each set at most. */
  readonly count: number
  /** Side of the photographs' pieces. */
  readonly side: number
}

/** What was found, and what a reader must know of it. */
export interface Found {
  readonly sets: readonly ImageSet[]
  readonly data: string
  readonly note: string | undefined
}

/** Photographs and digits, or what stands in for them, and CIFAR-10 where the folder of data has it. */
export async function imageSets({ dataFolder: folder, signal, count, side }: Source): Promise<Found> {
  const found = []
  for (const name of PHOTOGRAPHS) found.push(await photographOrLeaves(name, { folder, signal, size: 2 * side }))
  const all = found.map(({ picture }) => picture)
  const pictures = all.filter(({ source }, i) => all.findIndex((other) => other.source === source) === i)
  const pieces = piecesOf(
    pictures.map(({ data }) => data),
    count,
    side,
  )
  const photographs = centred('photographs', pieces, side)

  const { digits, note } = await mnistOrSample({ folder, signal })
  const { images } = take(digits.test, Math.min(count, digits.test.labels.length))
  const mnist = centred('MNIST', toFloat32(images, { pad: [32, 32] }).data, 32)

  const small = await smallPictures(folder, signal, count)
  const missing = small ? [] : ['CIFAR-10 is not measured: its files were not found']
  const notes = [found[0].note, note, ...missing].filter((text) => text !== undefined)
  return {
    sets: [photographs, ...(small ? [small] : []), mnist],
    data:
      `${photographs.shape[0]} pieces of ${side}×${side} of ${pictures.length} pictures (${pictures[0].source}, and others); ` +
      `${small ? `CIFAR-10, the first ${small.shape[0]} test images; ` : ''}${digits.source}, the first ${mnist.shape[0]} test digits`,
    note: notes.length > 0 ? notes.join('. ') : undefined,
  }
}

/** Up to `count` quarters of pictures of twice the side: the first one of each picture, then the second ones, and so on. */
function piecesOf(pictures: readonly Float32Array[], count: number, side: number): Float32Array {
  const pieces = [0, 1, 2, 3].flatMap((quarter) =>
    pictures.map((picture) =>
      Float32Array.from({ length: side * side }, (_, at) => {
        const row = Math.floor(at / side) + (quarter > 1 ? side : 0)
        return picture[row * 2 * side + (at % side) + (quarter % 2) * side]
      }),
    ),
  )
  const chosen = pieces.slice(0, count)
  const out = new Float32Array(chosen.length * side * side)
  chosen.forEach((piece, i) => out.set(piece, i * piece.length))
  return out
}

/** CIFAR-10's first test images. */
async function smallPictures(
  folder: string | undefined,
  signal: AbortSignal,
  count: number,
): Promise<ImageSet | undefined> {
  if (folder === undefined || folder === 'sample') return undefined
  try {
    const { test } = await cifar10({ folder, signal, download: false })
    const { images } = take(test, Math.min(count, test.labels.length))
    return centred('CIFAR-10', grey(images.data, images.shape[0], 32), 32)
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}

/** Luminance of [count, 3, side, side] bytes. */
function grey(data: ArrayLike<number>, count: number, side: number): Float32Array {
  const size = side * side
  return Float32Array.from({ length: count * size }, (_, at) => {
    const start = Math.floor(at / size) * 3 * size + (at % size)
    return (0.299 * data[start] + 0.587 * data[start + size] + 0.114 * data[start + 2 * size]) / 255
  })
}

/** Takes the mean off each image and divides it by its norm. */
function centred(name: string, data: Float32Array, side: number): ImageSet {
  const size = side * side
  const count = data.length / size
  for (let i = 0; i < count; i++) {
    const own = data.subarray(i * size, (i + 1) * size)
    const mean = own.reduce((sum, v) => sum + v, 0) / size
    const norm = Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0))
    own.forEach((v, k) => (own[k] = (v - mean) / norm))
  }
  return { name, data, shape: [count, side, side] }
}
