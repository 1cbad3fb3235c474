// A back end that knows which of its buffers are in use, for tests of when memory is given back.
import { type Backend, type Buffer, reference } from '@scatterlab/tensor'

/** The reference, with memory that is counted, and spoilt when it is given back. */
export function countingBackend(): Backend & { readonly live: ReadonlySet<Buffer> } {
  const live = new Set<Buffer>()
  const keep = (buffer: Buffer): Buffer => {
    live.add(buffer)
    return buffer
  }
  return {
    ...reference,
    name: 'counting',
    live,
    allocate: (dtype, length) => keep(reference.allocate(dtype, length)),
    // as a back end with memory of its own does
    adopt: (data) => keep(reference.adopt(data.slice())),
    release: (buffer) => {
      if (live.delete(buffer)) buffer.data?.fill(NaN)
    },
  }
}
