// Items that are rows of an array, read a block at a time.
import { UsageError } from '../errors.ts'
import type { ArraySource } from '../formats/array-source.ts'
import type { Items } from './items.ts'

/** How an array is cut into items: the lengths of one, and of channels. */
interface Cut {
  readonly count: number
  readonly channels: number
  readonly size: readonly number[]
}

/** [n, h, w], [n, c, h, w] or one [h, w]; for signals [n, length], [n, c, length] or one [length]. */
function cutOf(shape: readonly number[], ofImages: boolean, name: string): Cut {
  const axes = ofImages ? 2 : 1
  const extra = shape.length - axes
  if (extra < 0 || extra > 2) {
    const forms = ofImages
      ? '[n, height, width] or [n, channels, height, width]'
      : '[n, length] or [n, channels, length]'
    throw new UsageError('SIZE', `'${name}' has shape [${shape.join(', ')}]: give ${forms}, or another --transform`)
  }
  return { count: extra > 0 ? shape[0] : 1, channels: extra > 1 ? shape[1] : 1, size: shape.slice(extra) }
}

/** Rows of an open array, which is closed where it holds no items. Bytes are divided by 255, as those of images; other numbers are taken as they are. */
export async function arrayItems(
  source: ArraySource,
  ofImages: boolean,
  name: string,
  nameOf?: (i: number) => string,
): Promise<Items> {
  try {
    return itemsOf(source, ofImages, name, nameOf)
  } catch (error) {
    await source.close()
    throw error
  }
}

function itemsOf(source: ArraySource, ofImages: boolean, name: string, nameOf?: (i: number) => string): Items {
  const { count, channels, size } = cutOf(source.shape, ofImages, name)
  if (count === 0)
    throw new UsageError('EMPTY_INPUT', `'${name}' has shape [${source.shape.join(', ')}]: it holds nothing`)
  const divisor = source.type === 'uint8' ? 255 : 1
  const isOne = source.shape.length === size.length
  const named = nameOf ?? ((i: number) => String(i))
  return {
    count,
    channels,
    size,
    async read(begin, end, seen) {
      const numbers = isOne ? await source.read(0, source.shape[0]) : await source.read(begin, end)
      seen(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
      const each = numbers.length / (end - begin)
      const data = new Float32Array(numbers.length)
      for (let i = 0; i < data.length; i++) data[i] = numbers[i] / divisor
      const unreadable = []
      const names: string[] = []
      for (let i = 0; i < end - begin; i++) {
        const name = named(begin + i)
        if (isFiniteIn(data, i * each, (i + 1) * each)) {
          data.copyWithin(names.length * each, i * each, (i + 1) * each)
          names.push(name)
        } else unreadable.push({ name, reason: 'it holds numbers that are not finite' })
      }
      return { data: data.subarray(0, names.length * each), names, unreadable }
    },
    ...(source.prepare && { prepare: source.prepare }),
    close: () => source.close(),
  }
}

function isFiniteIn(numbers: Float32Array, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) if (!Number.isFinite(numbers[i])) return false
  return true
}
