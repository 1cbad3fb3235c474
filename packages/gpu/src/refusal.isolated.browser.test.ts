// A page whose GPU lacks what is needed: it is refused with the reason, and nothing computes in its place.
import { describe, expect, it } from 'vitest'
import { createGpuBackend } from './backend.ts'
import { NoGpuError } from './errors.ts'

// before gpu.js looks at either
const getExtension = WebGL2RenderingContext.prototype.getExtension
WebGL2RenderingContext.prototype.getExtension = function (this: WebGL2RenderingContext, name: string) {
  return name === 'EXT_color_buffer_float' ? null : Reflect.apply(getExtension, this, [name])
} as typeof getExtension
Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true })

const refusal = (mode?: 'webgl2' | 'webgpu'): Promise<unknown> =>
  createGpuBackend(mode === undefined ? {} : { mode }).catch((error: unknown) => error)

describe('a page without float textures and without WebGPU', () => {
  it.each([
    ['webgl2', /^no GPU here: webgl2: .*float/i],
    ['webgpu', /^no GPU here: webgpu: .*navigator\.gpu/],
    [undefined, /^no GPU here: webgpu: .*; webgl2: /],
  ] as const)('is refused, asked for %s', async (mode, message) => {
    const error = await refusal(mode)
    expect(error).toBeInstanceOf(NoGpuError)
    expect(error).toMatchObject({ code: 'NO_GPU', message: expect.stringMatching(message) })
  })
})
