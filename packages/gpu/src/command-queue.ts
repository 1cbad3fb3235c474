// The one queue of commands: they run in the order of their calls, each when those before it have run. Only a read is waited
// for. The device is opened again after a loss.
import { type Buffer, type RealArray, realArray } from '@scatterlab/tensor'
import { type Cell, GpuBuffer, onOtherBuffers, releaseCell } from './buffers.ts'
import { ContextLostError, ReleasedError } from './errors.ts'
import type { Device, DeviceArray } from './device.ts'
import type { Pass } from './recorder.ts'

/** An operation of the interface that returns nothing. */
type Operation = (...args: unknown[]) => void

/** Runs commands in the order in which they are issued. */
export class CommandQueue {
  #device: Device
  readonly #reopen: () => Promise<Device>
  #last: Promise<unknown> = Promise.resolve()

  constructor(device: Device, reopen: () => Promise<Device>) {
    this.#device = device
    this.#reopen = reopen
  }

  get device(): Device {
    return this.#device
  }

  /** Issues the passes of an operation; where one fails, its output and those after it throw when they are read. */
  run(passes: readonly Pass[], temporaries: readonly GpuBuffer[]): void {
    void this.#issue(async () => {
      for (const pass of passes) await this.#runPass(pass)
      for (const { cell } of temporaries) releaseCell(cell)
    })
  }

  /** Issues an operation on the reference: its arrays come to the host first, and stay there until a kernel wants them. */
  runOnReference(operation: Operation, args: readonly unknown[], buffers: ReadonlySet<GpuBuffer>): void {
    void this.#issue(async () => {
      try {
        const hosts = new Map<Buffer, Buffer>()
        for (const buffer of buffers) {
          const data = await this.#onHost(buffer)
          if (buffer.cell.content.kind === 'device') releaseCell(buffer.cell)
          buffer.cell.content = { kind: 'host', data }
          hosts.set(buffer, { dtype: buffer.dtype, length: buffer.length, data })
        }
        operation(...args.map((arg) => onOtherBuffers(arg, (buffer) => hosts.get(buffer)!)))
      } catch (error) {
        for (const { cell } of buffers) fail(cell, error)
      }
    })
  }

  /** The numbers of a buffer as they are when this command's turn comes: a copy. */
  async read(buffer: GpuBuffer): Promise<RealArray> {
    return this.#issue(async () => {
      const data = await this.#onHost(buffer)
      return buffer.cell.content.kind === 'host' ? data.slice() : data
    })
  }

  /** Gives the memory of a cell back, after the commands before. */
  release(cell: Cell): void {
    void this.#issue(async () => releaseCell(cell))
  }

  /** Waits for everything issued so far, then closes the device. */
  async close(): Promise<void> {
    await this.#issue(async () => this.#device.close())
  }

  #issue<T>(command: () => Promise<T>): Promise<T> {
    const result = this.#last.then(command)
    this.#last = result.catch(() => {})
    return result
  }

  async #runPass({ source, numbers, inputs, out }: Pass): Promise<void> {
    try {
      const device = await this.#open()
      const arrays: DeviceArray[] = []
      for (const buffer of inputs) arrays.push(await this.#onDevice(buffer, device))
      const array = await device.run(source, out.length, arrays, numbers)
      releaseCell(out.cell)
      out.cell.content = { kind: 'device', array }
    } catch (error) {
      fail(out.cell, error)
    }
  }

  async #open(): Promise<Device> {
    if (!this.#device.sound) this.#device = await this.#reopen()
    return this.#device
  }

  async #onDevice({ cell, length, constant }: GpuBuffer, device: Device): Promise<DeviceArray> {
    let { content } = cell
    if (content.kind === 'device') {
      if (content.array.device === device) return content.array
      if (constant === null) throw new ContextLostError()
      content = { kind: 'host', data: constant }
    }
    if (content.kind === 'failed') throw content.error
    if (content.kind === 'released') throw new ReleasedError()
    const array =
      content.kind === 'zero'
        ? await device.run('function () { return 0; }', length, [], [])
        : await device.upload(content.data as Float32Array)
    cell.content = { kind: 'device', array }
    return array
  }

  async #onHost({ cell, dtype, length }: GpuBuffer): Promise<RealArray> {
    const { content } = cell
    if (content.kind === 'device') return content.array.device.read(content.array)
    if (content.kind === 'failed') throw content.error
    if (content.kind === 'released') throw new ReleasedError()
    return content.kind === 'host' ? content.data : realArray(dtype, length)
  }
}

function fail(cell: Cell, error: unknown): void {
  if (cell.content.kind === 'released') return
  releaseCell(cell)
  cell.content = { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) }
}
