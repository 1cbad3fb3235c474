// Images in files, decoded by `datasets`, as numbers from 0 to 1.
import { join } from 'node:path'
import { readImageBytes } from '@scatterlab/datasets/image'
import { UsageError } from '../errors.ts'
import { fileItems, readBounded } from './file-items.ts'
import type { InputOptions, Items } from './items.ts'

const MOST_PIXELS = 2 ** 26
/** No kind takes more than four bytes a pixel, but for what stands before them. */
const MOST_BYTES = 4 * MOST_PIXELS + 2 ** 20

/** The files `names` as images. Without `options.size` all must be of one size, which is that of the first that can be read, or `known`. */
export async function imageItems(
  folder: string,
  names: readonly string[],
  { size, fit, colour }: InputOptions,
  known?: readonly number[],
): Promise<Items> {
  const how = { fit, colour: colour ? ('rgb' as const) : ('grey' as const), ...(size && { size }) }
  const own = size ?? known ?? (await firstSize(folder, names))
  const decode = async (bytes: Uint8Array, name: string): Promise<Float32Array> => {
    const { data, shape } = await readImageBytes(bytes, name, how)
    if (shape[1] !== own[0] || shape[2] !== own[1]) {
      throw new UsageError(
        'SIZE',
        `${name} is ${shape[1]}×${shape[2]} pixels, others are ${own[0]}×${own[1]}: give --size, such as --size ${Math.min(...own)}`,
      )
    }
    const numbers = new Float32Array(data.length)
    for (let i = 0; i < data.length; i++) numbers[i] = data[i] / 255
    return numbers
  }
  return fileItems(folder, names, { size: own, channels: colour ? 3 : 1, maxBytes: MOST_BYTES }, decode)
}

async function firstSize(folder: string, names: readonly string[]): Promise<readonly number[]> {
  let first = ''
  for (const name of names) {
    try {
      const bytes = await readBounded(join(folder, name), MOST_BYTES)
      return (await readImageBytes(bytes, name)).shape.slice(1)
    } catch (error) {
      first ||= (error as Error).message
    }
  }
  throw new UsageError('EMPTY_INPUT', `none of ${names.length} images can be read; the first: ${first}`)
}
