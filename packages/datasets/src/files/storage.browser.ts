// Files in the browser's Cache API, or in memory where it is missing (pages that are neither https nor localhost).
// Parts of interrupted downloads last as long as the page.

import { bytesOf, filesOf, isPageFolder, noFolder, plain } from '../folders/page-folder.ts'
import { memoryCache, memoryPart } from './memory-cache.ts'
import { START_BYTES, cacheError, checkLength, type Storage } from './storage.ts'

const sharedMemory = memoryCache()
const parts = new Map<string, Uint8Array[]>()

// The Cache API takes addresses for names; this host cannot exist (RFC 2606).
const addressOf = (name: string): string => new URL(name, 'https://scatterlab.invalid/').href

/** A page's environment names no folder. */
export const dataFolder: Storage['dataFolder'] = () => undefined

/** A page's folders are files that were given: they hold what they hold. */
export const mayLack: Storage['mayLack'] = isPageFolder

/** Out of the files that a page was given. Throws ValueError for another folder. */
export const readFirst: Storage['readFirst'] = async (folder, names, limit) => {
  const files = filesOf(folder) ?? noFolder(folder)
  for (const name of names.map(plain)) {
    const file = files.get(name)
    if (!file) continue
    const path = `${folder}/${name}`
    checkLength(path, file.size, await bytesOf(file.slice(0, START_BYTES), path), limit)
    return { path, bytes: await bytesOf(file, path) }
  }
  return undefined
}

/** The Cache API's cache named `place`. */
export const openCache: Storage['openCache'] = (place = 'scatterlab') => {
  if (globalThis.caches === undefined) return sharedMemory
  const cached = async <Result>(action: (cache: Cache) => Promise<Result>): Promise<Result> => {
    try {
      return await action(await caches.open(place))
    } catch (error) {
      throw cacheError(`"${place}" of this site`, error)
    }
  }
  return {
    place: `cache "${place}" of this site`,
    read: (name) =>
      cached(async (cache) => {
        const response = await cache.match(addressOf(name))
        return response && new Uint8Array(await response.arrayBuffer())
      }),
    remove: (name) => cached(async (cache) => void (await cache.delete(addressOf(name)))),
    openPart: async (name) =>
      memoryPart(`${place}/${name}`, parts, (bytes) =>
        cached((cache) => cache.put(addressOf(name), new Response(bytes))),
      ),
  }
}
