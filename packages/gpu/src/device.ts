// What the back end asks of a device that runs kernels. gpu-js.ts has the real one; tests have one that interprets the kernels.

/** What computes: compute shaders, or fragment shaders that write textures. */
export type Mode = 'webgpu' | 'webgl2'

/** Numbers of a buffer above which index arithmetic in single precision is no longer exact. */
export const MOST_NUMBERS: number = 2 ** 24

/** An array on a device. */
export interface DeviceArray {
  readonly device: Device
  readonly length: number
}

/** What is alive on a device. */
export interface DeviceCounts {
  /** Arrays that somebody holds. */
  readonly arrays: number
  /** Bytes of these arrays. */
  readonly bytes: number
  /** Compiled kernels, each with the memory of its last result. */
  readonly kernels: number
}

/** A device, until it is lost or closed. Its methods throw `ContextLostError` when it is gone, and `KernelError`. */
export interface Device {
  readonly mode: Mode
  /** What it is, in words. */
  readonly description: string
  /** Whether it can go on: not after a loss, nor after an error that no call reported, such as memory that ran out. */
  readonly sound: boolean
  readonly counts: DeviceCounts
  /** Runs a kernel for each of `length` numbers: a new array. */
  run(source: string, length: number, arrays: readonly DeviceArray[], numbers: readonly number[]): Promise<DeviceArray>
  /** Copies host numbers to the device. */
  upload(data: Float32Array): Promise<DeviceArray>
  /** The numbers of an array, once everything issued before has run. */
  read(array: DeviceArray): Promise<Float32Array>
  /** Gives an array back; twice is harmless. */
  free(array: DeviceArray): void
  /** Gives everything back. */
  close(): Promise<void>
}
