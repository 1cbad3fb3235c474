// KTH-TIPS in grey: 10 materials, 81 pictures of each at 9 distances. Found in a folder; it is not downloaded, as it has no
// licence that says so.

import { dataFolder } from '#storage'
import { aSignal, checkOptions } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { archiveOrFolder } from '../files/archive-or-folder.ts'
import { aText } from '../rules.ts'
import { pictureSet } from './picture-set.ts'
import type { TextureSet } from './texture-set.ts'

const ARCHIVE = 'kth-tips-grey.tar.gz'
const MOST_BYTES = 2 ** 28
const PLACES = ['kth-tips', 'KTH_TIPS_GRAY', 'KTH_TIPS', '.']
const NAME = /(^|\/)([^/]+)\/\d+-scale_(\d+)_im_(\d+)_(grey|gray|col)\.png$/

/** Where KTH-TIPS is. */
export interface KthTipsOptions {
  /** The folder with `kth-tips-grey.tar.gz` or the ten folders of pictures, or one above it. By default SCATTERLAB_DATA. */
  readonly folder?: string | undefined
  /** Ends the reading: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The 810 grey pictures of KTH-TIPS, in the order of their paths. 747 are 200×200; the other 63, of two classes, are
 * smaller, so that the size of a picture tells its class: do not show it to a classifier. Throws DatasetError NOT_FOUND
 * where it is not, MISMATCH where it is not whole, CORRUPT for a picture that cannot be decoded, or the signal's reason.
 * Source: Fritz, Hayman, Caputo, Eklundh, The KTH-TIPS database (2004).
 */
export async function kthTips(options: KthTipsOptions = {}): Promise<TextureSet> {
  const { folder, signal } = checkOptions('kthTips', options, { folder: aText, signal: aSignal })
  const root = folder ?? dataFolder()
  const wanted = { places: PLACES, archives: [ARCHIVE], most: MOST_BYTES, isOwn: (file: string) => NAME.test(file) }
  const found = root === undefined ? undefined : await archiveOrFolder(root, wanted)
  if (!found) {
    const where = root === undefined ? 'no folder was given' : `it is not in ${root}, nor in kth-tips there`
    throw new DatasetError(
      'NOT_FOUND',
      `KTH-TIPS: ${where}. Put ${ARCHIVE}, or its ten folders of pictures, into FOLDER/kth-tips and give \`folder: FOLDER\` or set SCATTERLAB_DATA=FOLDER`,
      { file: ARCHIVE },
    )
  }
  const files = found.files.filter((path) => NAME.test(path))
  const names = files.map((path) => NAME.exec(path)![2])
  const perClass = new Map<string, number>()
  for (const name of names) perClass.set(name, (perClass.get(name) ?? 0) + 1)
  const odd = [...perClass].find(([, count]) => count !== 81)
  if (perClass.size !== 10 || odd) {
    const what = odd ? `${odd[1]} pictures of ${odd[0]}, not 81` : `${perClass.size} classes, not 10`
    throw new DatasetError('MISMATCH', `${found.place} holds ${what}: get all of KTH-TIPS`, { file: found.place })
  }
  return pictureSet('KTH-TIPS', files, names, found.read, {
    source: `KTH-TIPS, grey: 810 pictures of 10 materials, from ${found.place}`,
    signal,
  })
}
