// gpu.js and the device it computes on: kernels by their text, arrays by handle. Nothing else imports gpu.js. After the first
// call of every kernel it is checked what really ran, since gpu.js would otherwise go on with a processor in silence.
import { ContextLostError, KernelError, NoGpuError } from './errors.ts'
import { provideWebGpu } from './webgpu-module.ts'

/** What computes: compute shaders, or fragment shaders that write textures. */
export type Mode = 'webgpu' | 'webgl2'

/** Numbers of a buffer above which index arithmetic in single precision is no longer exact. */
export const MOST_NUMBERS: number = 2 ** 24

/** Kernels kept compiled; each also keeps the memory of its last result. */
const MOST_KERNELS = 512

/** What gpu.js gives for an array that stays on the device. */
interface Handle {
  readonly type: string
  toArray(): Float32Array | Promise<Float32Array>
  delete(): void
}

interface KernelInstance {
  readonly constructor: { readonly mode: string }
  readonly context?: unknown
  readonly fallbackReason?: string | null
}

interface KernelFunction {
  (...args: unknown[]): unknown
  readonly kernel: KernelInstance
  setOutput(output: readonly number[]): void
  destroy(removeCanvasReferences?: boolean): void
}

interface WebGpuContext {
  readonly adapter: {
    readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string }
  }
  readonly device: {
    readonly lost: Promise<unknown>
    onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null
  }
}

/** The part of gpu.js that is used. */
interface GpuJs {
  readonly GPU: (new (options: { readonly mode: Mode }) => {
    createKernel(source: string, settings: object): KernelFunction
    destroy(): Promise<void>
  }) & { readonly isWebGL2Supported: boolean }
  readonly WebGPUContext: { acquire(): Promise<WebGpuContext> }
  input(data: Float32Array, size: readonly number[]): object
}

/** An array on a device. */
export class DeviceArray {
  readonly device: Device
  readonly length: number
  readonly handle: Handle

  constructor(device: Device, length: number, handle: Handle) {
    this.device = device
    this.length = length
    this.handle = handle
  }
}

/** What is alive on a device. */
export interface DeviceCounts {
  /** Arrays that somebody holds. */
  readonly arrays: number
  /** Bytes of these arrays. */
  readonly bytes: number
  /** Compiled kernels. */
  readonly kernels: number
}

/** A device, until it is lost or closed. */
export class Device {
  readonly mode: Mode
  readonly description: string
  readonly #gpuJs: GpuJs
  readonly #gpu: InstanceType<GpuJs['GPU']>
  readonly #kernels = new Map<string, KernelFunction>()
  readonly #upload: KernelFunction
  readonly #download: KernelFunction | null
  readonly #live = new Set<DeviceArray>()
  #context: WebGL2RenderingContext | null = null
  #lost = false
  #fault: string | null = null

  private constructor(gpuJs: GpuJs, mode: Mode, description: string, webgpu: WebGpuContext | null) {
    this.#gpuJs = gpuJs
    this.mode = mode
    this.description = description
    this.#gpu = new gpuJs.GPU({ mode })
    const copy = 'function (x) { return x[this.thread.x]; }'
    this.#upload = this.#create(copy, 1, ['Input'], { dynamicOutput: true })
    // a texture is read without a wait through a kernel that does not keep its result on the device
    this.#download =
      mode === 'webgl2'
        ? this.#create(copy, 1, [ARRAY.webgl2], { dynamicOutput: true, pipeline: false, asyncMode: true })
        : null
    if (webgpu === null) return
    void webgpu.device.lost.then(() => (this.#lost = true))
    webgpu.device.onuncapturederror = ({ error }) => (this.#fault ??= error.message)
  }

  /**
   * Opens the first of `modes` that works here and computes a sum on it. Throws `NoGpuError` with each mode's reason.
   */
  static async open(modes: readonly Mode[]): Promise<Device> {
    const reasons: string[] = []
    let cause: unknown
    for (const mode of modes) {
      try {
        const device = await Device.#openMode(mode)
        await device.#try()
        return device
      } catch (error) {
        cause = error
        reasons.push(
          error instanceof NoGpuError ? error.message.replace(/^no GPU here: /, '') : `${mode}: ${messageOf(error)}`,
        )
      }
    }
    throw new NoGpuError(reasons.join('; '), { cause })
  }

  static async #openMode(mode: Mode): Promise<Device> {
    if (mode === 'webgpu') await provideWebGpu()
    const gpuJs = await loadGpuJs()
    if (mode === 'webgl2') {
      if (!gpuJs.GPU.isWebGL2Supported)
        throw new NoGpuError('webgl2: there is no WebGL 2 context; it needs a browser with hardware acceleration')
      return new Device(gpuJs, mode, 'WebGL 2', null)
    }
    const context = await gpuJs.WebGPUContext.acquire().catch((error: unknown) => {
      throw new NoGpuError(`webgpu: ${messageOf(error)}`, { cause: error })
    })
    const { vendor, architecture, description } = context.adapter.info ?? {}
    const adapter = description || [vendor, architecture].filter(Boolean).join(' ') || 'an unnamed adapter'
    return new Device(gpuJs, mode, `WebGPU on ${adapter}`, context)
  }

  /** Whether the device is gone, with all its arrays. */
  get lost(): boolean {
    return this.#lost || this.#context?.isContextLost() === true
  }

  /** Whether it can go on: after an error that no call reported, such as memory that ran out, no result can be trusted. */
  get sound(): boolean {
    return !this.lost && this.#fault === null
  }

  get counts(): DeviceCounts {
    let bytes = 0
    for (const { length } of this.#live) bytes += 4 * length
    return { arrays: this.#live.size, bytes, kernels: this.#kernels.size }
  }

  /** Runs a kernel for each of `length` numbers: a new array. Throws `KernelError`, or `ContextLostError`. */
  async run(
    source: string,
    length: number,
    arrays: readonly DeviceArray[],
    numbers: readonly number[],
  ): Promise<DeviceArray> {
    const key = `${length} ${source}`
    let kernel = this.#kernels.get(key)
    const isNew = kernel === undefined
    // the most recently used last
    if (kernel !== undefined) this.#kernels.delete(key)
    else {
      const types = [...arrays.map(() => ARRAY[this.mode]), ...numbers.map(() => 'Float')]
      kernel = this.#create(source, length, types)
    }
    this.#kernels.set(key, kernel)
    return this.#guard(async () => {
      const handle = await kernel(...arrays.map((array) => array.handle), ...numbers)
      if (isNew) this.#check(kernel)
      if (isNew && this.#kernels.size > MOST_KERNELS) this.#forgetOldest()
      return this.#hold(length, handle)
    }, source)
  }

  /** Copies host numbers to the device. */
  async upload(data: Float32Array): Promise<DeviceArray> {
    return this.#guard(async () => {
      this.#upload.setOutput([data.length])
      const handle = await this.#upload(this.#gpuJs.input(data, [data.length]))
      return this.#hold(data.length, handle)
    })
  }

  /** The numbers of an array, once everything issued before has run. */
  async read({ handle, length }: DeviceArray): Promise<Float32Array> {
    return this.#guard(async () => {
      this.#download?.setOutput([length])
      const numbers = (await (this.#download === null ? handle.toArray() : this.#download(handle))) as Float32Array
      return numbers
    })
  }

  /** Gives an array back; twice is harmless. */
  free(array: DeviceArray): void {
    if (this.#live.delete(array) && !this.lost) array.handle.delete()
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    for (const array of this.#live) this.free(array)
    this.#kernels.clear()
    if (!this.lost) await this.#gpu.destroy()
  }

  #create(source: string, length: number, argumentTypes: readonly string[], more: object = {}): KernelFunction {
    return this.#gpu.createKernel(source, {
      output: [length],
      argumentTypes,
      pipeline: true,
      immutable: true,
      // so that arrays of any size can be arguments
      dynamicArguments: true,
      precision: 'single',
      tactic: 'precision',
      // above every loop that runs: gpu.js cuts longer ones in silence
      loopMaxIterations: MOST_NUMBERS,
      ...more,
    })
  }

  async #try(): Promise<void> {
    const one = await this.upload(Float32Array.of(1, 2))
    this.#check(this.#upload)
    const context = this.#upload.kernel.context
    if (this.mode === 'webgl2') this.#context = context as WebGL2RenderingContext
    const two = await this.run('function (x) { return x[this.thread.x] + 0.5; }', 2, [one], [])
    const numbers = await this.read(two)
    this.free(one)
    this.free(two)
    if (numbers[0] !== 1.5 || numbers[1] !== 2.5)
      throw new NoGpuError(`${this.mode}: 1 + 0.5 came out as ${numbers[0]}`)
  }

  /** Throws `NoGpuError` where gpu.js chose another way to run a kernel than it was asked for. */
  #check({ kernel }: KernelFunction): void {
    const ran = ranAs(kernel)
    if (ran === this.mode) return
    const reason = kernel.fallbackReason ? `: ${kernel.fallbackReason}` : ''
    throw new NoGpuError(`gpu.js ran a kernel as ${ran} in the place of ${this.mode}${reason}; use the wasm back end`)
  }

  #hold(length: number, handle: unknown): DeviceArray {
    const array = new DeviceArray(this, length, handle as Handle)
    this.#live.add(array)
    return array
  }

  #forgetOldest(): void {
    for (const [key, kernel] of this.#kernels) {
      this.#kernels.delete(key)
      kernel.destroy()
      return
    }
  }

  async #guard<T>(work: () => Promise<T>, source?: string): Promise<T> {
    if (this.lost) throw new ContextLostError()
    try {
      const result = await work()
      if (this.lost) throw new ContextLostError()
      if (this.#fault !== null) throw new KernelError(`the GPU reported: ${this.#fault}`)
      return result
    } catch (error) {
      // the news of a loss may come a moment after its consequences
      await new Promise((resolve) => setTimeout(resolve, 0))
      if (this.lost) throw new ContextLostError({ cause: error })
      if (error instanceof NoGpuError || error instanceof KernelError) throw error
      throw new KernelError(`a kernel failed: ${messageOf(error)}${source === undefined ? '' : `\n${source}`}`, {
        cause: error,
      })
    }
  }
}

/** What gpu.js calls an array that stays on the device. */
const ARRAY: Record<Mode, string> = { webgpu: 'WebGPUBuffer', webgl2: 'ArrayTexture(1)' }

function ranAs({ constructor: { mode }, context }: KernelInstance): string {
  // every kernel on WebGL calls itself `gpu`; the context tells which it is
  if (mode !== 'gpu') return mode
  return typeof WebGL2RenderingContext !== 'undefined' && context instanceof WebGL2RenderingContext ? 'webgl2' : 'webgl'
}

/** Its build for browsers exports one class with everything else on it, that for Node a record. */
async function loadGpuJs(): Promise<GpuJs> {
  const module = (await import('gpu.js')) as unknown as { readonly default: GpuJs }
  return module.default
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
