// What superpixels make of labels: all pixels of one get one class.
import type { Superpixels } from './superpixels.ts'

/** The likeliest class of each pixel: probabilities [classes, pixels]. */
export function likeliest(probabilities: Float32Array, pixels: number): Uint8Array {
  const classes = probabilities.length / pixels
  const labels = new Uint8Array(pixels)
  const best = probabilities.slice(0, pixels)
  for (let c = 1; c < classes; c++) {
    const from = c * pixels
    for (let i = 0; i < pixels; i++) {
      if (probabilities[from + i] <= best[i]) continue
      best[i] = probabilities[from + i]
      labels[i] = c
    }
  }
  return labels
}

/** The class of each pixel by the mean of the probabilities over its superpixel. */
export function voted(probabilities: Float32Array, { segments, count }: Superpixels): Uint8Array {
  const pixels = segments.length
  const classes = probabilities.length / pixels
  const sums = new Float32Array(classes * count)
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < pixels; i++) sums[c * count + segments[i]] += probabilities[c * pixels + i]
  const ofSegment = likeliest(sums, count)
  return Uint8Array.from(segments, (segment) => ofSegment[segment])
}

/** The best that superpixels allow: each has the class that most of its labelled pixels have; `classes` where it has none. */
export function oracle(labels: Uint8Array, { segments, count }: Superpixels, classes: number): Uint8Array {
  const counts = new Int32Array(classes * count)
  for (let i = 0; i < labels.length; i++) if (labels[i] < classes) counts[segments[i] * classes + labels[i]]++
  const ofSegment = Uint8Array.from({ length: count }, (_, segment) => {
    const own = counts.subarray(segment * classes, (segment + 1) * classes)
    const most = Math.max(...own)
    return most === 0 ? classes : own.indexOf(most)
  })
  return Uint8Array.from(segments, (segment) => ofSegment[segment])
}
