// WebGPU where the platform has none: Node gets it from the `webgpu` package, if its user has installed that.
import { NoGpuError } from './errors.ts'

interface WebGpuModule {
  create(options: readonly string[]): object
}

/** Sees to `navigator.gpu`. Throws `NoGpuError` that says what to install. */
export async function provideWebGpu(): Promise<void> {
  if (typeof navigator !== 'undefined' && 'gpu' in navigator && navigator.gpu) return
  if (globalThis.process?.versions?.node === undefined)
    throw new NoGpuError('this browser has no `navigator.gpu`; it needs a newer one, or a page served by https')
  // an own property, whatever getters this `navigator` has
  Object.defineProperty(globalThis.navigator, 'gpu', { value: await fromModule(), configurable: true })
}

async function fromModule(): Promise<object> {
  // by a name that bundlers do not follow
  const name = 'webgpu'
  try {
    const { create } = (await import(/* @vite-ignore */ name)) as WebGpuModule
    return create([])
  } catch (error) {
    throw new NoGpuError(
      'Node has none of its own; install the optional package `webgpu` (npm install webgpu@0.4.0), and a Vulkan, Metal or D3D12 driver',
      { cause: error },
    )
  }
}
