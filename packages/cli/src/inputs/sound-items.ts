// Sounds in WAVE files, the mean of their channels.
import { join } from 'node:path'
import { DatasetError, type Sound, parseWav } from '@scatterlab/datasets'
import { UsageError } from '../errors.ts'
import { fileItems, readBounded } from './file-items.ts'
import type { InputOptions, Items } from './items.ts'

const MOST_BYTES = 2 ** 30

/** The files `names` as sounds. Without `options.length` all must be as long as the first that can be read, or `known`. */
export async function soundItems(
  folder: string,
  names: readonly string[],
  { length, rate }: InputOptions,
  known?: { readonly size: readonly number[]; readonly rate?: number | undefined },
): Promise<Items> {
  const first = known ?? (await firstSound(folder, names))
  const [samples, expected] = [length ?? first.size[0], rate ?? first.rate]
  const decode = async (bytes: Uint8Array, name: string): Promise<Float32Array> => {
    const sound = parseWav(bytes, name)
    if (sound.sampleRate !== expected) {
      const fix = 'convert it, for example by ffmpeg -ar, or give --rate'
      throw new DatasetError(
        'MISMATCH',
        `${name} has ${sound.sampleRate} samples a second, others ${expected}: ${fix}`,
        { file: name },
      )
    }
    if (length === undefined && sound.shape[1] !== samples) {
      throw new UsageError(
        'SIZE',
        `${name} has ${sound.shape[1]} samples, others ${samples}: give --length, such as --length ${samples}`,
      )
    }
    return mono(sound, samples)
  }
  const kind = { size: [samples], channels: 1, maxBytes: MOST_BYTES, ...(expected !== undefined && { rate: expected }) }
  return fileItems(folder, names, kind, decode)
}

/** The mean of the channels, cut or continued with zeros. */
function mono({ data, shape: [channels, samples] }: Sound, length: number): Float32Array {
  const out = new Float32Array(length)
  for (let i = 0; i < Math.min(length, samples); i++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += data[c * samples + i]
    out[i] = sum / channels
  }
  return out
}

async function firstSound(
  folder: string,
  names: readonly string[],
): Promise<{ size: readonly number[]; rate: number }> {
  let first = ''
  for (const name of names) {
    try {
      const { shape, sampleRate } = parseWav(await readBounded(join(folder, name), MOST_BYTES), name)
      return { size: [shape[1]], rate: sampleRate }
    } catch (error) {
      first ||= (error as Error).message
    }
  }
  throw new UsageError('EMPTY_INPUT', `none of ${names.length} sounds can be read; the first: ${first}`)
}
