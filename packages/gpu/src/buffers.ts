// The buffers of the back end: handles whose numbers lie on the device, on the host, or nowhere yet. What a buffer holds
// changes in the order of the command queue only.
import type { Buffer, RealArray, RealDType, View } from '@scatterlab/tensor'
import type { DeviceArray } from './device.ts'

/** Where the numbers of a buffer are. */
export type Content =
  | { readonly kind: 'zero' }
  | { readonly kind: 'host'; readonly data: RealArray }
  | { readonly kind: 'device'; readonly array: DeviceArray }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'released' }

/** What the commands of a buffer know of it, apart from the buffer, which its user may forget. */
export interface Cell {
  content: Content
}

/** A buffer of this back end. */
export class GpuBuffer implements Buffer {
  readonly dtype: RealDType
  readonly length: number
  /** Never on the host: `read` it. */
  readonly data: null = null
  readonly cell: Cell
  /** Numbers that never change, kept so that they outlive a device. */
  readonly constant: Float32Array | null
  released = false

  constructor(dtype: RealDType, length: number, content: Content, constant: Float32Array | null = null) {
    this.dtype = dtype
    this.length = length
    this.cell = { content }
    this.constant = constant
  }
}

/** Frees what a cell has on its device. */
export function releaseCell(cell: Cell): void {
  if (cell.content.kind === 'device') cell.content.array.device.free(cell.content.array)
  cell.content = { kind: 'released' }
}

/** Every view among the arguments of an operation, also those within options and filters. */
export function viewsIn(value: unknown): View[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return []
  if (isView(value)) return [value]
  return Object.values(value).flatMap(viewsIn)
}

/** The same arguments on other buffers. */
export function onOtherBuffers(value: unknown, other: (buffer: Buffer) => Buffer): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map((inner) => onOtherBuffers(inner, other))
  if (isView(value)) {
    const { buffer, dtype, shape, strides, offset, imagStride } = value
    return { buffer: other(buffer), dtype, shape, strides, offset, imagStride }
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, onOtherBuffers(inner, other)]))
}

const isView = (value: object): value is View => 'buffer' in value && 'strides' in value
