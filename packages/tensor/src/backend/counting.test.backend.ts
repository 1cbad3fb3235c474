// A back end that knows which of its buffers are in use, for tests of when memory is given back.
import type { Backend, Buffer } from './backend.ts'
import { reference } from './reference.ts'

/** The reference, with memory that is counted, and spoilt when it is given back. */
export function countingBackend(): Backend & { readonly live: ReadonlySet<Buffer>; readonly made: number } {
  const live = new Set<Buffer>()
  let made = 0
  const keep = (buffer: Buffer): Buffer => {
    live.add(buffer)
    made++
    return buffer
  }
  return {
    ...reference,
    name: 'counting',
    live,
    get made() {
      return made
    },
    allocate: (dtype, length) => keep(reference.allocate(dtype, length)),
    // as a back end with memory of its own does
    adopt: (data) => keep(reference.adopt(data.slice())),
    release: (buffer) => {
      if (live.delete(buffer)) buffer.data?.fill(NaN)
    },
  }
}
