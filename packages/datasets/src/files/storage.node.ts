// Files in folders, for Node: the user's data folder, and a cache in the place that the platform has for caches. A file
// under download is written beside its final name and renamed when it is whole. Browsers get `storage.browser.ts` in
// its place.

import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatasetError } from '../errors.ts'
import type { SizeLimit } from './gzip.ts'
import { START_BYTES, cacheError, checkLength, type FilePart, type Storage } from './storage.ts'

/** SCATTERLAB_DATA. */
export const dataFolder: Storage['dataFolder'] = () => process.env['SCATTERLAB_DATA'] || undefined

/** A folder that was named must hold the set. */
export const mayLack: Storage['mayLack'] = () => false

/** The first of `names` that is a file, not a folder. */
export const readFirst: Storage['readFirst'] = async (folder, names, limit) => {
  for (const name of names) {
    const path = join(folder, name)
    try {
      const bytes = await readIfFile(path, limit)
      if (bytes) return { path, bytes }
    } catch (cause) {
      if (cause instanceof DatasetError) throw cause
      const why = cause instanceof Error ? cause.message : String(cause)
      const message = `${path} cannot be read (${why}): give a folder whose files can be`
      throw new DatasetError('NOT_FOUND', message, { file: path, cause })
    }
  }
  return undefined
}

/** The cache in the folder `place`; by default SCATTERLAB_CACHE, else `scatterlab` in the platform's cache folder. */
export const openCache: Storage['openCache'] = (place = defaultCacheFolder()) => {
  const named = async <Result>(action: () => Promise<Result>): Promise<Result> => {
    try {
      return await action()
    } catch (error) {
      if (error instanceof DatasetError) throw error
      throw cacheError(place, error)
    }
  }
  return {
    place,
    read: (name, most) => named(() => readIfFile(join(place, name), most)),
    remove: (name) => named(() => rm(join(place, name), { force: true })),
    openPart: async (name) => {
      const part = await named(() => openPart(join(place, name)))
      return {
        get size() {
          return part.size
        },
        append: (chunk) => named(() => part.append(chunk)),
        clear: () => named(() => part.clear()),
        bytes: () => named(() => part.bytes()),
        commit: () => named(() => part.commit()),
        leave: () => named(() => part.leave()),
      }
    },
  }
}

function defaultCacheFolder(): string {
  const { SCATTERLAB_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (SCATTERLAB_CACHE) return SCATTERLAB_CACHE
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'scatterlab')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'scatterlab')
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? homedir(), 'scatterlab', 'Cache')
  return join(homedir(), '.cache', 'scatterlab')
}

// The length is looked at before anything is read; pipes and devices, which may have no end, are no files.
async function readIfFile(path: string, limit?: SizeLimit): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    if (!(await stat(path)).isFile()) return undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const start = new Uint8Array(START_BYTES)
    const { bytesRead } = await file.read(start, 0, start.length, 0)
    checkLength(path, size, start.subarray(0, bytesRead), limit)
    return new Uint8Array(await file.readFile())
  } finally {
    await file.close()
  }
}

// A part that waits is `file.part`. One in use is `file.part-PID-…`: two downloads never write to the same part, and
// after a download was killed its part is known by the dead process in its name.
async function openPart(path: string): Promise<FilePart> {
  await makeFolder(dirname(path))
  const own = `${path}.part-${process.pid}-${randomUUID().slice(0, 8)}`
  for (const waiting of await waitingParts(path)) if (await moved(waiting, own)) break
  const handle = await open(own, 'a')
  let { size } = await handle.stat()
  return {
    get size() {
      return size
    },
    append: async (chunk) => {
      await handle.appendFile(chunk)
      size += chunk.length
    },
    clear: async () => {
      await handle.truncate()
      size = 0
    },
    bytes: async () => new Uint8Array(await readFile(own)),
    commit: async () => {
      await handle.datasync()
      await handle.close()
      await rename(own, path)
      await Promise.all((await waitingParts(path)).map((waiting) => rm(waiting, { force: true })))
    },
    leave: async () => {
      await handle.close()
      if (size > 0) await rename(own, `${path}.part`)
      else await rm(own, { force: true })
    },
  }
}

// one level at a time, as Node's own way never ends where a file system makes no folders, such as /proc
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path).catch((again: unknown) => {
      if (!hasCode(again, 'EEXIST')) throw again
    })
  }
}

async function waitingParts(path: string): Promise<string[]> {
  const folder = dirname(path)
  const start = `${basename(path)}.part`
  const names = (await readdir(folder)).filter((name) => name.startsWith(start))
  const isWaiting = await Promise.all(
    names.map(
      async (name) => name === start || !isAlive(Number(name.split('-').at(-2))) || (await isOld(join(folder, name))),
    ),
  )
  return names.filter((_, i) => isWaiting[i]).map((name) => join(folder, name))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** Not written to for an hour: another program has the number of the process by now. */
async function isOld(path: string): Promise<boolean> {
  const hour = 3_600_000
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > hour,
    () => false,
  )
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
