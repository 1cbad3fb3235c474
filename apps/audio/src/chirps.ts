// Two sounds that differ in the direction of time alone: a chirp that rises two octaves, and the same one that falls. Nothing here knows
// of a transform.

/** Samples of a chirp. */
export const CHIRP_LENGTH = 4096

/** A tone of 800 Hz at 8,000 samples a second in the middle, two octaves in 1,024 samples, under a bell. */
export const rising: Float32Array = Float32Array.from({ length: CHIRP_LENGTH }, (_, t) => {
  const u = (t - CHIRP_LENGTH / 2) / 1024
  return Math.exp(-8 * u * u) * Math.cos((0.1 * 1024 * Math.PI * 2 ** (2 * u)) / Math.LN2)
})

export const falling: Float32Array = rising.toReversed()

/** ‖a − b‖ / ‖a‖ */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const square = (of: (i: number) => number): number => Array.from(a, (_, i) => of(i) ** 2).reduce((s, v) => s + v, 0)
  return Math.sqrt(square((i) => a[i] - b[i]) / square((i) => a[i]))
}
