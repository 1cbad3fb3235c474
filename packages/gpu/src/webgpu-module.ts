// WebGPU where the platform has none: Node gets it from the `webgpu` package, if its user has installed that.
import { NoGpuError } from './errors.ts'

interface WebGpuModule {
  create(options: readonly string[]): object
}

/** Sees to `navigator.gpu`. Throws `NoGpuError` that says what to install. */
export async function provideWebGpu(): Promise<void> {
  if (typeof navigator !== 'undefined' && 'gpu' in navigator && navigator.gpu) return
  if (typeof process === 'undefined' || process.versions?.node === undefined)
    throw new NoGpuError('this browser has no `navigator.gpu`; it needs a newer one, or a page served by https')
  const module = await loadModule()
  // an own property: Node's `navigator` has a getter for each of its others
  Object.defineProperty(globalThis.navigator, 'gpu', { value: module.create([]), configurable: true })
}

async function loadModule(): Promise<WebGpuModule> {
  // by a name that bundlers do not follow
  const name = 'webgpu'
  try {
    return (await import(/* @vite-ignore */ name)) as WebGpuModule
  } catch (error) {
    throw new NoGpuError(
      'Node has none of its own; install the optional `webgpu` package (npm install webgpu@0.4.0) and a Vulkan driver',
      { cause: error },
    )
  }
}
