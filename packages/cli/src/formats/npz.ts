// NumPy's .npz files: a ZIP archive of .npy files. One that is only stored is read where it lies; one that is compressed is expanded to a file once.
import { crc32 } from 'node:zlib'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import type { ArraySource } from './array-source.ts'
import { FormatError } from './format-error.ts'
import { openTemporary, streamedHeader } from './npy-pipe.ts'
import { openNpy } from './npy.ts'
import { expandedFile, isBomb } from './temporary-file.ts'

/** Which array of an .npz file, and how it is opened. */
export interface NpzOptions {
  /** Its name; default: `features` if there is one, else the only array. */
  readonly member?: string
  /** Where an expanded array lies for all who read this file; the owner of the folder removes it. Default: a temporary file. */
  readonly folder?: string
  /** Its sum was checked before: it is not checked again where it lies. */
  readonly checked?: boolean
}

/** Opens the array; it is expanded, and its sum checked, at the first read. Throws a FormatError that names `file`. */
export async function openNpz(file: string, options: NpzOptions = {}): Promise<ArraySource> {
  const entry = await withZip(file, async (zip) => choose(await entriesOf(zip, file), options.member, file))
  const name = `${file}, ${entry.fileName}`
  const { uncompressedSize: size, compressedSize } = entry
  if (isBomb(compressedSize, size))
    throw new FormatError(
      'TOO_LARGE',
      name,
      `${compressedSize} bytes that expand to ${size}: save it as .npy if that is meant`,
    )
  if (entry.isEncrypted()) throw new FormatError('CORRUPT', name, 'encrypted: save it without a password')
  const { shape, elements } = await withZip(file, (zip) => streamedHeader(contentOf(zip, entry, name), name))
  let opening: Promise<ArraySource> | undefined
  const opened = (): Promise<ArraySource> => (opening ??= openEntry(file, entry, name, options))
  return {
    shape,
    type: elements.name,
    prepare: async () => void (await opened()),
    read: async (begin, end) => (await opened()).read(begin, end),
    close: async () => {
      const source = await opening?.catch(() => undefined)
      await source?.close()
    },
  }
}

async function openEntry(
  file: string,
  entry: Entry,
  name: string,
  { folder, checked }: NpzOptions,
): Promise<ArraySource> {
  const isStored = entry.compressionMethod === 0
  if (isStored) {
    const start = await withZip(file, async (zip) => {
      if (!checked) for await (const _ of contentOf(zip, entry, name));
      return (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart
    })
    return openNpy(file, { name, extent: { start, length: entry.uncompressedSize } })
  }
  const expanded = await withZip(file, (zip) =>
    expandedFile(file, entry.fileName, folder, () => contentOf(zip, entry, name)),
  )
  return openTemporary(expanded, name)
}

async function withZip<Value>(file: string, use: (zip: ZipFile) => Promise<Value>): Promise<Value> {
  const zip = await opened(file)
  try {
    return await use(zip)
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

/** The bytes of an entry. Throws CORRUPT at their end if they are others than the archive says. */
async function* contentOf(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  let sum = 0
  try {
    // the library ends with an error where more or fewer bytes come out than the directory says
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      sum = crc32(chunk as Uint8Array, sum)
      yield chunk as Uint8Array
    }
  } catch (error) {
    throw new FormatError('CORRUPT', name, `damaged (${(error as Error).message}): copy it again`, { cause: error })
  }
  if (sum !== entry.crc32) throw new FormatError('CORRUPT', name, 'its checksum is another: copy it again')
}
