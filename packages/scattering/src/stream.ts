// Signals longer than memory: they go through the transform in frames that overlap as far as its filters reach, so that the
// coefficients are those of the whole to rounding.
import {
  type RealArray,
  type ShapedArray,
  DTypeError,
  ValueError,
  aSignal,
  checkOptions,
  realArray,
  shown,
  wholeNumber,
} from '@scatterlab/tensor'
import { type Scattering1dOptions, rules1d } from './options-1d.ts'
import type { Path1d } from './paths-1d.ts'
import { sourceOf } from './sampling.ts'
import { type Scattering1d, scattering1d } from './scattering-1d.ts'

/** Options of `scatteringStream`: those of `scattering1d`, but for what depends on the whole signal. */
export interface StreamOptions extends Omit<Scattering1dOptions, 'length' | 'margin' | 'padding' | 'averaging'> {
  /** Samples over which φ averages [T]. Default 2^J. */
  readonly averaging?: number
  /** How the signal goes on beyond its ends. Default `reflect`. */
  readonly padding?: 'reflect' | 'zero'
  /** Samples that are transformed at a time, a power of two; about eight times the overlap if it is left out. */
  readonly frame?: number
}

/** The coefficients of one stretch of a signal: [paths, samples]. */
export interface Frame extends ShapedArray {
  /** Position of the first coefficient on the signal, in samples. */
  readonly start: number
}

/** A transform of signals of any length, piece by piece. */
export interface ScatteringStream {
  /** What each coefficient is, in their order. */
  readonly paths: readonly Path1d[]
  /** Distance of neighbouring coefficients, in samples. */
  readonly step: number
  /** Samples that are transformed at a time, a power of two. */
  readonly frame: number
  /** How many of them on each side are there for the filters only: a quarter of the frame at most. */
  readonly overlap: number
  /**
   * The coefficients of a signal that comes in pieces of any length, all of one precision, in order: one frame after the other, as soon
   * as its samples are there. Throws a typed error for a piece that is none, or holds what is not finite.
   */
  transform(signal: AsyncIterable<RealArray> | Iterable<RealArray>, run?: StreamRun): AsyncIterable<Frame>
  /** Gives the memory of the filters back. */
  dispose(): void
}

/** How long a stream runs. */
export interface StreamRun {
  /** Ends the work before the next frame. */
  readonly signal?: AbortSignal
}

/** Deviations of a Gaussian after which nothing is left of it in double precision. */
const NOTHING = 8.7

/**
 * A transform of signals of any length (see `scattering1d`). A coefficient stands at every multiple of the stride, from the first sample on. Throws
 * `ValueError` naming the option, its value and the fix.
 */
export function scatteringStream(given: StreamOptions): ScatteringStream {
  const { length: _length, margin: _margin, ...own } = rules1d
  const checked = checkOptions<StreamOptions>(
    'scatteringStream',
    given,
    { ...own, averaging: wholeNumber(1, 2 ** 22), frame: wholeNumber(16, 2 ** 22) },
    ['scales'],
  )
  const { frame: wanted, padding = 'reflect', ...options } = checked
  if ((padding as string) === 'periodic')
    throw new ValueError("padding is 'periodic', but a stream has no whole: give 'reflect' or 'zero'")
  const overlap = overlapOf(options)
  const frame = wanted ?? 2 ** Math.ceil(Math.log2(8 * overlap))
  if (!Number.isInteger(Math.log2(frame)) || frame < 4 * overlap) {
    const least = 2 ** Math.ceil(Math.log2(4 * overlap))
    throw new ValueError(`frame is ${frame}: give a power of two from ${least}, four times the overlap of ${overlap}`)
  }
  const scatter = scattering1d({ ...options, length: frame, padding: 'periodic' })
  const step = frame / scatter.outputShape[1]
  return {
    paths: scatter.paths,
    step,
    frame,
    overlap,
    transform(signal, run = {}) {
      const { signal: abort } = checkOptions<StreamRun>('transform', run, { signal: aSignal })
      return frames(scatter, { frame, overlap, step, padding }, piecesOf(signal), abort)
    },
    dispose: scatter.dispose,
  }
}

/** How far filters reach that follow each other, in whole steps of the coarsest grid: variances of their envelopes add up. */
function overlapOf(options: Omit<Scattering1dOptions, 'length'>): number {
  const { scales, averaging = 2 ** scales, maxOrder = 2 } = options
  const deviation = (samples: number): number => samples / (0.2 * Math.PI)
  // no wavelet is narrower in Fourier than σ₀/2^J
  const both = Math.hypot(deviation(averaging as number), Math.sqrt(maxOrder) * deviation(2 ** scales))
  const grid = 2 ** Math.max(scales + 1, Math.ceil(Math.log2(averaging as number)))
  return Math.ceil((NOTHING * both) / grid) * grid
}

interface Cut {
  readonly frame: number
  readonly overlap: number
  readonly step: number
  readonly padding: 'reflect' | 'zero'
}

async function* frames(
  scatter: Scattering1d,
  { frame, overlap, step, padding }: Cut,
  pieces: AsyncIterable<RealArray>,
  abort: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  const hop = frame - 2 * overlap
  const held = new Held()
  const [paths, kept] = scatter.outputShape
  /** Coefficients of the samples start … end − 1; `length` is that of the signal, once it is known. */
  const frameAt = async (start: number, end: number, length: number): Promise<Frame> => {
    abort?.throwIfAborted()
    const x = held.window(start - overlap, frame, length, padding)
    const { data } = await scatter.transformAsync({ data: x, shape: [frame] })
    const [first, count] = [overlap / step, Math.ceil((end - start) / step)]
    const own = realArray(x instanceof Float32Array ? 'float32' : 'float64', paths * count)
    for (let path = 0; path < paths; path++)
      own.set(data.subarray(path * kept + first, path * kept + first + count), path * count)
    return { data: own, shape: [paths, count], start }
  }
  let start = 0
  for await (const piece of pieces) {
    held.add(piece)
    // a mirrored start needs one sample more than the overlap; so does a mirrored end, of what is kept
    while (held.end > start + hop + overlap) {
      yield await frameAt(start, start + hop, Infinity)
      start += hop
      held.forget(start - overlap - hop)
    }
  }
  for (const length = held.end; start < length; start += hop)
    yield await frameAt(start, Math.min(start + hop, length), length)
}

/** The last samples of a signal. */
class Held {
  #data: RealArray | null = null
  #from = 0
  #count = 0

  /** Position behind the last sample. */
  get end(): number {
    return this.#from + this.#count
  }

  add(piece: RealArray): void {
    const bad = piece.findIndex((v: number) => v - v !== 0)
    if (bad >= 0) throw new ValueError(`sample ${this.end + bad} is ${piece[bad]}: replace it by a finite number first`)
    if (this.#data !== null && this.#data.constructor !== piece.constructor)
      throw new DTypeError('a piece has another precision than those before: give all in one')
    const needed = this.#count + piece.length
    if (this.#data === null || this.#data.length < needed) {
      const grown = realArray(piece instanceof Float32Array ? 'float32' : 'float64', 2 * needed)
      if (this.#data !== null) grown.set(this.#data.subarray(0, this.#count))
      this.#data = grown
    }
    this.#data.set(piece, this.#count)
    this.#count = needed
  }

  /** Lets go of what lies before a position. */
  forget(position: number): void {
    const drop = Math.min(Math.max(0, position - this.#from), this.#count)
    this.#data!.copyWithin(0, drop, this.#count)
    this.#from += drop
    this.#count -= drop
  }

  /** Samples first … first + count − 1, those beyond the ends of a signal of `length` by its padding. */
  window(first: number, count: number, length: number, padding: Cut['padding']): RealArray {
    const data = this.#data!
    const out = realArray(data instanceof Float32Array ? 'float32' : 'float64', count)
    // before the length is known, only the start is mirrored
    const known = Math.min(length, Number.MAX_SAFE_INTEGER / 4)
    for (let i = 0; i < count; i++) {
      const at = sourceOf(first + i, known, padding)
      out[i] = at < 0 ? 0 : data[at - this.#from]
    }
    return out
  }
}

/** Pieces of a signal, one by one, from an iterable of either kind. Throws `ValueError` for what is no piece. */
async function* piecesOf(signal: AsyncIterable<RealArray> | Iterable<RealArray>): AsyncGenerator<RealArray> {
  const is = (name: symbol): boolean =>
    typeof (signal as unknown as Record<symbol, unknown> | undefined | null)?.[name] === 'function'
  if (!is(Symbol.asyncIterator) && !is(Symbol.iterator))
    throw new ValueError(`the signal is ${shown(signal)}: give pieces, an iterable of Float32Array or Float64Array`)
  for await (const piece of signal) {
    if (!(piece instanceof Float32Array || piece instanceof Float64Array))
      throw new DTypeError(`a piece of the signal is ${shown(piece)}: give Float32Array or Float64Array`)
    yield piece
  }
}
