// Street-like scenes made from a seed: for trying out what learns from CamVid where CamVid is not at hand. They are far easier than photographs.

import { type Random, ValueError, aSeed, checkOptions, random, wholeNumber, wholeNumbers } from '@scatterlab/tensor'
import type { LabelledScenes, SceneSet } from './scene-set.ts'
import { drawStreet } from './street-drawing.ts'
import { type Thing, builtStreet } from './street-things.ts'

/** Which scenes to make. */
export interface StreetsOptions {
  /** Default [96, 128]. */
  readonly shape?: readonly [height: number, width: number]
  /** Scenes to train on, default 60. */
  readonly train?: number
  /** Scenes to choose by, default 12. */
  readonly validation?: number
  /** Scenes of the drive to test on, default 24. */
  readonly test?: number
  /** Default 0. */
  readonly seed?: number | string
}

const MOST_SCENES = 100_000
/** Of the pictures of all scenes together. */
const MOST_BYTES = 2 ** 31

/** Metres from one scene of a drive to the next. */
const STEP = 1.5
/** Scenes of a drive to train on; then another street begins. */
const DRIVE = 4

/**
 * Generated streets with the classes of CamVid: a road between pavements, houses, trees, cars, people and what else stands there, seen from a
 * car that drives through. The test scenes are one drive through a street of its own. Throws ValueError.
 */
export function streets(given: StreetsOptions = {}): SceneSet {
  const checked = checkOptions('streets', given, {
    shape: wholeNumbers(2, 16, 1024),
    train: wholeNumber(1, MOST_SCENES),
    validation: wholeNumber(1, MOST_SCENES),
    test: wholeNumber(1, MOST_SCENES),
    seed: aSeed,
  })
  const { shape = [96, 128] as const, train = 60, validation = 12, test = 24, seed = 0 } = checked
  const bytes = 3 * shape[0] * shape[1] * (train + validation + test)
  if (bytes > MOST_BYTES)
    throw new ValueError(`streets of ${bytes} bytes: ask for fewer or smaller scenes, ${MOST_BYTES} bytes at most`)
  const part = (name: string, count: number, drive: number): LabelledScenes =>
    drives(name, count, drive, shape, random(`${seed} ${name}`))
  return {
    train: part('train', train, DRIVE),
    validation: part('validation', validation, DRIVE),
    test: part('test', test, test),
    source: `generated street-like scenes, ${train} / ${validation} / ${test} to train, validate and test, ${shape[1]}×${shape[0]}: no photographs, seed ${seed}`,
    canonical: false,
  }
}

/** Scenes of streets, each driven through for `drive` scenes. */
function drives(
  part: string,
  count: number,
  drive: number,
  [height, width]: readonly [number, number],
  stream: Random,
): LabelledScenes {
  const area = height * width
  const images = new Uint8Array(count * 3 * area)
  const labels = new Uint8Array(count * area)
  let things: readonly Thing[] = []
  let light = 1
  for (let scene = 0; scene < count; scene++) {
    const at = scene % drive
    if (at === 0) {
      things = builtStreet(60 + drive * STEP, stream)
      light = stream.uniform(0.65, 1.1)
    }
    const frame = { height, width, camera: at * STEP, light, things }
    drawStreet(frame, stream, {
      colours: images.subarray(scene * 3 * area, (scene + 1) * 3 * area),
      classes: labels.subarray(scene * area, (scene + 1) * area),
    })
  }
  return {
    images: { data: images, shape: [count, 3, height, width] },
    labels: { data: labels, shape: [count, height, width] },
    names: Array.from({ length: count }, (_, i) => `${part}-${String(i).padStart(4, '0')}`),
  }
}
