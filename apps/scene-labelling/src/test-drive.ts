// The one look at the test drive: what a network makes of every scene, pixel by pixel and by superpixels.
import { type LabelledScenes, SCENE_CLASSES } from '@scatterlab/datasets/scenes'
import type { Weights } from '@scatterlab/nn'
import { type Backend, startTurns } from '@scatterlab/tensor'
import { sceneAt } from './data.ts'
import { labelled } from './labelling.ts'
import type { NetworkSize } from './network.ts'
import { type Confusion, count, noPixels } from './scores.ts'
import { type Superpixels, USUAL, superpixels } from './superpixels.ts'
import { likeliest, oracle, voted } from './voted.ts'

/** What was found. */
export interface Drive {
  readonly byPixel: Confusion
  readonly bySuperpixel: Confusion
  /** Labels of the scenes that were asked for, by their numbers. */
  readonly kept: ReadonlyMap<number, { readonly byPixel: Uint8Array; readonly bySuperpixel: Uint8Array }>
}

/** Labels every scene of a drive. */
export async function driven(
  scenes: LabelledScenes,
  cuts: readonly Superpixels[],
  size: NetworkSize,
  weights: Weights,
  options: {
    readonly backend: Backend
    readonly signal: AbortSignal
    readonly keep: ReadonlySet<number>
    onProgress(scenes: number): void
  },
): Promise<Drive> {
  const classes = SCENE_CLASSES.length
  const [byPixel, bySuperpixel] = [noPixels(classes), noPixels(classes)]
  const kept = new Map<number, { byPixel: Uint8Array; bySuperpixel: Uint8Array }>()
  let scene = 0
  for await (const probabilities of labelled(scenes, size, weights, options)) {
    const { labels } = sceneAt(scenes, scene)
    const own = { byPixel: likeliest(probabilities, labels.length), bySuperpixel: voted(probabilities, cuts[scene]) }
    count(byPixel, labels, own.byPixel)
    count(bySuperpixel, labels, own.bySuperpixel)
    if (options.keep.has(scene)) kept.set(scene, own)
    options.onProgress(++scene)
  }
  return { byPixel, bySuperpixel, kept }
}

/** The superpixels of every scene, and the best labels that they allow. */
export async function cutScenes(
  scenes: LabelledScenes,
  signal: AbortSignal,
  onProgress: (scenes: number) => void,
): Promise<{ cuts: Superpixels[]; best: Confusion; seconds: number }> {
  const [, height, width] = scenes.labels.shape
  const best = noPixels(SCENE_CLASSES.length)
  const turns = startTurns(signal)
  const cuts: Superpixels[] = []
  let seconds = 0
  for (let scene = 0; scene < scenes.names.length; scene++) {
    await turns.next()
    const { planes, labels } = sceneAt(scenes, scene)
    const begun = performance.now()
    const cut = superpixels(planes, [3, height, width], USUAL)
    seconds += (performance.now() - begun) / 1000
    cuts.push(cut)
    count(best, labels, oracle(labels, cut, SCENE_CLASSES.length))
    onProgress(scene + 1)
  }
  return { cuts, best, seconds }
}
