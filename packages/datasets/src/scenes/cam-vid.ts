// CamVid: street scenes from a driving car with a class for each pixel, by the split of SegNet. Found in a folder; it is not
// downloaded, as it may be used for research and at home only.

import { dataFolder } from '#storage'
import { aSignal, checkOptions } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { type FoundFiles, archiveOrFolder } from '../files/archive-or-folder.ts'
import { sha256 } from '../files/sha256.ts'
import { aText } from '../rules.ts'
import type { SceneSet } from './scene-set.ts'
import { type ScenePair, scenesOf } from './scene-pairs.ts'

const ARCHIVE = 'camvid-240x180.tar.gz'
/** Of the archive, at 240×180. */
const CHECKSUM = '5f3b8c3277d1859ca79266801f5a80c893d5e35cdad423bb185df774cda20f84'
const MOST_BYTES = 2 ** 30
const PLACES = ['camvid', 'CamVid', 'camvid-240x180', '.']
const PICTURE = /(?:^|\/)(train|val|test)\/([^/]+)\.(?:jpe?g|png)$/i
const LABELS = /(?:^|\/)(train|val|test)annot\/([^/]+)\.png$/i
const COUNTS = { train: 367, val: 101, test: 233 }

/** Where CamVid is. */
export interface CamVidOptions {
  /**
   * The folder with `camvid-240x180.tar.gz`, or with the folders `train`, `trainannot`, `val`, `valannot`, `test` and `testannot`, or one above it
   * (`camvid`, `CamVid`). By default SCATTERLAB_DATA.
   */
  readonly folder?: string | undefined
  /** Ends the reading: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

type Part = keyof typeof COUNTS

/**
 * CamVid as SegNet has it: 367 scenes to train on, 101 to validate, 233 to test, of any one size. Throws DatasetError: NOT_FOUND where it is not,
 * MISMATCH for a picture without labels (or the reverse), for a drive that is missing and for sizes that differ, FORMAT for labels beyond the list
 * or in colours, CORRUPT for a file that cannot be decoded; or the signal's reason. Source: Brostow, Fauqueur, Cipolla (2009).
 */
export async function camVid(options: CamVidOptions = {}): Promise<SceneSet> {
  const { folder, signal } = checkOptions('camVid', options, { folder: aText, signal: aSignal })
  const root = folder ?? dataFolder()
  // a folder that only holds other sets may have a `train` of its own
  const wanted = { places: PLACES, archives: [ARCHIVE], most: MOST_BYTES, isOwn: (file: string) => LABELS.test(file) }
  const found = root === undefined ? undefined : await archiveOrFolder(root, wanted)
  if (!found) {
    const where = root === undefined ? 'no folder was given' : `it is not in ${root}, nor in camvid there`
    throw new DatasetError(
      'NOT_FOUND',
      `CamVid: ${where}. Put ${ARCHIVE}, or the folders train, trainannot, val, valannot, test and testannot of SegNet's CamVid, into FOLDER/camvid and give \`folder: FOLDER\` or set SCATTERLAB_DATA=FOLDER`,
      { file: ARCHIVE },
    )
  }
  const { place, read, archive } = found
  const checksum = archive && (await sha256(archive))
  const pairs = pairsOf(found)
  const size: { shape?: readonly [number, number] } = {}
  const part = (name: Part): ReturnType<typeof scenesOf> => scenesOf(pairs[name], read, size, signal)
  const [train, validation, test] = [await part('train'), await part('val'), await part('test')]
  const whole = (['train', 'val', 'test'] as const).every((name) => pairs[name].length === COUNTS[name])
  const canonical = whole && checksum === CHECKSUM
  const counts = [train, validation, test].map(({ names }) => names.length).join(' / ')
  const [height, width] = size.shape!
  const source =
    `CamVid${whole ? '' : ', not all of it'}: ${counts} scenes to train, validate and test, ${width}×${height}, from ${place}` +
    (checksum === undefined || canonical ? '' : ' (its checksum is not the known one)')
  return { train, validation, test, source, canonical }
}

/** The pictures of each drive beside their labels, by name. Throws DatasetError MISMATCH unless they belong together. */
function pairsOf({ files, place }: FoundFiles): Record<Part, ScenePair[]> {
  const byName = (pattern: RegExp): Map<string, string> => {
    // the archive has two scenes at twice the size as well
    const entries = files.flatMap((file): [string, string][] => {
      const [, part, name] = file.includes('original-480x360/') ? [] : (pattern.exec(file) ?? [])
      return part === undefined ? [] : [[`${part.toLowerCase()}/${name}`, file]]
    })
    return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  const [pictures, labels] = [byName(PICTURE), byName(LABELS)]
  const alone =
    [...pictures.keys()].find((key) => !labels.has(key)) ?? [...labels.keys()].find((key) => !pictures.has(key))
  if (alone !== undefined) {
    const [has, lacks] = pictures.has(alone) ? ['a picture', 'labels'] : ['labels', 'a picture']
    const file = (pictures.get(alone) ?? labels.get(alone))!
    throw new DatasetError(
      'MISMATCH',
      `${place}: ${file} is ${has} without ${lacks}: get the other half, or remove it`,
      { file },
    )
  }
  const of = (part: Part): ScenePair[] => {
    const own = [...pictures].filter(([key]) => key.startsWith(`${part}/`))
    if (own.length === 0)
      throw new DatasetError('MISMATCH', `${place} has no scenes in ${part} and ${part}annot: get them`, { file: part })
    return own.map(([key, picture]) => ({ name: key.slice(part.length + 1), picture, labels: labels.get(key)! }))
  }
  return { train: of('train'), val: of('val'), test: of('test') }
}
