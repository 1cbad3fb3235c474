// A back end that keeps its numbers to itself, as a GPU does, and counts the buffers in use: what passes here reads by
// `await read()` only, and gives its memory back. The reference computes.
import { type Backend, type Buffer, type View, reference } from '@scatterlab/tensor'

/** The reference behind buffers without `data`; what is released is spoilt. */
export function deviceBackend(): Backend & { readonly live: ReadonlySet<Buffer> } {
  const hosts = new Map<Buffer, Buffer>()
  const live = new Set<Buffer>()
  const keep = (host: Buffer): Buffer => {
    const device = { dtype: host.dtype, length: host.length, data: null }
    hosts.set(device, host)
    live.add(device)
    return device
  }
  const onHost = (argument: unknown): unknown => {
    if (Array.isArray(argument)) return argument.map(onHost)
    const view = argument as View
    return typeof view === 'object' && view !== null && 'buffer' in view
      ? { ...view, buffer: hosts.get(view.buffer) }
      : argument
  }
  return {
    ...reference,
    run: (operation, args) => operation.reference(...(args.map(onHost) as unknown as typeof args)),
    name: 'device',
    live,
    allocate: (dtype, length) => keep(reference.allocate(dtype, length)),
    adopt: (data) => keep(reference.adopt(data.slice())),
    release(buffer) {
      if (live.delete(buffer)) hosts.get(buffer)?.data?.fill(NaN)
    },
    read: async (buffer) => reference.read(hosts.get(buffer)!),
  }
}
