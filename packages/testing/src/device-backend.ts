// A back end that shows its numbers to `read` only, as a GPU does: the reference behind buffers without `data`. Code that
// passes on it awaits its reads and gives its memory back.
import { type Backend, type Buffer, type View, reference } from '@scatterlab/tensor'

/** The back end, with what is allocated and not yet released, and how often it was read. */
export interface DeviceBackend extends Backend {
  readonly live: ReadonlySet<Buffer>
  readonly reads: number
}

/** A new one. What is released is filled with NaN. */
export function deviceBackend(): DeviceBackend {
  const hosts = new Map<unknown, Buffer>()
  const live = new Set<Buffer>()
  let reads = 0
  const keep = (host: Buffer): Buffer => {
    const device = { dtype: host.dtype, length: host.length, data: null }
    hosts.set(device, host)
    live.add(device)
    return device
  }
  /** Views, in whatever they come, as those of the reference. */
  const onHost = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(onHost)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    if ('buffer' in value) return { ...value, buffer: hosts.get(value.buffer) }
    if (Object.getPrototypeOf(value) !== Object.prototype) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, onHost(inner)]))
  }
  return {
    ...reference,
    name: 'device',
    live,
    get reads() {
      return reads
    },
    allocate: (dtype, length) => keep(reference.allocate(dtype, length)),
    adopt: (data) => keep(reference.adopt(data.slice())),
    release(buffer) {
      if (live.delete(buffer)) hosts.get(buffer)?.data?.fill(NaN)
    },
    async read(buffer) {
      reads++
      const numbers = reference.read(hosts.get(buffer)!)
      await new Promise((resolve) => setTimeout(resolve))
      return numbers
    },
    run: (operation, args) => operation.reference(...(args.map(onHost) as unknown as typeof args)),
    // groups are the device's own views, as on a GPU
    forEachGroup(input, output, size, body) {
      for (let start = 0; start < input.shape[0]; start += size) {
        const items = (view: View): View => ({
          ...view,
          shape: [Math.min(size, input.shape[0] - start), ...view.shape.slice(1)],
          offset: view.offset + start * view.strides[0],
        })
        body(items(input), items(output))
      }
    },
  }
}
