// Φ of an image by patches of the data: how alike each of its patches is to some thousand whitened patches drawn from the training
// images (Coates and Ng 2011; Thiry et al. 2021), averaged over quarters of the image. The patches are drawn, never trained.
import { whiten } from '@scatterlab/learn'
import { type Backend, type Tensor, concat, matmul, mean, pointwise, random, scope, tensor } from '@scatterlab/tensor'
import type { FeatureStream } from './streamed-ridge.ts'
import type { Images } from './wavelets.ts'

/** How Φ is computed. */
export interface PatchOptions {
  /** K: how many patches are drawn. */
  readonly filters: number
  /** α: what an inner product must exceed to count. */
  readonly threshold: number
  /** ε, added to the variances of patches (of contrast 1) that are divided by. */
  readonly epsilon: number
  readonly seed: number
  readonly backend: Backend
}

const SIDE = 32
const PATCH = 6
const LENGTH = 3 * PATCH * PATCH
/** Patches begin at 27 rows and columns; a quarter of the image has the first 14 of them, or the last 14. */
const QUARTER = 14
const NEXT_QUARTER = 13
/** Patches of lower contrast are not brought to contrast 1; in the square of a byte. */
const FLAT = 10
/** Patches that the whitening is measured on. */
const MEASURED = 100_000
/** Images and filters at a time: what fits the caches of processors. */
const IMAGES_AT_ONCE = 4
const FILTERS_AT_ONCE = 256

const above = pointwise('above', (r, bias, threshold) => {
  const response = r.minus(bias)
  return [response.minus(threshold).max(0), response.neg().minus(threshold).max(0)] as const
})

/** Draws the patches, and gives Φ of any images by blocks: [quarters, signs, filters] numbers, the same for an image and its mirror image. */
export async function patchFeatures(
  images: Images,
  { filters, threshold, epsilon, seed, backend }: PatchOptions,
): Promise<{ stream(images: Images): FeatureStream; readonly patches: Float32Array; dispose(): void }> {
  const drawn = drawnPatches(images, MEASURED, seed)
  const whitening = await whiten({ data: drawn, shape: [MEASURED, LENGTH] }, { epsilon, backend })
  const chosen = drawn.slice(0, filters * LENGTH)
  const whitened = (await whitening.apply({ data: chosen, shape: [filters, LENGTH] })).data
  for (let k = 0; k < filters; k++) {
    const row = whitened.subarray(k * LENGTH, (k + 1) * LENGTH)
    const norm = Math.hypot(...row)
    for (let j = 0; j < LENGTH; j++) row[j] /= norm
  }
  // ⟨W(p − μ), f⟩ = ⟨p, Wf⟩ − ⟨μ, Wf⟩
  const maps = new Float32Array(filters * LENGTH)
  const bias = new Float32Array(filters)
  for (let k = 0; k < filters; k++) {
    for (let i = 0; i < LENGTH; i++) {
      let value = 0
      for (let j = 0; j < LENGTH; j++) value += whitening.matrix[i * LENGTH + j] * whitened[k * LENGTH + j]
      maps[k * LENGTH + i] = value
      bias[k] += value * whitening.mean[i]
    }
  }
  const map = scope(() => tensor(maps, [filters, LENGTH], { backend }).transpose().clone())
  const offset = tensor(bias, [1, filters], { backend }).clone()

  /** [count, 8·filters] for `count` images whose patches are given. */
  const responses = (patches: Float32Array, count: number) =>
    scope(() => {
      const x = tensor(patches, [count * 4 * 2 * QUARTER * QUARTER, LENGTH], { backend })
      const parts: Tensor[] = []
      for (let from = 0; from < filters; from += FILTERS_AT_ONCE) {
        const to = Math.min(filters, from + FILTERS_AT_ONCE)
        const both = above(matmul(x, map.slice(null, [from, to])), offset.slice(null, [from, to]), threshold)
        for (const one of both)
          parts.push(
            mean(one.reshape(count * 4, 2 * QUARTER * QUARTER, to - from), { axes: [1] }).reshape(
              count,
              4 * (to - from),
            ),
          )
      }
      return concat(parts, 1)
    })

  return {
    patches: chosen,
    stream: (from) => ({
      columns: 8 * filters,
      dtype: 'float32',
      async block(start, end) {
        const parts: Tensor[] = []
        for (let at = start; at < end; at += IMAGES_AT_ONCE) {
          const to = Math.min(end, at + IMAGES_AT_ONCE)
          parts.push(responses(patchesByQuarter(from, at, to), to - at))
          if (parts.length % 16 === 0) await parts.at(-1)!.slice([0, 1], [0, 1]).read()
        }
        const all = scope(() => concat(parts, 0))
        for (const part of parts) backend.release(part.buffer)
        return all
      },
    }),
    dispose() {
      backend.release(map.buffer)
      backend.release(offset.buffer)
    },
  }
}

/** Patches from random places of random images, each of mean 0 and contrast 1. */
function drawnPatches({ data, shape }: Images, count: number, seed: number): Float32Array {
  const stream = random(`patches ${seed}`)
  const out = new Float32Array(count * LENGTH)
  for (let i = 0; i < count; i++) {
    const image = stream.integer(0, shape[0])
    const [row, column] = [stream.integer(0, SIDE - PATCH + 1), stream.integer(0, SIDE - PATCH + 1)]
    copyPatch(data, image * 3 * SIDE * SIDE, row, column, false, out, i * LENGTH)
  }
  return out
}

/**
 * The patches of images, of mean 0 and contrast 1, those of one quarter of an image and of the same quarter of its mirror image one after
 * the other: [images, 4, 2·196, 108].
 */
function patchesByQuarter({ data }: Images, start: number, end: number): Float32Array {
  const out = new Float32Array((end - start) * 8 * QUARTER * QUARTER * LENGTH)
  let to = 0
  for (let i = start; i < end; i++) {
    for (let quarter = 0; quarter < 4; quarter++) {
      const [top, left] = [(quarter >> 1) * NEXT_QUARTER, (quarter & 1) * NEXT_QUARTER]
      for (const mirrored of [false, true]) {
        for (let r = 0; r < QUARTER; r++) {
          for (let c = 0; c < QUARTER; c++, to += LENGTH)
            copyPatch(data, i * 3 * SIDE * SIDE, top + r, left + c, mirrored, out, to)
        }
      }
    }
  }
  return out
}

/** One patch of an image, or of its mirror image, brought to mean 0 and contrast 1. */
function copyPatch(
  data: Uint8Array,
  from: number,
  row: number,
  column: number,
  mirrored: boolean,
  out: Float32Array,
  to: number,
): void {
  let [total, squares] = [0, 0]
  const step = mirrored ? -1 : 1
  let at = to
  for (let channel = 0; channel < 3; channel++) {
    for (let r = 0; r < PATCH; r++) {
      let source = from + (channel * SIDE + row + r) * SIDE + (mirrored ? SIDE - 1 - column : column)
      for (let c = 0; c < PATCH; c++, source += step, at++) {
        const value = data[source]
        out[at] = value
        total += value
        squares += value * value
      }
    }
  }
  const average = total / LENGTH
  const scale = 1 / Math.sqrt(Math.max(0, squares / LENGTH - average * average) + FLAT)
  for (let j = to; j < to + LENGTH; j++) out[j] = (out[j] - average) * scale
}
