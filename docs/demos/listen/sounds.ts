// Sounds that a page makes by itself, and sounds of any length cut to the length that is transformed.

/** Samples a second, and samples: a second and a bit, a power of two. */
export const RATE = 8000
export const LENGTH = 8192

export const made = ['rising', 'falling', 'tremolo', 'clicks'] as const
export type MadeName = (typeof made)[number]

/** A sound by name, its peak below 1. */
export function soundOf(name: MadeName): Float32Array {
  const seconds = LENGTH / RATE
  const fade = (t: number): number => Math.min(1, 20 * t, 20 * (seconds - t))
  const octaves =
    (sign: 1 | -1) =>
    (t: number): number => {
      // f(t) = 500·2^(±2(t/T − ½)) hertz: the phase is its integral
      const rate = (sign * 2 * Math.LN2) / seconds
      return ((2 * Math.PI * 500 * 2 ** -sign) / rate) * Math.exp(rate * t)
    }
  const waves: Record<MadeName, (t: number) => number> = {
    rising: (t) => Math.sin(octaves(1)(t)),
    falling: (t) => Math.sin(octaves(-1)(t)),
    tremolo: (t) => Math.sin(2 * Math.PI * 600 * t) * (0.5 + 0.5 * Math.sin(2 * Math.PI * 6 * t)),
    clicks: (t) => ((t * 8) % 1 < 0.02 ? Math.sin(2 * Math.PI * 1500 * t) : 0),
  }
  return Float32Array.from({ length: LENGTH }, (_, i) => 0.7 * fade(i / RATE) * waves[name](i / RATE))
}

/** The mean of channels of one length. */
export function mixed(channels: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(channels[0].length)
  for (const channel of channels) {
    for (let i = 0; i < sum.length; i++) sum[i] += channel[i] / channels.length
  }
  return sum
}

/** The loudest stretch of a sound in `LENGTH` samples, its peak 0.8; a shorter sound ends in silence. Throws for silence. */
export function fitted(samples: Float32Array): Float32Array {
  const out = new Float32Array(LENGTH)
  const step = LENGTH / 8
  let [start, most] = [0, -1]
  for (let at = 0; at === 0 || at + LENGTH <= samples.length; at += step) {
    let energy = 0
    for (let i = at; i < Math.min(samples.length, at + LENGTH); i++) energy += samples[i] ** 2
    if (energy > most) [start, most] = [at, energy]
  }
  if (!(most > 0)) throw new Error('the sound is silent: record or choose one that can be heard')
  out.set(samples.subarray(start, start + LENGTH))
  const peak = out.reduce((high, v) => Math.max(high, Math.abs(v)), 0)
  return out.map((v) => (0.8 * v) / peak)
}
