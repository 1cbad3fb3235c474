// Pictures of opaque discs that fell on one another: edges, areas and all sizes, as in photographs, from a seed.

import { type ShapedArray, aSeed, checkOptions, numberFrom, random, wholeNumbers } from '@scatterlab/tensor'

/** What picture to make. */
export interface DeadLeavesOptions {
  /** Size of the picture in pixels. */
  readonly shape: readonly [height: number, width: number]
  /** Default 0. */
  readonly seed?: number | string
  /** Least radius in pixels. Default 2. */
  readonly least?: number
}

/**
 * Discs with radii of density ∝ r⁻³ from `least` to half the longer side, grey levels uniform in 0 … 1, laid until every pixel is covered,
 * the first ones on top. The spectrum falls like 1/f² about, as in photographs (Lee, Mumford & Huang 2001). The picture is periodic.
 */
export function deadLeaves(given: DeadLeavesOptions): ShapedArray<Float32Array, readonly [number, number]> {
  const checked = checkOptions('deadLeaves', given, { shape: wholeNumbers(2, 1, 4096), seed: aSeed, least: numberFrom(0.5, 1e3) }, ['shape'])
  const { shape, seed = 0, least = 2 } = checked
  const [height, width] = shape
  const most = Math.max(least, Math.max(height, width) / 2)
  const data = new Float32Array(height * width).fill(-1)
  const stream = random(seed)
  let open = data.length
  while (open > 0) {
    const [u, x, y, level] = stream.fillUniform(new Float64Array(4))
    // the inverse of the distribution function of r⁻³ between the two radii
    const radius = 1 / Math.sqrt(least ** -2 - u * (least ** -2 - most ** -2))
    const [row, column] = [Math.floor(y * height), Math.floor(x * width)]
    const reach = Math.floor(radius)
    for (let dy = -reach; dy <= reach; dy++) {
      const half = Math.floor(Math.sqrt(radius * radius - dy * dy))
      const at = modulo(row + dy, height) * width
      for (let dx = -half; dx <= half; dx++) {
        const pixel = at + modulo(column + dx, width)
        if (data[pixel] >= 0) continue
        data[pixel] = level
        open--
      }
    }
  }
  return { data, shape: [height, width] }
}

const modulo = (i: number, n: number): number => ((i % n) + n) % n
