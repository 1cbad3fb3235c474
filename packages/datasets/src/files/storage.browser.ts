// Files in the browser's Cache API, or in memory where it is missing (pages that are neither https nor localhost).
// Parts of interrupted downloads last as long as the page.

import { ValueError } from '@scatterlab/tensor'
import { memoryCache, memoryPart } from './memory-cache.ts'
import { cacheError, type Storage } from './storage.ts'

const sharedMemory = memoryCache()
const parts = new Map<string, Uint8Array[]>()

// The Cache API takes addresses for names; this host cannot exist (RFC 2606).
const addressOf = (name: string): string => new URL(name, 'https://scatterlab.invalid/').href

/** A page's environment names no folder. */
export const dataFolder: Storage['dataFolder'] = () => undefined

/** Throws ValueError: a page reads no folders. */
export const readFirst: Storage['readFirst'] = (folder) => {
  throw new ValueError(`folder ${folder}: a page reads no folders, give \`mirrors\` that serve the files instead`)
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
