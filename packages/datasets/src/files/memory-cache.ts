// A cache that lasts as long as the program: for `cache: false`, and for pages without the Cache API.

import { joined } from './gzip.ts'
import type { FileCache, FilePart } from './storage.ts'

/** A new, empty cache in memory. */
export function memoryCache(): FileCache {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const parts = new Map<string, Uint8Array[]>()
  return {
    place: 'memory',
    read: async (name) => files.get(name),
    remove: async (name) => void files.delete(name),
    openPart: async (name) => memoryPart(name, parts, async (bytes) => void files.set(name, bytes)),
  }
}

/** A part held in memory, taken out of `parts` and put back when left; `keep` stores the finished file. */
export function memoryPart(
  name: string,
  parts: Map<string, Uint8Array[]>,
  keep: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): FilePart {
  let chunks = parts.get(name) ?? []
  parts.delete(name)
  let size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  return {
    get size() {
      return size
    },
    append: async (chunk) => {
      chunks.push(chunk)
      size += chunk.length
    },
    clear: async () => {
      chunks = []
      size = 0
    },
    bytes: async () => joined(chunks, size),
    commit: () => keep(joined(chunks, size)),
    leave: async () => {
      if (size > 0) parts.set(name, chunks)
    },
  }
}
