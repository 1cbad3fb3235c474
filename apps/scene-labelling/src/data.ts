// The scenes of a run: CamVid where the user has it, else generated ones, which is said.
import { DatasetError } from '@scatterlab/datasets'
import { type LabelledScenes, type SceneSet, camVid, streets } from '@scatterlab/datasets/scenes'

/** The scenes, and what is to be known of them. */
export interface Scenes {
  readonly set: SceneSet
  /** Whether these are photographs. */
  readonly real: boolean
  readonly note: string
}

const ways =
  'CamVid is not here: give its folders train, trainannot, val, valannot, test and testannot, in a page as a folder, on the command line ' +
  'in DIR/camvid by --data DIR'

/** CamVid in `folder`, or generated streets where it is not, no more than are asked for; a CamVid that is damaged is an error. */
export async function scenesOf(
  folder: string | undefined,
  { seed, signal, training, testing }: { seed: number; signal: AbortSignal; training: number; testing: number },
): Promise<Scenes> {
  try {
    return { set: await camVid({ folder, signal }), real: true, note: '' }
  } catch (error) {
    if (!(error instanceof DatasetError && error.code === 'NOT_FOUND')) throw error
    const note = `generated scenes in the place of photographs, far easier than these: no figure here stands for CamVid’s. ${ways}`
    const counts = { train: Math.min(60, training), test: Math.min(24, testing) }
    return { set: streets({ seed, ...counts }), real: false, note }
  }
}

/** At most `count` scenes, evenly spaced; all in one stretch of memory. */
export function spread({ images, labels, names }: LabelledScenes, count: number): LabelledScenes {
  const [total, height, width] = labels.shape
  if (count >= total) return { images, labels, names }
  const kept = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * total) / count))
  const area = height * width
  const taken = (data: Uint8Array, size: number): Uint8Array => {
    const out = new Uint8Array(count * size)
    kept.forEach((scene, i) => out.set(data.subarray(scene * size, (scene + 1) * size), i * size))
    return out
  }
  return {
    images: { data: taken(images.data, 3 * area), shape: [count, 3, height, width] },
    labels: { data: taken(labels.data, area), shape: [count, height, width] },
    names: kept.map((scene) => names[scene]),
  }
}

/** The planes and the labels of a scene. */
export function sceneAt({ images, labels }: LabelledScenes, scene: number): { planes: Uint8Array; labels: Uint8Array } {
  const [, height, width] = labels.shape
  const area = height * width
  return {
    planes: images.data.subarray(scene * 3 * area, (scene + 1) * 3 * area),
    labels: labels.data.subarray(scene * area, (scene + 1) * area),
  }
}
