// Deterministic release: what is allocated inside a scope goes back to its back end when the scope ends, but for its
// result.
import { ValueError } from '../errors.ts'
import type { Backend, Buffer } from '../backend/backend.ts'
import { isRecording } from '../gradient/tape.ts'

type Allocations = Map<Buffer, Backend>

let current: Allocations | null = null

/** Registers a new buffer with the innermost scope, if there is one. */
export function track(backend: Backend, buffer: Buffer): Buffer {
  current?.set(buffer, backend)
  return buffer
}

/** Whether the innermost scope would release the buffer. */
export const isOwn = (buffer: Buffer): boolean => current?.has(buffer) ?? false

/** Releases a buffer of the innermost scope now; leaves any other. */
export function discard(buffer: Buffer): void {
  const backend = current?.get(buffer)
  if (backend === undefined) return
  current?.delete(buffer)
  backend.release(buffer)
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
 * Runs `body` and releases every array that it allocated, except those in its result (an array, or lists, records and
 * maps of arrays), which pass to the enclosing scope. Typed arrays do not count: return `x.toTypedArray()`, a
 * copy. Not for asynchronous bodies: issue the work in the scope, await outside. While a gradient is being computed the
 * arrays stay until it is known.
 *
 * @example const distance = scope(() => norm(sub(a, b))) // a − b is released, the norm is not
 */
export function scope<T>(body: () => T): T {
  if (typeof body !== 'function') throw new ValueError('scope takes a function: scope(() => …)')
  const outer = current
  const own: Allocations = new Map()
  current = own
  try {
    const result = body()
    // what a gradient may need outlives the scopes that made it
    for (const buffer of isRecording() ? own.keys() : buffersOf(result)) {
      const owner = own.get(buffer)
      if (owner && own.delete(buffer)) outer?.set(buffer, owner)
    }
    return result
  } finally {
    current = outer
    for (const [buffer, backend] of own) backend.release(buffer)
  }
}
