// Two textures that differ only in which orientations stand together: short strokes along both axes, that cross, or that stand apart. Each
// orientation alone is the same random pattern in both.
import { type ShapedArray, random } from '@scatterlab/tensor'

const SIDE = 64
/** Strokes of each orientation. */
const STROKES = 5
/** Width across, length along, and frequency of a stroke, in pixels and radians per pixel. */
const STROKE = { across: 1.5, along: 6, frequency: 2 }
const NOISE = 0.3

/** Samples of both textures in turn: crossing (class 1), apart (class 0). */
export interface TextureSamples {
  readonly images: ShapedArray<Float32Array>
  readonly labels: Uint8Array
}

/** `count` textures on a torus, in white noise. */
export function textures(count: number, seed: string): TextureSamples {
  const stream = random(seed)
  const data = stream.fillNormal(new Float32Array(count * SIDE * SIDE), 0, NOISE)
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2)
  labels.forEach((crossing, i) => {
    const image = data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)
    for (let k = 0; k < STROKES; k++) {
      const place = (): readonly [number, number] => [stream.uniform(0, SIDE), stream.uniform(0, SIDE)]
      const [first, other] = [place(), place()]
      addStroke(image, first, 0, stream.uniform(0, 2 * Math.PI))
      addStroke(image, crossing === 1 ? first : other, 1, stream.uniform(0, 2 * Math.PI))
    }
  })
  return { images: { data, shape: [count, SIDE, SIDE] }, labels }
}

/** A stroke that oscillates along axis 0 (rows) or 1 (columns). */
function addStroke(image: Float32Array, place: readonly [number, number], axis: 0 | 1, phase: number): void {
  const away = (at: number, from: number): number => {
    const d = at - from
    return d - SIDE * Math.round(d / SIDE)
  }
  for (let i = 0; i < image.length; i++) {
    const offsets = [away(Math.floor(i / SIDE), place[0]), away(i % SIDE, place[1])]
    const [u, v] = [offsets[axis], offsets[1 - axis]]
    const envelope = (u / STROKE.across) ** 2 / 2 + (v / STROKE.along) ** 2 / 2
    if (envelope < 20) image[i] += Math.exp(-envelope) * Math.cos(STROKE.frequency * u + phase)
  }
}
