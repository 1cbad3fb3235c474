// The door to arrays in files: .npy and .npz by the file's first bytes, whatever its name.
import { open } from 'node:fs/promises'
import { sizeOf, type ArraySource, type NumericArray } from './array-source.ts'
import { FormatError } from './format-error.ts'
import { openNpy } from './npy.ts'
import { openNpz, type NpzOptions } from './npz.ts'

/** Opens the array in a file, of which rows are read as they are needed. Throws a FormatError, or what the file system says. */
export async function openArray(file: string, options: NpzOptions = {}): Promise<ArraySource> {
  return (await isZip(file)) ? openNpz(file, options) : openNpy(file)
}

/** The whole array in a file. Throws TOO_LARGE for more than `maxBytes` (2 GiB) of it. */
export async function readArray(
  file: string,
  options: NpzOptions & { readonly maxBytes?: number } = {},
): Promise<NumericArray> {
  const source = await openArray(file, options)
  try {
    const { shape } = source
    const maxBytes = options.maxBytes ?? 2 ** 31
    const bytes = sizeOf(shape) * (Number(/\d+$/.exec(source.type)?.[0] ?? 8) / 8)
    if (bytes > maxBytes)
      throw new FormatError(
        'TOO_LARGE',
        file,
        `${bytes} bytes of numbers, more than the bound of ${maxBytes}: read rows of it`,
      )
    return { shape, data: await source.read(0, shape[0]) }
  } finally {
    await source.close()
  }
}

async function isZip(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(4), 0, 4, 0)
    return bytesRead === 4 && buffer[0] === 0x50 && buffer[1] === 0x4b
  } finally {
    await handle.close()
  }
}
