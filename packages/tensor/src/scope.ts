// Deterministic release: what is allocated inside a scope goes back to its back end when the scope ends, but for its result.
import type { Backend, Buffer } from './backend.ts'

type Allocations = Map<Buffer, Backend>

let current: Allocations | null = null

/** Registers a new buffer with the innermost scope, if there is one. */
export function track(backend: Backend, buffer: Buffer): Buffer {
  current?.set(buffer, backend)
  return buffer
}

function collectBuffers(value: unknown, found: Set<Buffer>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return
  seen.add(value)
  if ('buffer' in value) found.add(value.buffer as Buffer)
  else
    for (const inner of value instanceof Map ? value.values() : Object.values(value)) collectBuffers(inner, found, seen)
}

function buffersOf(value: unknown): Set<Buffer> {
  const found = new Set<Buffer>()
  collectBuffers(value, found, new Set())
  return found
}

/**
 * Runs `body` and releases every array that it allocated, except those in its result (an array, or lists, records and maps of
 * arrays), which pass to the enclosing scope. Typed arrays do not count: return `x.toTypedArray().slice()`, a copy. Not for
 * asynchronous bodies: issue the work in the scope, await outside.
 *
 * @example const distance = scope(() => norm(sub(a, b))) // a − b is released, the norm is not
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
