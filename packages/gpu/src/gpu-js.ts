// gpu.js and the device that it computes on: kernels by their text, arrays by handle. Nothing else imports gpu.js. The first
// call of every kernel is followed by a check of what really ran, since gpu.js falls back to a processor in silence.
import { type Device, type DeviceArray, type DeviceCounts, MOST_NUMBERS, type Mode } from './device.ts'
import { ContextLostError, KernelError, NoGpuError } from './errors.ts'
import { provideWebGpu } from './webgpu-module.ts'

/** Kernels that are kept compiled. */
const MOST_KERNELS = 512

/** What gpu.js gives for an array that stays on the device. */
interface Handle {
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
  readonly WebGPUContext: { acquire(): Promise<WebGpuContext>; destroy(): Promise<void> }
  input(data: Float32Array, size: readonly number[]): object
}

/** What gpu.js calls an array that stays on the device. */
const ARRAY: Record<Mode, string> = { webgpu: 'WebGPUBuffer', webgl2: 'ArrayTexture(1)' }

/** Devices that share gpu.js's one WebGPU device. */
const sharing = new Set<GpuJsDevice>()

/** The first of `modes` that works here, tried with a sum. Throws `NoGpuError` with each mode's reason. */
export async function openDevice(modes: readonly Mode[]): Promise<Device> {
  const reasons: string[] = []
  let cause: unknown
  for (const mode of modes) {
    try {
      return await openMode(mode)
    } catch (error) {
      cause = error
      const message = error instanceof NoGpuError ? error.message.replace(/^no GPU here: /, '') : messageOf(error)
      reasons.push(`${mode}: ${message}`)
    }
  }
  throw new NoGpuError(reasons.join('; '), { cause })
}

async function openMode(mode: Mode): Promise<Device> {
  if (mode === 'webgpu') await provideWebGpu()
  // its build for browsers exports one class with everything else on it, that for Node a record
  const { default: gpuJs } = (await import('gpu.js')) as unknown as { readonly default: GpuJs }
  if (mode === 'webgl2') {
    if (!gpuJs.GPU.isWebGL2Supported)
      throw new NoGpuError('no WebGL 2 context; it needs a browser with graphics acceleration')
    return await GpuJsDevice.open(gpuJs, mode, 'WebGL 2', null)
  }
  const context = await gpuJs.WebGPUContext.acquire().catch((error: unknown) => {
    throw new NoGpuError('no adapter; it needs a GPU with a Vulkan, Metal or D3D12 driver', { cause: error })
  })
  const { vendor, architecture, description } = context.adapter.info ?? {}
  const adapter = description || [vendor, architecture].filter(Boolean).join(' ') || 'an unnamed adapter'
  return await GpuJsDevice.open(gpuJs, mode, `WebGPU on ${adapter}`, context)
}

class GpuJsArray implements DeviceArray {
  readonly device: GpuJsDevice
  readonly length: number
  readonly handle: Handle

  constructor(device: GpuJsDevice, length: number, handle: Handle) {
    this.device = device
    this.length = length
    this.handle = handle
  }
}

class GpuJsDevice implements Device {
  readonly mode: Mode
  readonly description: string
  readonly #gpuJs: GpuJs
  readonly #gpu: InstanceType<GpuJs['GPU']>
  readonly #kernels = new Map<string, KernelFunction>()
  readonly #upload: KernelFunction
  readonly #download: KernelFunction | null
  readonly #live = new Set<GpuJsArray>()
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
    // a texture is read without blocking by a kernel that does not keep its result on the device
    this.#download =
      mode === 'webgl2'
        ? this.#create(copy, 1, [ARRAY.webgl2], { dynamicOutput: true, pipeline: false, asyncMode: true })
        : null
    if (webgpu === null) return
    sharing.add(this)
    void webgpu.device.lost.then(() => (this.#lost = true))
    webgpu.device.onuncapturederror = ({ error }) => {
      for (const device of sharing) device.#fault ??= error.message
    }
  }

  static async open(gpuJs: GpuJs, mode: Mode, description: string, webgpu: WebGpuContext | null): Promise<GpuJsDevice> {
    const device = new GpuJsDevice(gpuJs, mode, description, webgpu)
    try {
      await device.#try()
      return device
    } catch (error) {
      await device.close()
      throw error
    }
  }

  get sound(): boolean {
    return !this.#gone && this.#fault === null
  }

  get counts(): DeviceCounts {
    let bytes = 0
    for (const { length } of this.#live) bytes += 4 * length
    return { arrays: this.#live.size, bytes, kernels: this.#kernels.size }
  }

  async run(
    source: string,
    length: number,
    arrays: readonly GpuJsArray[],
    numbers: readonly number[],
  ): Promise<GpuJsArray> {
    return this.#guard(async () => {
      const key = `${length} ${source}`
      const known = this.#kernels.get(key)
      const kernel =
        known ?? this.#create(source, length, [...arrays.map(() => ARRAY[this.mode]), ...numbers.map(() => 'Float')])
      // the most recently used last
      this.#kernels.delete(key)
      this.#kernels.set(key, kernel)
      const handle = await kernel(...arrays.map((array) => array.handle), ...numbers)
      if (known === undefined) {
        this.#check(kernel)
        if (this.#kernels.size > MOST_KERNELS) this.#forgetOldest()
      }
      return this.#hold(length, handle)
    }, source)
  }

  async upload(data: Float32Array): Promise<GpuJsArray> {
    return this.#guard(async () => {
      this.#upload.setOutput([data.length])
      return this.#hold(data.length, await this.#upload(this.#gpuJs.input(data, [data.length])))
    })
  }

  async read({ handle, length }: GpuJsArray): Promise<Float32Array> {
    return this.#guard(async () => {
      this.#download?.setOutput([length])
      return (await (this.#download === null ? handle.toArray() : this.#download(handle))) as Float32Array
    })
  }

  free(array: GpuJsArray): void {
    if (this.#live.delete(array) && !this.#gone) array.handle.delete()
  }

  async close(): Promise<void> {
    for (const array of this.#live) this.free(array)
    this.#kernels.clear()
    if (!this.#gone) await this.#gpu.destroy()
    if (!sharing.delete(this) || sharing.size > 0) return
    // Node goes on as long as there is a device
    await this.#gpuJs.WebGPUContext.destroy()
    this.#lost = true
  }

  /** Whether the device is lost, with all its arrays. */
  get #gone(): boolean {
    return this.#lost || this.#context?.isContextLost() === true
  }

  #create(source: string, length: number, argumentTypes: readonly string[], more: object = {}): KernelFunction {
    return this.#gpu.createKernel(source, {
      output: [length],
      argumentTypes,
      pipeline: true,
      immutable: true,
      // arrays of any size may be arguments
      dynamicArguments: true,
      precision: 'single',
      tactic: 'precision',
      // above every loop that runs: gpu.js cuts longer ones in silence
      loopMaxIterations: MOST_NUMBERS,
      ...more,
    })
  }

  async #try(): Promise<void> {
    const given = await this.upload(Float32Array.of(1, 2))
    this.#check(this.#upload)
    if (this.mode === 'webgl2') this.#context = this.#upload.kernel.context as WebGL2RenderingContext
    const sums = await this.run('function (x) { return x[this.thread.x] + 0.5; }', 2, [given], [])
    const [first, second] = await this.read(sums)
    this.free(given)
    this.free(sums)
    if (first !== 1.5 || second !== 2.5) throw new NoGpuError(`1 + ½, 2 + ½ came out as ${first}, ${second}`)
  }

  /** Throws `NoGpuError` where gpu.js chose another way to run a kernel than it was asked for. */
  #check({ kernel }: KernelFunction): void {
    const ran = ranAs(kernel)
    if (ran === this.mode) return
    const reason = kernel.fallbackReason ? `: ${kernel.fallbackReason}` : ''
    throw new NoGpuError(`gpu.js ran a kernel as ${ran} in the place of ${this.mode}${reason}; use the wasm back end`)
  }

  #hold(length: number, handle: unknown): GpuJsArray {
    const array = new GpuJsArray(this, length, handle as Handle)
    this.#live.add(array)
    return array
  }

  #forgetOldest(): void {
    const [oldest] = this.#kernels
    this.#kernels.delete(oldest[0])
    oldest[1].destroy()
  }

  async #guard<T>(work: () => Promise<T>, source?: string): Promise<T> {
    if (this.#gone) throw new ContextLostError()
    try {
      const result = await work()
      if (this.#gone) throw new ContextLostError()
      if (this.#fault !== null) throw new KernelError(`the GPU reported: ${this.#fault}`)
      return result
    } catch (error) {
      // the news of a loss may come a moment after its consequences
      await new Promise((resolve) => setTimeout(resolve, 0))
      if (this.#gone) throw new ContextLostError({ cause: error })
      if (error instanceof NoGpuError || error instanceof KernelError) throw error
      const text = source === undefined ? '' : `\n${source}`
      throw new KernelError(`a kernel failed: ${messageOf(error)}${text}`, { cause: error })
    }
  }
}

function ranAs({ constructor: { mode }, context }: KernelInstance): string {
  // every kernel on WebGL calls itself `gpu`; the context tells which it is
  if (mode !== 'gpu') return mode
  return typeof WebGL2RenderingContext !== 'undefined' && context instanceof WebGL2RenderingContext ? 'webgl2' : 'webgl'
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
