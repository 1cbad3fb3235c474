// What the sets of street scenes give: pictures of one size with a class for every pixel, in three drives.

import type { ShapedArray } from '@scatterlab/tensor'

/** Pictures with the class of each pixel. */
export interface LabelledScenes {
  /** RGB, 0 to 255. */
  readonly images: ShapedArray<Uint8Array, readonly [scenes: number, channels: 3, height: number, width: number]>
  /** Of each pixel: a number of `SCENE_CLASSES`, or `UNLABELLED`. */
  readonly labels: ShapedArray<Uint8Array, readonly [scenes: number, height: number, width: number]>
  /** The name of each picture, in the order of the drives. */
  readonly names: readonly string[]
}

/** Scenes to train on, to choose by, and for the one look at the end. */
export interface SceneSet {
  /** To learn from. */
  readonly train: LabelledScenes
  /** To choose settings by. */
  readonly validation: LabelledScenes
  /** To be looked at once, at the end. */
  readonly test: LabelledScenes
  /** One sentence: what it is, and where it came from. */
  readonly source: string
  /** Whether it is all of the published set, by its counts, at a known checksum; false for a generated one. */
  readonly canonical: boolean
}

/** CamVid's eleven classes, in the order of their numbers. Source: the data of SegNet (Badrinarayanan, Kendall, Cipolla 2017). */
export const SCENE_CLASSES: readonly string[] = [
  'Sky',
  'Building',
  'Pole',
  'Road',
  'Pavement',
  'Tree',
  'SignSymbol',
  'Fence',
  'Car',
  'Pedestrian',
  'Bicyclist',
]

/** The label of a pixel that has no class; it is left out of scores. */
export const UNLABELLED = 11

/** The colours in which CamVid's classes are shown, RGB, that of `UNLABELLED` last. */
export const SCENE_COLOURS: readonly (readonly [red: number, green: number, blue: number])[] = [
  [128, 128, 128],
  [128, 0, 0],
  [192, 192, 128],
  [128, 64, 128],
  [60, 40, 222],
  [128, 128, 0],
  [192, 128, 128],
  [64, 64, 128],
  [64, 0, 128],
  [64, 64, 0],
  [0, 128, 192],
  [0, 0, 0],
]
