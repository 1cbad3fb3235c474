// Deterministic release: what is allocated inside a scope goes back to its back end when the scope ends, but for its result.
import type { Backend, Buffer } from './backend.ts'

type Allocations = Map<Buffer, Backend>

let current: Allocations | null = null

/** Registers a new buffer with the innermost scope, if there is one. */
export function track(backend: Backend, buffer: Buffer): Buffer {
  current?.set(buffer, backend)
  return buffer
}

/** Anything that holds arrays: one, or lists and records of them. */
type Holder = { readonly buffer: Buffer } | readonly unknown[] | Readonly<Record<string, unknown>>

function buffersOf(value: unknown, found: Set<Buffer> = new Set()): Set<Buffer> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return found
  if ('buffer' in value && typeof value.buffer === 'object') found.add(value.buffer as Buffer)
  else for (const inner of Object.values(value as Holder)) buffersOf(inner, found)
  return found
}

/**
 * Runs `body` and releases every array that it allocated, except those in its result (an array, or lists and records of
 * arrays), which pass to the enclosing scope. Not for asynchronous bodies: issue the work in the scope, await outside.
 */
export function scope<T>(body: () => T): T {
  const outer = current
  const own: Allocations = new Map()
  current = own
  try {
    const result = body()
    for (const buffer of buffersOf(result)) {
      const owner = own.get(buffer)
      if (owner && own.delete(buffer)) outer?.set(buffer, owner)
    }
    return result
  } finally {
    current = outer
    for (const [buffer, backend] of own) backend.release(buffer)
  }
}
