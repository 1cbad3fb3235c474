import { afterEach, describe, expect, it, vi } from 'vitest'

/** A fresh copy of the module, whose answers are not remembered yet. */
async function probeAnew(): Promise<import('./probe.ts').Features> {
  vi.resetModules()
  return (await import('./probe.ts')).probe()
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('probe', () => {
  it('finds vectors and shared memory in Node, and answers at once the second time', async () => {
    vi.resetModules()
    const { probe } = await import('./probe.ts')
    expect(probe()).toMatchObject({ simd: true, sharedMemory: true })
    expect(probe()).toBe(probe())
  })

  it('says fused only where relaxed SIMD exists', async () => {
    const { relaxedSimd, fused } = await probeAnew()
    expect(fused && !relaxedSimd).toBe(false)
  })

  it('believes validation, not versions', async () => {
    const validate = WebAssembly.validate
    // An engine that knows no relaxed instructions refuses the prefix byte 0xfd followed by an opcode of 0x100 or more.
    const refusesRelaxed = (bytes: BufferSource): boolean => {
      const code = [...new Uint8Array(bytes as ArrayBuffer)]
      return !code.some((byte, i) => byte === 0xfd && code[i + 2] === 2) && validate(bytes)
    }
    vi.spyOn(WebAssembly, 'validate').mockImplementation(refusesRelaxed)
    expect(await probeAnew()).toMatchObject({ simd: true, relaxedSimd: false, fused: false })
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    const none = { simd: false, relaxedSimd: false, fused: false, sharedMemory: false }
    expect(await probeAnew()).toEqual({ compiles: true, ...none })
  })

  it('finds nothing where modules may not be compiled, or WebAssembly lacks', async () => {
    const none = { compiles: false, simd: false, relaxedSimd: false, fused: false, sharedMemory: false }
    vi.spyOn(WebAssembly, 'Module').mockImplementation(function () {
      throw new WebAssembly.CompileError('violates a policy')
    })
    expect(await probeAnew()).toEqual(none)
    vi.stubGlobal('WebAssembly', undefined)
    expect(await probeAnew()).toEqual(none)
  })

  it('finds no shared memory in a page that is not isolated', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    expect((await probeAnew()).sharedMemory).toBe(false)
    vi.stubGlobal('crossOriginIsolated', true)
    expect((await probeAnew()).sharedMemory).toBe(true)
    vi.stubGlobal('SharedArrayBuffer', undefined)
    expect((await probeAnew()).sharedMemory).toBe(false)
  })
})
