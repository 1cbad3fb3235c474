// A back end that shows its numbers to `read` only, as a GPU does: the reference behind a wall.
import { type Backend, type Buffer, type RealArray, type RealDType, reference } from '@scatterlab/tensor'

/** The reference, with buffers whose `data` is null; `reads` counts what was read. */
export function remoteBackend(): Backend & { readonly reads: number } {
  const behind = new Map<unknown, Buffer>()
  let reads = 0
  const hide = (buffer: Buffer): Buffer => {
    const shown = { dtype: buffer.dtype, length: buffer.length, data: null }
    behind.set(shown, buffer)
    return shown
  }
  const unhide = (value: unknown): unknown => {
    if (behind.has(value)) return behind.get(value)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    if (Array.isArray(value)) return value.map(unhide)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unhide(inner)]))
  }
  const own: Partial<Backend> & { readonly reads: number } = {
    name: 'remote',
    get reads() {
      return reads
    },
    run: (operation, args) => operation.reference(...(unhide(args) as typeof args)),
    allocate: (dtype: RealDType, length: number) => hide(reference.allocate(dtype, length)),
    adopt: (data: RealArray) => hide(reference.adopt(data.slice())),
    release: () => {},
    async read(buffer: Buffer) {
      reads++
      const numbers = reference.read(behind.get(buffer)!)
      await new Promise((resolve) => setTimeout(resolve))
      return numbers
    },
  }
  return Object.defineProperties({ ...reference }, Object.getOwnPropertyDescriptors(own)) as Backend & {
    readonly reads: number
  }
}
