// Counts textures and buffers of the browser's GPU interfaces as they are made and given back, whoever does it.

/** Objects that are alive now. */
export interface LiveObjects {
  readonly textures: number
  readonly buffers: number
}

type Methods = Record<string, (...args: unknown[]) => unknown>

/** Calls `also` with the object, the arguments and the result of every call of a method. */
function watch(of: object, method: string, also: (self: object, args: unknown[], result: unknown) => void): void {
  const methods = of as Methods
  const original = methods[method]
  methods[method] = function (this: object, ...args) {
    const result = original.apply(this, args)
    also(this, args, result)
    return result
  }
}

/** Begins to count, before anything is made; where there is no WebGPU its buffers count as none. */
export function countLiveObjects(): () => LiveObjects {
  const [textures, buffers] = [new Set(), new Set()]
  watch(WebGL2RenderingContext.prototype, 'createTexture', (_self, _args, texture) => textures.add(texture))
  watch(WebGL2RenderingContext.prototype, 'deleteTexture', (_self, [texture]) => textures.delete(texture))
  const interfaces = globalThis as unknown as Record<string, { readonly prototype: object } | undefined>
  if (interfaces.GPUDevice !== undefined && interfaces.GPUBuffer !== undefined) {
    watch(interfaces.GPUDevice.prototype, 'createBuffer', (_self, _args, buffer) => buffers.add(buffer))
    watch(interfaces.GPUBuffer.prototype, 'destroy', (buffer) => buffers.delete(buffer))
  }
  return () => ({ textures: textures.size, buffers: buffers.size })
}
