// Sounds in WAVE files, the mean of their channels, at one rate.
import { join } from 'node:path'
import { DatasetError, type Sound, parseWav, resample } from '@scatterlab/datasets'
import { UsageError } from '../errors.ts'
import { fileItems, readBounded } from './file-items.ts'
import type { InputOptions, Items } from './items.ts'

const MOST_BYTES = 2 ** 30
const MOST_RATE = 2 ** 24
const MOST_SAMPLES = 2 ** 28

/**
 * The files `names` as sounds, brought to `options.rate`. Without it all must have the rate of the first that can be read, or of `known`; without
 * `options.length` all must be as long.
 */
export async function soundItems(
  folder: string,
  names: readonly string[],
  { length, rate }: InputOptions,
  known?: { readonly size: readonly number[]; readonly rate?: number | undefined },
): Promise<Items> {
  const first = known ?? (await firstSound(folder, names, rate))
  const [samples, expected] = [length ?? first.size[0], rate ?? first.rate]
  const decode = async (bytes: Uint8Array, name: string): Promise<Float32Array> => {
    const sound = parseWav(bytes, name)
    if (rate === undefined && sound.sampleRate !== expected) {
      throw new UsageError(
        'RATE',
        `${name} has ${sound.sampleRate} samples a second, others ${expected}: give --rate, such as --rate ${expected}`,
      )
    }
    const numbers = atRate(sound, name, expected)
    if (length === undefined && numbers.length !== samples) {
      throw new UsageError(
        'SIZE',
        `${name} has ${numbers.length} samples, others ${samples}: give --length, such as --length ${samples}`,
      )
    }
    if (numbers.length >= samples) return numbers.subarray(0, samples)
    const longer = new Float32Array(samples)
    longer.set(numbers)
    return longer
  }
  const kind = { size: [samples], channels: 1, maxBytes: MOST_BYTES, ...(expected !== undefined && { rate: expected }) }
  return fileItems(folder, names, kind, decode)
}

/** The mean of the channels, at `rate` where one is given. Throws DatasetError for a file whose own rate is out of all bounds. */
function atRate(
  { data, shape: [channels, samples], sampleRate }: Sound,
  name: string,
  rate = sampleRate,
): Float32Array {
  if (sampleRate > MOST_RATE || (samples * rate) / sampleRate > MOST_SAMPLES) {
    const message = `${name} says that it has ${sampleRate} samples a second, which cannot be brought to ${rate}: get it again`
    throw new DatasetError('FORMAT', message, { file: name })
  }
  const mean = new Float32Array(samples)
  for (let i = 0; i < samples; i++) {
    let sum = 0
    for (let c = 0; c < channels; c++) sum += data[c * samples + i]
    mean[i] = sum / channels
  }
  return rate === sampleRate ? mean : resample(mean, { from: sampleRate, to: rate })
}

async function firstSound(
  folder: string,
  names: readonly string[],
  rate: number | undefined,
): Promise<{ size: readonly number[]; rate: number }> {
  let first = ''
  for (const name of names) {
    try {
      const sound = parseWav(await readBounded(join(folder, name), MOST_BYTES), name)
      return { size: [atRate(sound, name, rate).length], rate: sound.sampleRate }
    } catch (error) {
      first ||= (error as Error).message
    }
  }
  throw new UsageError('EMPTY_INPUT', `none of ${names.length} sounds can be read; the first: ${first}`)
}
