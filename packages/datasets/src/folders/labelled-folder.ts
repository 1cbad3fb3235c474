// A folder of labelled images as ImageNet lays them out, `folder/class/image`, of any size: listed at once, read batch
// by batch, so that it need not fit in memory. Files and threads are behind `#image-folder`.

import {
  aFunction,
  checkOptions,
  oneOf,
  trueOrFalse,
  ValueError,
  wholeNumber,
  aSignal,
  checkArgument,
} from '@scatterlab/tensor'
import { listClasses, openReader } from '#image-folder'
import { cutIntoBatches, type Batch, type BatchOptions } from '../batches/batches.ts'
import type { CropSize } from '../augmentation/crops.ts'
import { DatasetError } from '../errors.ts'
import { aSize, aText, batchRules, numbers, texts } from '../rules.ts'
import { toFloat32 } from '../sets/float-images.ts'
import type { ClassFolder, ImageReader, PassedOver } from './image-folder.ts'
import type { ColourShape, LabelledImages } from '../sets/image-set.ts'
import type { Fit } from './resize.ts'

/** How the images of a folder are brought to one size, and what is made of those that cannot be decoded. */
export interface FolderOptions {
  /**
   * Size of the images, a number for a square; by default 256. An image is scaled to just cover it, so that its shorter
   * side is that of a square, and the middle is cut out (Krizhevsky et al. 2012); see `fit`.
   */
  readonly size?: number | CropSize
  /** 'crop' keeps the aspect, 'stretch' fills the size with the whole image; by default 'crop'. */
  readonly fit?: 'crop' | 'stretch'
  /** Names of the classes in the order of their labels, as of the training folder; by default those of the folders. */
  readonly classes?: readonly string[]
  /** Whether images that cannot be decoded are left out and reported; by default the first one is an error. */
  readonly skipUndecodable?: boolean
  /** Told of each image that is left out, once. */
  readonly onSkip?: (skipped: SkippedImage) => void
  /** Threads that decode; by default as many as there are processors, less one. */
  readonly threads?: number
  /** Whether images in folders below the class folders count, `class/…/image`; by default those directly in a class. */
  readonly nested?: boolean
  /** The most pixels that an image may have before it is scaled; by default 67,108,864. Larger ones are not decoded. */
  readonly maxPixels?: number
}

/** An image that was left out, by its number and path, with the DatasetError that it would have been. */
export interface SkippedImage {
  /** Its number in the folder, from 0: where it stands in `files`. */
  readonly index: number
  /** Its path below the folder, `class/image`. */
  readonly file: string
  /** What a run that does not skip images would have thrown. */
  readonly error: DatasetError
}

/** Which images of a folder are read. */
export interface FolderLoadOptions {
  /** Numbers of the images, such as a part to validate on; by default all. */
  readonly indices?: ArrayLike<number>
  /** A smaller size that is cut out of the middle, such as 224 out of 256; by default the folder's. */
  readonly crop?: number | CropSize
  /** Stops it with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** How a folder is cut into batches. */
export interface FolderBatchOptions extends BatchOptions, FolderLoadOptions {}

/** Images of a folder in memory; `indices[i]` is the number of image i in the folder. */
export interface LoadedFolder extends LabelledImages<ColourShape, Uint16Array> {
  /** The numbers in the folder, as the images lie in memory. */
  readonly indices: Int32Array
}

/** A listed folder; image i is `files[i]`, of class `classes[labels[i]]`. */
export interface LabelledFolder {
  /** The path that was given. */
  readonly folder: string
  /** Names of the classes, by label; those of the folders in the order of code units, or `classes` of the options. */
  readonly classes: readonly string[]
  /** Paths below the folder, `class/image`, by class and then by name. */
  readonly files: readonly string[]
  /** The class of each image, a number of `classes`. */
  readonly labels: Uint16Array
  /** How many images there are. */
  readonly length: number
  /** The images left out so far. */
  readonly skipped: readonly SkippedImage[]
  /** What else is in the folder and is not read, and why: other files, hidden ones, links to nothing. */
  readonly passedOver: readonly PassedOver[]
  /**
   * One pass in batches of images [n, 3, height, width], scaled to [0, 1] unless `scale` says otherwise. Images that
   * are skipped make their batch smaller, or leave it out. Rejects with DatasetError CORRUPT, naming the file, for an
   * image that cannot be decoded, NOT_FOUND for one that is gone, or the signal's reason. Throws ValueError.
   */
  batches(options: FolderBatchOptions): AsyncGenerator<Batch<ColourShape, Uint16Array>, void, undefined>
  /** The images in memory, as bytes; rejects as `batches`. */
  load(options?: FolderLoadOptions): Promise<LoadedFolder>
}

const FOLDER_RULES = {
  size: aSize,
  fit: oneOf('crop', 'stretch'),
  classes: texts,
  skipUndecodable: trueOrFalse,
  onSkip: aFunction,
  threads: wholeNumber(1, 1024),
  nested: trueOrFalse,
  maxPixels: wholeNumber(1, 2 ** 31),
}
const LOAD_RULES = { indices: numbers, crop: aSize, signal: aSignal }
const BATCH_RULES = { ...batchRules, ...LOAD_RULES }

const MAX_CLASSES = 65_536
/** What a decoded image takes is 200 MB of three channels then. */
const MAX_PIXELS = 2 ** 26
const LOADED_AT_ONCE = 256

/**
 * Lists `folder`, each folder in it a class with its images (JPEG, PNG, GIF, BMP, WebP, TIFF, PBM, PGM and PPM; the first
 * frame of several), and reads no image yet. Classes are numbered by name in the order of code units. Throws
 * DatasetError: NOT_FOUND if there is no such folder, FORMAT if it holds no class folders, EMPTY if one of them holds no
 * image, MISMATCH for a class that is not in `classes`; and ValueError.
 */
export async function labelledFolder(folder: string, options: FolderOptions = {}): Promise<LabelledFolder> {
  checkArgument('labelledFolder: folder', folder, aText)
  const given = checkOptions('labelledFolder', options, FOLDER_RULES)
  const { size: asked = 256, fit = 'crop', skipUndecodable = false, onSkip, nested = false } = given
  const { threads, maxPixels = MAX_PIXELS } = given
  const size = pairOf(asked)
  const { classes: found, passedOver, oddPaths } = await listClasses(folder, nested)
  checkFolders(folder, found, passedOver)
  const classes = given.classes ?? found.map(({ name }) => name)
  const numbers = new Map(classes.map((name, label) => [name, label]))
  checkClasses(folder, found, classes, numbers)
  const files = found.flatMap(({ name, files }) => files.map((file) => `${name}/${file}`))
  const labels = Uint16Array.from(found.flatMap(({ name, files }) => files.map(() => numbers.get(name)!)))
  const skipped = new Map<number, SkippedImage>()

  /** The planes of these images, without those that are skipped. */
  async function decoded(reader: ImageReader, indices: Int32Array, how: Fit): Promise<ByteBatch> {
    const results = await Promise.allSettled(
      Array.from(indices, (i) => reader.read(`${folder}/${files[i]}`, how, oddPaths.get(files[i]))),
    )
    const kept: number[] = []
    const planes: Uint8Array[] = []
    for (const [at, result] of results.entries()) {
      const index = indices[at]
      if (result.status === 'fulfilled') {
        kept.push(index)
        planes.push(result.value)
        continue
      }
      const error: unknown = result.reason
      if (!skipUndecodable || !(error instanceof DatasetError) || error.code !== 'CORRUPT') throw error
      if (skipped.has(index)) continue
      const skip = { index, file: files[index], error }
      skipped.set(index, skip)
      onSkip?.(skip)
    }
    const data = new Uint8Array(kept.length * 3 * how.crop[0] * how.crop[1])
    for (const [i, plane] of planes.entries()) data.set(plane, i * plane.length)
    const own = Int32Array.from(kept)
    return {
      images: { data, shape: [kept.length, 3, ...how.crop] },
      labels: Uint16Array.from(own, (index) => labels[index]),
      indices: own,
    }
  }

  /** One pass over the images that `places` name, one batch for each; the threads end with it. */
  async function* pass(places: Iterable<Int32Array>, how: Fit, signal: AbortSignal | undefined) {
    signal?.throwIfAborted()
    const reader = openReader({ maxPixels, ...(threads !== undefined && { threads }) })
    const stop = () => void reader.close(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      for (const indices of places) {
        signal?.throwIfAborted()
        const batch = await decoded(reader, indices, how)
        if (batch.indices.length > 0) yield batch
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      await reader.close()
    }
  }

  const howToFit = (crop: number | CropSize = size): Fit => {
    const cut = pairOf(crop)
    if (cut[0] > size[0] || cut[1] > size[1]) {
      throw new ValueError(`crop ${cut.join('×')}: the images are ${size.join('×')}, raise \`size\``)
    }
    return { size, stretch: fit === 'stretch', crop: cut }
  }

  return {
    folder,
    classes,
    files,
    labels,
    length: files.length,
    passedOver,
    get skipped() {
      return [...skipped.values()]
    },
    batches(options) {
      const { indices, crop, signal, scale, pad, ...cut } = checkOptions('batches', options, BATCH_RULES, ['size'])
      const chosen = checkedIndices(indices, files.length)
      const order = cutIntoBatches(chosen.length, cut)
      const places = (function* () {
        for (const numbers of order) yield numbers.map((i) => chosen[i])
      })()
      const how = howToFit(crop)
      const float = { ...(scale !== undefined && { scale }), ...(pad && { pad }) }
      return (async function* () {
        for await (const batch of pass(places, how, signal)) {
          yield { ...batch, images: toFloat32(batch.images, float) }
        }
      })()
    },
    async load(options = {}) {
      const { indices, crop, signal } = checkOptions('load', options, LOAD_RULES)
      const chosen = checkedIndices(indices, files.length)
      const how = howToFit(crop)
      const imageSize = 3 * how.crop[0] * how.crop[1]
      const data = bytesFor(chosen.length, how.crop)
      const kept = new Int32Array(chosen.length)
      let count = 0
      const places = (function* () {
        for (const numbers of cutIntoBatches(chosen.length, { size: LOADED_AT_ONCE }))
          yield numbers.map((i) => chosen[i])
      })()
      for await (const batch of pass(places, how, signal)) {
        data.set(batch.images.data, count * imageSize)
        kept.set(batch.indices, count)
        count += batch.indices.length
      }
      return {
        images: { data: data.subarray(0, count * imageSize), shape: [count, 3, ...how.crop] },
        labels: Uint16Array.from(kept.subarray(0, count), (index) => labels[index]),
        indices: kept.subarray(0, count),
      }
    },
  }
}

type ByteBatch = LoadedFolder

const pairOf = (size: number | CropSize): CropSize => (typeof size === 'number' ? [size, size] : size)

function bytesFor(count: number, [height, width]: CropSize): Uint8Array {
  const length = count * 3 * height * width
  try {
    return new Uint8Array(length)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const message = `${count} images of 3×${height}×${width} take ${length} bytes, more than there are`
    throw new ValueError(`${message}: lower \`size\`, or load fewer by \`indices\``)
  }
}

function checkFolders(folder: string, found: readonly ClassFolder[], passedOver: readonly PassedOver[]): void {
  if (found.length === 0) {
    const layout = `${folder}/CLASS/IMAGE.jpg`
    throw new DatasetError('FORMAT', `${folder} holds no class folders: lay the images out as ${layout}`, {
      file: folder,
    })
  }
  const empty = found.filter(({ files }) => files.length === 0).map(({ name }) => name)
  if (empty.length > 0) {
    const which = `${folder} holds no images in ${empty.slice(0, 5).join(', ')}${empty.length > 5 ? ', …' : ''}`
    const other = passedOver.filter(({ file }) => file.startsWith(`${empty[0]}/`))
    const why = other.length > 0 ? ` (${other[0].file}: ${other[0].reason})` : ''
    throw new DatasetError('EMPTY', `${which}${why}: fill such class folders or remove them`, {
      file: `${folder}/${empty[0]}`,
    })
  }
}

function checkClasses(
  folder: string,
  found: readonly ClassFolder[],
  classes: readonly string[],
  numbers: ReadonlyMap<string, number>,
): void {
  if (classes.length > MAX_CLASSES || numbers.size < classes.length) {
    const fix = `give at most ${MAX_CLASSES} names, each once`
    throw new ValueError(`${classes.length} classes, ${numbers.size} of them different: ${fix}`)
  }
  const unknown = found.find(({ name }) => !numbers.has(name))
  if (unknown) {
    const message = `${folder} holds the class ${unknown.name}, which is not in \`classes\``
    throw new DatasetError('MISMATCH', `${message}: give the classes of the training folder`, {
      file: `${folder}/${unknown.name}`,
    })
  }
}

function checkedIndices(indices: ArrayLike<number> | undefined, count: number): Int32Array {
  if (!indices) return Int32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < indices.length; i++) {
    if (!Number.isSafeInteger(indices[i]) || indices[i] < 0 || indices[i] >= count) {
      throw new ValueError(`indices[${i}] is ${indices[i]}: the folder holds ${count} images, numbered from 0`)
    }
  }
  return Int32Array.from(indices)
}
