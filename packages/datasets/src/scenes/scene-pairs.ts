// Pictures and their label maps from files to arrays, checked against one another.

import { DatasetError } from '../errors.ts'
import { decodePixels } from '../textures/decode-picture.ts'
import { type LabelledScenes, SCENE_CLASSES, UNLABELLED } from './scene-set.ts'

/** The files of a scene. */
export interface ScenePair {
  readonly name: string
  readonly picture: string
  readonly labels: string
}

/**
 * The scenes of these files. `size` is that of the scenes before, and becomes that of the first one. Throws DatasetError: MISMATCH for another
 * size, FORMAT for labels that are no grey numbers of the list, CORRUPT.
 */
export async function scenesOf(
  pairs: readonly ScenePair[],
  read: (file: string) => Promise<Uint8Array>,
  size: { shape?: readonly [height: number, width: number] },
  signal: AbortSignal | undefined,
): Promise<LabelledScenes> {
  let images = new Uint8Array()
  let labels = new Uint8Array()
  for (const [scene, { picture, labels: labelFile }] of pairs.entries()) {
    signal?.throwIfAborted()
    const pixels = await decodePixels(await read(picture), picture)
    const classes = await decodePixels(await read(labelFile), labelFile)
    size.shape ??= [pixels.height, pixels.width]
    const [height, width] = size.shape
    const area = height * width
    for (const [file, { height: rows, width: columns }] of [
      [picture, pixels] as const,
      [labelFile, classes] as const,
    ]) {
      if (rows === height && columns === width) continue
      throw new DatasetError(
        'MISMATCH',
        `${file} is ${columns}×${rows}, the scenes before it ${width}×${height}: bring all to one size`,
        { file },
      )
    }
    if (scene === 0) {
      images = new Uint8Array(pairs.length * 3 * area)
      labels = new Uint8Array(pairs.length * area)
    }
    putColours(pixels, images.subarray(scene * 3 * area, (scene + 1) * 3 * area))
    putClasses(classes, labels.subarray(scene * area, (scene + 1) * area), labelFile)
  }
  const [height, width] = size.shape ?? [0, 0]
  return {
    images: { data: images, shape: [pairs.length, 3, height, width] },
    labels: { data: labels, shape: [pairs.length, height, width] },
    names: pairs.map(({ name }) => name),
  }
}

interface Decoded {
  readonly data: Uint8Array
  readonly width: number
  readonly channels: number
}

/** Pixels as planes of red, green and blue; grey ones as three equal planes. */
function putColours({ data, channels }: Decoded, planes: Uint8Array): void {
  const area = planes.length / 3
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) planes[c * area + i] = data[i * channels + (channels < 3 ? 0 : c)]
  }
}

function putClasses({ data, width, channels }: Decoded, classes: Uint8Array, file: string): void {
  const grey = (_: number, i: number): boolean =>
    data[i * channels] === data[i * channels + 1] && data[i * channels] === data[i * channels + 2]
  // a browser tells grey as three equal values
  if (channels !== 1 && !(channels > 2 && classes.every(grey))) {
    throw new DatasetError(
      'FORMAT',
      `${file} is in colour (${channels} channels): give label maps in grey, the value of a pixel its class`,
      {
        file,
      },
    )
  }
  for (let i = 0; i < classes.length; i++) classes[i] = data[i * channels]
  const beyond = classes.findIndex((label) => label > UNLABELLED)
  if (beyond >= 0) {
    const [row, column] = [Math.floor(beyond / width), beyond % width]
    throw new DatasetError(
      'FORMAT',
      `${file} has label ${classes[beyond]} at row ${row}, column ${column}: give 0 to ${SCENE_CLASSES.length - 1} for a class, ${UNLABELLED} for none`,
      { file },
    )
  }
}
