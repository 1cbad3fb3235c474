// IDX files, MNIST's and their kin: rows of the file where it is plain, of an expanded one where it is .gz; labels of the file beside it.
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { DatasetError, IDX_HEADER_BYTES, type IdxHeader, gunzip, idxHeader, parseIdx } from '@scatterlab/datasets'
import type { ArraySource } from '../formats/array-source.ts'
import { openRegion } from '../formats/file-region.ts'
import { expandedFile, isBomb } from '../formats/temporary-file.ts'
import { arrayItems } from './array-items.ts'
import type { Items } from './items.ts'

/** The images in an IDX file. Their names begin with their labels, `7/0`. `shared` is where an expanded file lies for all. */
export async function idxItems(folder: string, name: string, shared?: string): Promise<Items> {
  const path = join(folder, name)
  const source = /\.gz$/i.test(name) ? await compressed(path, name, shared) : await plain(path, name)
  const labels = await labelsBeside(folder, name, source.shape[0])
  return arrayItems(source, true, name, (i) => `${labels === undefined ? '' : `${labels[i]}/`}${i}`)
}

async function plain(path: string, name: string): Promise<ArraySource> {
  const region = await openRegion(path, name)
  try {
    const start = await region.read(0, Math.min(region.length, IDX_HEADER_BYTES))
    const { shape, header } = idxHeader(start, name, region.length)
    const each = shape.slice(1).reduce((product, length) => product * length, 1)
    return {
      shape,
      type: 'uint8',
      read: (begin, end) => region.read(header + begin * each, (end - begin) * each),
      close: () => region.close(),
    }
  } catch (error) {
    await region.close()
    throw error
  }
}

/** Expanded at the first read. */
async function compressed(path: string, name: string, shared: string | undefined): Promise<ArraySource> {
  const header = await headerOf(path, name)
  const { size } = await stat(path)
  if (isBomb(size, header.bytes)) {
    const message = `${name} says that its ${size} bytes expand to ${header.bytes}: give the plain file if that is meant`
    throw new DatasetError('CORRUPT', message, { file: name })
  }
  let opening: Promise<{ readonly source: ArraySource; readonly remove: () => Promise<void> }> | undefined
  const opened = (): NonNullable<typeof opening> =>
    (opening ??= (async () => {
      const { path: own, remove } = await expandedFile(path, name, shared, () => contentOf(path, name, header))
      return { source: await plain(own, name), remove }
    })())
  return {
    shape: header.shape,
    type: 'uint8',
    prepare: async () => void (await opened()),
    read: async (begin, end) => (await opened()).source.read(begin, end),
    close: async () => {
      const own = await opening?.catch(() => undefined)
      await own?.source.close()
      await own?.remove()
    },
  }
}

async function headerOf(path: string, name: string): Promise<IdxHeader> {
  const start: Uint8Array[] = []
  let length = 0
  for await (const chunk of expanding(path, name)) {
    start.push(chunk)
    length += chunk.length
    if (length >= IDX_HEADER_BYTES) break
  }
  return idxHeader(Buffer.concat(start), name)
}

/** The whole, of the length that its header says. */
async function* contentOf(path: string, name: string, { bytes }: IdxHeader): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const chunk of expanding(path, name)) {
    length += chunk.length
    if (length > bytes) {
      const message = `${name} holds more than the ${bytes} bytes that its header says: get it again`
      throw new DatasetError('CORRUPT', message, { file: name })
    }
    yield chunk
  }
}

async function* expanding(path: string, name: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path)
  const zip = createGunzip()
  file.on('error', (error) => zip.destroy(error))
  try {
    for await (const chunk of file.pipe(zip)) yield chunk as Uint8Array
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException
    if (syscall !== undefined) throw cause
    const isShort = code === 'Z_BUF_ERROR'
    const message = isShort
      ? `${name} ends too early: it was cut short, get it again`
      : `${name} is damaged: get it again`
    throw new DatasetError(isShort ? 'TRUNCATED' : 'CORRUPT', message, { file: name, cause })
  } finally {
    file.destroy()
  }
}

/** The labels beside the images, as MNIST names them; undefined where there are none, or not as many. */
async function labelsBeside(folder: string, name: string, count: number): Promise<Uint8Array | undefined> {
  const file = name.replace('images', 'labels').replace('idx3', 'idx1')
  if (file === name) return undefined
  try {
    const bytes = await readFile(join(folder, file))
    const most = count + IDX_HEADER_BYTES
    const { data } = parseIdx(/\.gz$/i.test(file) ? await gunzip(bytes, file, most) : bytes, file)
    return data.length === count ? data : undefined
  } catch {
    return undefined
  }
}
