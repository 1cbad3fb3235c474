// NumPy's .npz files: a ZIP archive of .npy files. One array is read, never more than the caller's bound of bytes.
import { crc32 } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import type { NumericArray } from './array-source.ts'
import { FormatError } from './format-error.ts'
import { parseNpy } from './npy.ts'
import { parseHeader } from './npy-header.ts'

/** Which array of an .npz file, and how large it may be. */
export interface NpzOptions {
  /** Its name; default: `features` if there is one, else the only array. */
  readonly member?: string
  /** Bytes that the array may expand to; default 2 GiB. A larger one throws TOO_LARGE before a byte of it is expanded. */
  readonly maxBytes?: number
}

const MAX_BYTES = 2 ** 31

/** The array, and its element type as NumPy names it. Throws a FormatError that names `file`. */
export async function readNpz(
  file: string,
  options: NpzOptions = {},
): Promise<NumericArray & { readonly type: string }> {
  const zip = await opened(file)
  try {
    const entry = choose(await entriesOf(zip, file), options.member, file)
    const name = `${file}, ${entry.fileName}`
    const bytes = await expand(zip, entry, name, options.maxBytes ?? MAX_BYTES)
    return { ...parseNpy(bytes, name), type: parseHeader(bytes, name).elements.name }
  } finally {
    zip.close()
  }
}

async function opened(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { lazyEntries: true, autoClose: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw new FormatError(
      'NOT_AN_ARRAY',
      file,
      `no .npz file, or one cut short (${(error as Error).message}): copy it again`,
      { cause: error },
    )
  }
}

async function entriesOf(zip: ZipFile, file: string): Promise<Entry[]> {
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) if (entry.fileName.endsWith('.npy')) entries.push(entry)
  } catch (error) {
    throw new FormatError('CORRUPT', file, `a damaged ZIP directory (${(error as Error).message}): copy it again`, {
      cause: error,
    })
  }
  return entries
}

function choose(entries: readonly Entry[], member: string | undefined, file: string): Entry {
  const wanted = member ?? 'features'
  const named = entries.find(({ fileName }) => fileName === `${wanted}.npy`)
  const entry = named ?? (member === undefined && entries.length === 1 ? entries[0] : undefined)
  if (entry !== undefined) return entry
  const names = entries.map(({ fileName }) => fileName.slice(0, -4)).join(', ')
  throw new FormatError(
    'MEMBER',
    file,
    `no array '${wanted}': name one of ${names === '' ? 'none: it holds no .npy file' : names}`,
  )
}

async function expand(zip: ZipFile, entry: Entry, name: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const { uncompressedSize: size, compressedSize } = entry
  if (size > maxBytes)
    throw new FormatError(
      'TOO_LARGE',
      name,
      `${compressedSize} bytes that expand to ${size}, more than the bound of ${maxBytes}: save it as .npy, of which rows are read one by one`,
    )
  if (entry.isEncrypted()) throw new FormatError('CORRUPT', name, 'encrypted: save it without a password')
  const bytes = new Uint8Array(size)
  let filled = 0
  try {
    // the library ends with an error where more or fewer bytes come out than the directory says
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      bytes.set(chunk as Uint8Array, filled)
      filled += (chunk as Uint8Array).length
    }
  } catch (error) {
    throw new FormatError('CORRUPT', name, `damaged (${(error as Error).message}): copy it again`, { cause: error })
  }
  if (crc32(bytes) !== entry.crc32) throw new FormatError('CORRUPT', name, 'its checksum is another: copy it again')
  return bytes
}
