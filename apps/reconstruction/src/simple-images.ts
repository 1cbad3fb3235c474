// Pictures that are known by a formula: a point, and a wave under an envelope.
import type { Picture } from './likeness.ts'

/** A single 1 in the middle. */
export function dirac(side: number): Picture {
  const data = new Float32Array(side * side)
  data[(side / 2) * side + side / 2] = 1
  return { data, shape: [side, side] }
}

/** exp(−r²/2σ²)·cos(ω·u), σ = side/12, |ω| = 0.9 radians a pixel. */
export function gabor(side: number): Picture {
  const sigma = side / 12
  const data = Float32Array.from({ length: side * side }, (_, i) => {
    const [y, x] = [Math.floor(i / side) - side / 2, (i % side) - side / 2]
    return Math.exp(-(x * x + y * y) / (2 * sigma * sigma)) * Math.cos(0.8 * x + 0.4 * y)
  })
  return { data, shape: [side, side] }
}

/** ‖x̃ − x‖ / ‖x‖. */
export function relativeError({ data }: Picture, other: ArrayLike<number>): number {
  let [off, all] = [0, 0]
  data.forEach((v, i) => {
    off += (v - other[i]) ** 2
    all += v * v
  })
  return Math.sqrt(off / all)
}
