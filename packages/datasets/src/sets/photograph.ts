// Photographs that may be passed on: those of scikit-image's data.

import { type Picture, type PictureOptions, pictureOf } from './published-picture.ts'

/** Which photographs there are: file, bytes, SHA-256. All are in the public domain or have no known restrictions. */
const FILES = {
  astronaut: ['astronaut.png', 791_555, '88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5'],
  camera: ['camera.png', 139_512, 'b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a'],
  chelsea: ['chelsea.png', 240_512, '596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb'],
  coffee: ['coffee.png', 466_706, 'cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7'],
  coins: ['coins.png', 75_825, 'f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba'],
  moon: ['moon.png', 50_177, '78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577'],
} as const

/** A photograph's name. */
export type PhotographName = keyof typeof FILES

/** The names: an astronaut, a man with a camera, a cat, a cup of coffee, coins, the surface of the Moon. */
export const PHOTOGRAPHS = Object.keys(FILES) as readonly PhotographName[]

const SET = {
  title: 'the photographs',
  noun: 'photograph',
  owner: 'scikit-image',
  directory: 'photos',
  places: ['photos', '.'],
  files: FILES,
  mirrors: ['https://raw.githubusercontent.com/scikit-image/scikit-image/v0.22.0/skimage/data'],
}

/**
 * A photograph in grey, from 0 to 1: its luminance by Rec. 601. From the folder (`photos/NAME.png` or `NAME.png` in it), the cache or
 * scikit-image's repository. Throws DatasetError, with the ways to get it, if it is nowhere (NOT_FOUND, DOWNLOAD) or unusable, or the
 * signal's reason.
 *
 * @example const { data, shape } = await photograph('camera', { size: 256 })
 */
export async function photograph(name: PhotographName, given: PictureOptions = {}): Promise<Picture> {
  return pictureOf(SET, name, given)
}
