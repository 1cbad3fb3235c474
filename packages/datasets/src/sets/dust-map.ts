// Maps of the emission of interstellar dust, fields with filaments: a stand-in for turbulence in the sky. Found in a folder; they are not downloaded.

import { aSignal, checkArgument, checkOptions, oneOf } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { parseFits } from '../files/fits.ts'
import { gunzip, isGzip } from '../files/gzip.ts'
import { filesInFolder } from '../folders/folder-files.ts'
import { aText } from '../rules.ts'
import type { Picture } from './published-picture.ts'

/** File of each, and what is measured. */
const MAPS = {
  intensity: ['I_1.fits', 'total intensity'],
  polarisation: ['Q_1.fits', 'Stokes Q'],
} as const

/** A map's name. */
export type DustMapName = keyof typeof MAPS

/** The names of the maps. */
export const DUST_MAPS = Object.keys(MAPS) as readonly DustMapName[]

/** How a map is wanted. */
export interface DustMapOptions {
  /** Points along a side, a divisor of 512: means over blocks of the map. Default 256. */
  readonly size?: number
  /** Folder that holds the files, or `ism-dust-maps` with them. By default the environment's SCATTERLAB_DATA. Node only. */
  readonly folder?: string | undefined
  /** Ends the reading: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

const SIDE = 512
const MOST_BYTES = 2 ** 24
const aDivisor = oneOf(...Array.from({ length: 10 }, (_, i) => 2 ** i))
const WAYS =
  'It is in the folder examples/data of the repository bregaldo/pywst: put it into FOLDER/ism-dust-maps, packed by gzip or not, and give an app ' +
  '--data FOLDER, or set SCATTERLAB_DATA=FOLDER, or give `folder: FOLDER`'

/**
 * A map of 512×512 points of the emission of dust, in the map's own units, not periodic (Regaldo-Saint Blancard et al. 2020). Throws DatasetError
 * NOT_FOUND where it is not, with the way to get it, what `gunzip` and `parseFits` throw, MISMATCH for another map, or the signal's reason.
 *
 * @example const { data, shape } = await dustMap('intensity', { size: 256, folder })
 */
export async function dustMap(name: DustMapName, given: DustMapOptions = {}): Promise<Picture> {
  checkArgument('the map', name, oneOf(...DUST_MAPS))
  const rules = { size: aDivisor, folder: aText, signal: aSignal }
  const { size = 256, folder, signal } = checkOptions('dustMap', given, rules)
  const [file, measured] = MAPS[name]
  const query = { title: 'the dust map', places: ['ism-dust-maps', '.'], ways: WAYS, limit: MOST_BYTES }
  const names = { map: [file, `${file}.gz`] }
  const found = await filesInFolder({ ...query, names }, { folder, ...(signal && { signal }) })
  if (!found)
    throw new DatasetError('NOT_FOUND', `the dust map ${file} is nowhere, as no folder was given. ${WAYS}`, { file })
  const { path, bytes } = found.files.map
  const { data, shape } = parseFits(isGzip(bytes) ? await gunzip(bytes, path, MOST_BYTES) : bytes, path)
  if (shape.length !== 2 || shape.some((n) => n !== SIDE) || !data.every(Number.isFinite)) {
    const what = `is ${shape.join('×')}, or has numbers that are not finite: get the map of ${SIDE}×${SIDE} points`
    throw new DatasetError('MISMATCH', `${path} ${what}`, { file: path })
  }
  const source = `dust map '${name}' (${measured}), ${SIDE}×${SIDE} brought to ${size}×${size}, from the folder ${found.folder}`
  return { data: blockMeans(data, size), shape: [size, size], source }
}

/** Means over blocks of a square of 512 points a side. */
function blockMeans(data: ArrayLike<number>, size: number): Float32Array {
  const block = SIDE / size
  const sums = new Float64Array(size * size)
  for (let i = 0; i < data.length; i++) {
    const [y, x] = [Math.floor(i / SIDE), i % SIDE]
    sums[Math.floor(y / block) * size + Math.floor(x / block)] += data[i]
  }
  return Float32Array.from(sums, (v) => v / block ** 2)
}
