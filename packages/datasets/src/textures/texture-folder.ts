// Texture databases as folders: a folder a class (CUReT, UIUC, KTH-TIPS), one folder of files named by class (UIUC's NNCMM),
// or pictures with lists of published splits (Outex).

import { filesBelow, readBytes } from '#texture-files'
import { aSignal, checkArgument, checkOptions } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { aText } from '../rules.ts'
import { pictureSet } from './picture-set.ts'
import type { PublishedSplit, TextureSet } from './texture-set.ts'

const IMAGE = /\.(jpe?g|png|gif|bmp|tiff?|p[bgp]m|webp)$/i
const NAMED_BY_CLASS = /^(\d+)[Cc]\d+\.\w+$/

/** How a folder of textures is read. */
export interface TextureFolderOptions {
  /** What the set is called in results; by default the folder's name. */
  readonly title?: string
  /** Ends the reading: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The grey pictures in `folder`, of their own sizes: FOLDER/CLASS/IMAGE; or FOLDER/NNCMM.jpg, NN the class; or Outex's
 * FOLDER/images/IMAGE with FOLDER/000/train.txt and test.txt (and 001 …), whose lines are `IMAGE LABEL` and which become `splits`. Throws
 * DatasetError: NOT_FOUND for no such folder, FORMAT for another layout, MISMATCH for a list that names a picture that is
 * missing, CORRUPT for a picture that cannot be decoded, or the signal's reason.
 */
export async function textureFolder(folder: string, options: TextureFolderOptions = {}): Promise<TextureSet> {
  checkArgument('textureFolder: folder', folder, aText)
  const { title = folder.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, ''), signal } = checkOptions(
    'textureFolder',
    options,
    { title: aText, signal: aSignal },
  )
  const files = await filesBelow(folder)
  if (!files) throw new DatasetError('NOT_FOUND', `there is no folder ${folder}: give another`, { file: folder })
  const read = (file: string): Promise<Uint8Array> => readBytes(`${folder}/${file}`)
  const images = files.filter((file) => IMAGE.test(file))
  const source = (count: number): string => `${title}: ${count} pictures from the folder ${folder}`

  const lists = files.filter((file) => /^\d{3}\/train\.txt$/.test(file))
  if (lists.length > 0) {
    const { named, names, splits } = await publishedSplits(files, images, lists, read)
    return pictureSet(title, named, names, read, { source: source(named.length), splits, signal })
  }
  const flat = images.filter((file) => NAMED_BY_CLASS.test(file))
  const inClasses = images.filter((file) => file.split('/').length === 2)
  const chosen = inClasses.length > 0 ? inClasses : flat
  const names = chosen.map((file) => (inClasses.length > 0 ? file.split('/')[0] : NAMED_BY_CLASS.exec(file)![1]))
  if (new Set(names).size < 2) {
    const layouts = 'FOLDER/CLASS/IMAGE, FOLDER/NNCMM.jpg, or FOLDER/images with FOLDER/000/train.txt and test.txt'
    throw new DatasetError('FORMAT', `${folder} is laid out as no texture set that is read: give ${layouts}`, {
      file: folder,
    })
  }
  return pictureSet(title, chosen, names, read, { source: source(chosen.length), signal })
}

/** The pictures that Outex's lists name; a list may call a picture by another ending. */
async function publishedSplits(
  files: readonly string[],
  images: readonly string[],
  lists: readonly string[],
  read: (file: string) => Promise<Uint8Array>,
): Promise<{ named: string[]; names: string[]; splits: PublishedSplit[] }> {
  const stem = (file: string): string => file.replace(/^.*\//, '').replace(/\.\w+$/, '')
  const byStem = new Map(images.map((file) => [stem(file), file]))
  const numbers = new Map<string, number>()
  const names: string[] = []
  const rowsOf = async (list: string): Promise<Int32Array> => {
    const lines = new TextDecoder()
      .decode(await read(list))
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
    const rows: number[] = []
    for (const [picture, label] of lines) {
      if (label === undefined) continue // the count, in the first line
      const file = byStem.get(stem(picture))
      if (!file)
        throw new DatasetError('MISMATCH', `${list} names ${picture}, which is not there: get it`, { file: list })
      const row = numbers.get(file) ?? numbers.size
      numbers.set(file, row)
      names[row] = label
      rows.push(row)
    }
    return Int32Array.from(rows)
  }
  const splits: PublishedSplit[] = []
  for (const train of lists) {
    const name = train.slice(0, 3)
    const test = `${name}/test.txt`
    if (!files.includes(test))
      throw new DatasetError('MISMATCH', `${train} has no ${test} beside it: get it`, { file: test })
    splits.push({ name, training: await rowsOf(train), test: await rowsOf(test) })
  }
  return { named: [...numbers.keys()], names, splits }
}
