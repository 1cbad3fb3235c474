// Sounds in WAVE files: samples to numbers from −1 to 1, and back. Compressed kinds are refused.

import { type ShapedArray, checkArgument, checkOptions, wholeNumber } from '@scatterlab/tensor'
import { DatasetError } from '../errors.ts'
import { aName, bytesOfFile, numbers } from '../rules.ts'

/** A sound as it is stored: channels one after the other, numbers from −1 to 1. */
export interface Sound extends ShapedArray<Float32Array, readonly [channels: number, samples: number]> {
  /** Samples a second. */
  readonly sampleRate: number
}

const PCM = 1
const FLOAT = 3
const EXTENSIBLE = 0xfffe

/**
 * The samples of a WAVE file: PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64; `file` is its name in errors. Throws DatasetError: FORMAT
 * for another file or another kind of samples, TRUNCATED if it ends too early, EMPTY without samples.
 * Source: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991).
 */
export function parseWav(bytes: Uint8Array, file = 'WAVE file'): Sound {
  checkArgument('parseWav: bytes', bytes, bytesOfFile)
  checkArgument('parseWav: file', file, aName)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fault = (code: 'FORMAT' | 'TRUNCATED' | 'EMPTY', what: string): DatasetError =>
    new DatasetError(code, `${file} ${what}`, { file })
  if (bytes.length < 12 || textAt(view, 0) !== 'RIFF' || textAt(view, 8) !== 'WAVE')
    throw fault('FORMAT', 'is not a WAVE file: convert it, for example by ffmpeg')
  let format: { kind: number; channels: number; sampleRate: number; bits: number } | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const [name, size] = [textAt(view, at), view.getUint32(at + 4, true)]
    const start = at + 8
    if (name === 'fmt ' && size >= 16 && start + size <= bytes.length) {
      const tag = view.getUint16(start, true)
      format = {
        kind: tag === EXTENSIBLE && size >= 26 ? view.getUint16(start + 24, true) : tag,
        channels: view.getUint16(start + 2, true),
        sampleRate: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true),
      }
    }
    if (name === 'data') {
      if (!format) throw fault('FORMAT', 'has samples before it says what they are')
      if (start + size > bytes.length) throw fault('TRUNCATED', 'ends too early: it was cut short, get it again')
      const { kind, channels, sampleRate, bits } = format
      const read = readerOf(kind, bits)
      if (!read || channels === 0 || sampleRate === 0)
        throw fault(
          'FORMAT',
          `holds samples of kind ${kind}, ${bits} bits, ${channels} channels: PCM and floats are read`,
        )
      const step = bits / 8
      const samples = Math.floor(size / (step * channels))
      if (samples === 0) throw fault('EMPTY', 'holds no samples')
      const data = new Float32Array(channels * samples)
      for (let i = 0, from = start; i < samples; i++) {
        for (let c = 0; c < channels; c++, from += step) data[c * samples + i] = read(view, from)
      }
      return { data, shape: [channels, samples], sampleRate }
    }
    at = start + size + (size % 2)
  }
  throw fault(bytes.length < 44 ? 'TRUNCATED' : 'FORMAT', 'has no samples in it')
}

type Read = (view: DataView, at: number) => number

function readerOf(kind: number, bits: number): Read | undefined {
  const readers: Record<string, Read> = {
    [`${PCM},8`]: (view, at) => (view.getUint8(at) - 128) / 128,
    [`${PCM},16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
    [`${PCM},24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
    [`${PCM},32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
    [`${FLOAT},32`]: (view, at) => view.getFloat32(at, true),
    [`${FLOAT},64`]: (view, at) => view.getFloat64(at, true),
  }
  return readers[`${kind},${bits}`]
}

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)))

/**
 * A WAVE file, PCM of 16 bits, of one channel of numbers from −1 to 1; those beyond are clipped. Throws ValueError for a sample rate that
 * is no whole number from 1.
 */
export function encodeWav(
  samples: ArrayLike<number>,
  options: { readonly sampleRate: number },
): Uint8Array<ArrayBuffer> {
  checkArgument('encodeWav: samples', samples, numbers)
  const { sampleRate } = checkOptions('encodeWav', options, { sampleRate: wholeNumber(1, 2 ** 31) }, ['sampleRate'])
  const size = 2 * samples.length
  const bytes = new Uint8Array(44 + size)
  const view = new DataView(bytes.buffer)
  const text = (at: number, name: string): void => bytes.set(new TextEncoder().encode(name), at)
  text(0, 'RIFF')
  view.setUint32(4, 36 + size, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, PCM, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, 2 * sampleRate, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, size, true)
  for (let i = 0; i < samples.length; i++)
    view.setInt16(44 + 2 * i, Math.max(-32768, Math.min(32767, Math.round(samples[i] * 2 ** 15))), true)
  return bytes
}
