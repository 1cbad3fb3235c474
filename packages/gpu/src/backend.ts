// The back end on a GPU: each operation is recorded as passes of kernels and issued to one queue, or left to the reference,
// which then runs in the queue. It knows no kernel.
import {
  type Backend,
  type Buffer,
  type RealArray,
  ValueError,
  dtypeOf,
  realOf,
  reference,
  sizeOf,
} from '@scatterlab/tensor'
import { GpuBuffer, viewsIn } from './buffers.ts'
import { CommandQueue } from './command-queue.ts'
import { ReleasedError } from './errors.ts'
import { type Device, type DeviceCounts, MOST_NUMBERS, type Mode } from './device.ts'
import { openDevice } from './gpu-js.ts'
import { type Record, records } from './operations.ts'
import { Recorder } from './recorder.ts'
import { Tables } from './tables.ts'

/** How the back end computes. */
export interface GpuOptions {
  /** `webgpu` (compute shaders) or `webgl2` (fragment shaders). Default: the first of these that works here. */
  readonly mode?: Mode
}

/** The back end, and what it holds. */
export interface GpuBackend extends Backend {
  /** What computes. It is checked on the first call of each kernel. */
  readonly mode: Mode
  /** Arrays and kernels that are alive on the device, of all commands that have run so far. */
  readonly memory: () => DeviceCounts
  /** Waits until everything issued has run, then gives everything back. The back end must not be used any more. */
  readonly close: () => Promise<void>
}

/** Images side by side in a scattering, where they are small: enough work in one kernel for a device of many cores. */
const LANES = 256
/** Numbers of a group's input or output, at most: what is made of them on the way still fits a buffer. */
const MOST_IN_GROUP = MOST_NUMBERS / 2

/**
 * A back end whose single-precision arrays lie on a GPU. Throws `NoGpuError`, with the reason and the fix, where gpu.js would
 * compute on something else. Double precision is left to the reference, and counted in `declined`.
 */
export async function createGpuBackend({ mode }: GpuOptions = {}): Promise<GpuBackend> {
  if (mode !== undefined && mode !== 'webgpu' && mode !== 'webgl2')
    throw new ValueError(
      `mode is '${String(mode)}': use 'webgpu' or 'webgl2', or leave it out for the first that works`,
    )
  const device = await openDevice(mode === undefined ? ['webgpu', 'webgl2'] : [mode])
  return backendOn(device, () => openDevice([device.mode]))
}

/** The back end on a device; `reopen` gives another one after a loss. */
export function backendOn(device: Device, reopen: () => Promise<Device>): GpuBackend {
  const tables = new Tables()
  const queue = new CommandQueue(device, reopen)
  const declined = new Map<string, number>()
  const forgotten = new FinalizationRegistry<GpuBuffer['cell']>((cell) => queue.release(cell))

  const hold = (buffer: GpuBuffer): GpuBuffer => {
    forgotten.register(buffer, buffer.cell, buffer)
    return buffer
  }

  const run: Backend['run'] = (operation, args) => {
    const views = viewsIn(args)
    const buffers = new Set(views.map(({ buffer }) => own(buffer)))
    const record = records.get(operation) as Record<typeof args> | undefined
    const single = views.every(({ dtype }) => realOf(dtype) === 'float32')
    const fits = [...buffers].every(({ length }) => length <= MOST_NUMBERS)
    if (record !== undefined && single && fits) {
      const recorder = new Recorder((key, make) => tables.get(key, make, queue))
      record(recorder, ...args)
      if (!recorder.declined) return queue.run(recorder.passes, recorder.temporaries)
    }
    declined.set(operation.title, (declined.get(operation.title) ?? 0) + 1)
    queue.runOnReference(operation.reference as (...args: readonly unknown[]) => void, args, buffers)
  }

  return {
    name: 'gpu',
    mode: device.mode,
    get description() {
      return `${queue.device.description}, through gpu.js`
    },
    lanes: LANES,
    laneStep: 1,
    declined,
    run,
    allocate: (dtype, length) => hold(new GpuBuffer(dtype, length, { kind: 'zero' })),
    adopt: (data: RealArray) =>
      hold(new GpuBuffer(dtypeOf(data), data.length, { kind: 'host', data: data.slice() as RealArray })),
    release: (buffer) => {
      if (!(buffer instanceof GpuBuffer) || buffer.released) return
      buffer.released = true
      forgotten.unregister(buffer)
      queue.release(buffer.cell)
    },
    read: async (buffer) => queue.read(own(buffer)),
    forEachGroup: (input, output, size, body) => {
      const largest = Math.max(1, sizeOf(input.shape.slice(1)), sizeOf(output.shape.slice(1)))
      const most = Math.max(1, Math.min(size, Math.floor(MOST_IN_GROUP / largest)))
      // even groups share their kernels
      const groups = Math.ceil(input.shape[0] / most)
      reference.forEachGroup(input, output, Math.ceil(input.shape[0] / groups), body)
    },
    memory: () => queue.device.counts,
    close: () => queue.close(),
  }
}

function own(buffer: Buffer): GpuBuffer {
  if (!(buffer instanceof GpuBuffer))
    throw new ValueError('an array of another back end: bring it here with `onBackend(x, backend)`')
  if (buffer.released) throw new ReleasedError()
  return buffer
}
