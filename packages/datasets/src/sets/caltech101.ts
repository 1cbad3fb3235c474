// Classes of Caltech-101: photographs of an object each, brought to one size. Found in a folder; it is not downloaded.

import { dataFolder } from '#storage'
import { aSignal, checkOptions, oneOf } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { archiveOrFolder } from '../files/archive-or-folder.ts'
import { readImageBytes } from '../folders/image.ts'
import { aSide, aText, texts } from '../rules.ts'
import { labelsOf } from '../textures/texture-set.ts'
import type { ColourShape, LabelledImages } from './image-set.ts'

const SLIDE = 'caltech101-slide.tar.gz'
const WANTED = {
  places: ['caltech101-slide', 'caltech101', 'caltech-101', '101_ObjectCategories', '.'],
  archives: [SLIDE, '101_ObjectCategories.tar.gz'],
  most: 2 ** 28,
  isOwn: (file: string) => NAME.test(file),
}
const NAME = /^(?:\.\/)?(?:(?:101_ObjectCategories|caltech101-slide)\/)?([^/.]+)\/image_\d{4}\.jpg$/
/** Photographs of no class, which the set has beside its 101 classes. */
const BACKGROUND = 'BACKGROUND_Google'
const MOST_CLASSES = 256

/** Where Caltech-101 is, and what is read of it. */
export interface Caltech101Options {
  /**
   * The folder with `caltech101-slide.tar.gz`, `101_ObjectCategories.tar.gz` or a folder for each class, or one above it
   * (`caltech101-slide`, `caltech101`, `caltech-101`, `101_ObjectCategories`). By default SCATTERLAB_DATA.
   */
  readonly folder?: string | undefined
  /** Names of the classes in the order of their labels; by default all that are there but the background. */
  readonly classes?: readonly string[]
  /** Height and width of the pictures; by default 128. */
  readonly size?: number
  /** 'stretch' fills the size with the whole picture; 'crop' keeps the aspect and cuts out the middle. By default 'stretch'. */
  readonly fit?: 'crop' | 'stretch'
  /** Ends the reading: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Photographs [n, 3, size, size]; photograph i is of class `classes[labels[i]]`. */
export interface Caltech101 extends LabelledImages<ColourShape> {
  /** Names of the classes, by label. */
  readonly classes: readonly string[]
  /** The path of each photograph in its archive or folder, by class and then by name. */
  readonly files: readonly string[]
  /** One sentence: which set this is, and where it came from. */
  readonly source: string
}

/**
 * Photographs of some or all classes of Caltech-101, of any number a class; grey ones get three equal channels. Throws DatasetError:
 * NOT_FOUND where it is not, MISMATCH for a class that is not there, is asked for twice or is the only one, CORRUPT for a photograph that cannot be decoded;
 * or the signal's reason. Source: Fei-Fei, Fergus, Perona, Learning generative visual models from few training examples (2004).
 */
export async function caltech101(options: Caltech101Options = {}): Promise<Caltech101> {
  const {
    folder,
    classes: asked,
    size = 128,
    fit = 'stretch',
    signal,
  } = checkOptions('caltech101', options, {
    folder: aText,
    classes: texts,
    size: aSide,
    fit: oneOf('crop', 'stretch'),
    signal: aSignal,
  })
  const root = folder ?? dataFolder()
  const found = root === undefined ? undefined : await archiveOrFolder(root, WANTED)
  if (!found) {
    const where = root === undefined ? 'no folder was given' : `it is not in ${root}, nor in caltech101 there`
    throw new DatasetError(
      'NOT_FOUND',
      `Caltech-101: ${where}. Put ${SLIDE}, 101_ObjectCategories.tar.gz, or folders of its classes, CLASS/image_0001.jpg, into FOLDER/caltech101 and give \`folder: FOLDER\` or set SCATTERLAB_DATA=FOLDER`,
      { file: SLIDE },
    )
  }

  // the classes, and the files of each
  const { place, read } = found
  const byClass = new Map<string, string[]>()
  for (const file of found.files) {
    const name = NAME.exec(file)?.[1]
    if (name !== undefined) byClass.set(name, [...(byClass.get(name) ?? []), file])
  }
  const classes = asked ?? [...byClass.keys()].filter((name) => name !== BACKGROUND)
  const missing = classes.filter((name) => !byClass.has(name))
  if (
    missing.length > 0 ||
    classes.length < 2 ||
    classes.length > MOST_CLASSES ||
    new Set(classes).size < classes.length
  ) {
    const what =
      missing.length > 0
        ? `no class ${missing.join(' or ')}: get it, or ask for others by \`classes\`, of ${[...byClass.keys()].join(', ')}`
        : `${classes.length} classes to read (${classes.join(', ')}): give from two to ${MOST_CLASSES} different ones`
    throw new DatasetError('MISMATCH', `${place} holds ${what}`, { file: place })
  }
  const files = classes.flatMap((name) => byClass.get(name)!)
  const names = classes.flatMap((name) => byClass.get(name)!.map(() => name))

  // their pictures, one after the other
  const plane = 3 * size * size
  const data = new Uint8Array(files.length * plane)
  for (const [i, file] of files.entries()) {
    signal?.throwIfAborted()
    data.set((await readImageBytes(await read(file), file, { size, fit })).data, i * plane)
  }
  return {
    images: { data, shape: [files.length, 3, size, size] },
    labels: labelsOf(names, classes),
    classes,
    files,
    source: `Caltech-101: ${files.length.toLocaleString('en-US')} photographs of ${classes.length} classes (${listed(classes)}), from ${place}`,
  }
}

/** At most eight names. */
const listed = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 7).join(', ')} and ${names.length - 7} more`
