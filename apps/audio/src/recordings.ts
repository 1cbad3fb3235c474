// Recordings as the transforms take them: of one length, their peak at 1; and which of them a budget, or a held-out speaker, leaves.
import type { Recordings } from '@scatterlab/datasets'

/** Samples of every signal, one second at 8,000 a second and a little more. */
export const LENGTH = 8192

/** Where a recording lies on its signal, in samples. */
export interface Extent {
  readonly start: number
  readonly length: number
}

/** Recordings in the middle of zeros, or cut to the length of a signal, divided by their peak (kymatio's example). */
export function framed(signals: readonly Float32Array[]): { data: Float32Array; shape: number[]; extents: Extent[] } {
  const data = new Float32Array(signals.length * LENGTH)
  const extents = signals.map((signal, i) => {
    const length = Math.min(signal.length, LENGTH)
    const start = Math.floor((LENGTH - length) / 2)
    const peak = signal.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1
    for (let t = 0; t < length; t++) data[i * LENGTH + start + t] = signal[t] / peak
    return { start, length }
  })
  return { data, shape: [signals.length, LENGTH], extents }
}

/** The first so many takes of each speaker and digit, in the order in which they come. */
export function firstTakes(recordings: Recordings, takes: number): Recordings {
  const seen = new Map<string, number>()
  const rows = Array.from(recordings.labels.keys()).filter((i) => {
    const key = `${recordings.speakers[i]} ${recordings.labels[i]}`
    const count = seen.get(key) ?? 0
    seen.set(key, count + 1)
    return count < takes
  })
  return {
    signals: rows.map((i) => recordings.signals[i]),
    labels: Uint8Array.from(rows, (i) => recordings.labels[i]),
    speakers: rows.map((i) => recordings.speakers[i]),
  }
}
