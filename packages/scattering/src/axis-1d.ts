// The grid of a signal, which is an image of one row.
import { lowPass1d } from '@scatterlab/wavelets'
import type { CompleteOptions1d } from './options-1d.ts'
import { type Axis, axis, placesOf } from './sampling.ts'

/** The axis of the rows of a signal: there is one, and no subsampling. */
export const oneRow: Axis = { length: 1, padded: 1, start: 0, source: Int32Array.of(0), kept: [0], step: () => 1 }

/**
 * The grid of time. Reflected and zero padding follow kymatio: to the power of two that has room for three times the support of φ at each
 * end (but for `margin`), and no more than the signal allows to mirror; averages at the multiples of the stride that lie inside the
 * signal. A periodic signal is its own grid.
 */
export function signalAxis({ length, padding, averaging, margin, log2Stride, filters }: CompleteOptions1d): Axis {
  const step = 2 ** log2Stride
  if (padding === 'periodic') return axis(length, length, 0, padding, placesOf(0, step, Math.ceil(length / step)))
  const { convention, sigmaLowPass } = filters
  const low = { ...(convention && { convention }), ...(sigmaLowPass && { sigmaLowPass }) }
  const wanted = margin ?? 3 * lowPass1d({ length, averaging, ...low }).support(1e-3)
  const needed = Math.ceil(Math.log2(length + 2 * wanted))
  // a mirrored signal has 3N − 2 samples before it repeats
  const octaves =
    margin === null
      ? Math.min(needed, Math.max(Math.floor(Math.log2(3 * length - 2)), Math.ceil(Math.log2(length))))
      : needed
  const padded = 2 ** octaves
  const start = Math.floor((padded - length) / 2)
  const first = Math.ceil(start / step)
  return axis(length, padded, start, padding, placesOf(first * step, step, Math.ceil((start + length) / step) - first))
}
