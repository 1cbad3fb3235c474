// What the back end promises beyond the operations, on a device that interprets the kernels.
import * as operations from '@scatterlab/tensor/operations'
import { type RealArray, ValueError, abs, add, empty, reference, scope, sqrt, square, tensor } from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { type GpuBackend, backendOn, createGpuBackend } from './backend.ts'
import { MOST_NUMBERS } from './device.ts'
import { ContextLostError, NoGpuError, ReleasedError } from './errors.ts'
import { Interpreter } from './interpreter.test.device.ts'
import { training } from './training.test.steps.ts'

const numbersOf = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i - length / 2)

function setUp(): { backend: GpuBackend; devices: Interpreter[] } {
  const devices = [new Interpreter()]
  const backend = backendOn(devices[0], async () => {
    devices.push(new Interpreter())
    return devices.at(-1)!
  })
  return { backend, devices }
}

describe('arrays', () => {
  it('are not on the host: a read is awaited', async () => {
    const { backend } = setUp()
    const x = tensor(numbersOf(4), [4], { backend })
    expect(() => x.toTypedArray()).toThrow('await x.read()')
    expect(await x.read()).toEqual(numbersOf(4))
  })

  it('are copies of host memory, taken when they are made', async () => {
    const { backend } = setUp()
    const data = numbersOf(3)
    const x = tensor(data, [3], { backend })
    data.fill(9)
    expect(await x.read()).toEqual(numbersOf(3))
  })

  it('are read as they were when the read was issued', async () => {
    const { backend } = setUp()
    const x = tensor(numbersOf(3), [3], { backend })
    const before = backend.read(x.buffer)
    square.into(x, x)
    const after = backend.read(x.buffer)
    expect(await before).toEqual(numbersOf(3))
    expect(await after).toEqual(numbersOf(3).map((v) => v * v))
  })

  it('cannot be used or read after their scope, by name', async () => {
    const { backend } = setUp()
    const lost = { x: tensor([1], [1]) }
    scope(() => {
      lost.x = tensor(numbersOf(3), [3], { backend })
    })
    await expect(lost.x.read()).rejects.toThrow(ReleasedError)
    expect(() => abs.into(lost.x, lost.x)).toThrow(expect.objectContaining({ code: 'RELEASED' }))
  })

  it('of another back end are refused', () => {
    const { backend } = setUp()
    const x = tensor(numbersOf(3), [3])
    expect(() => operations.copy(backend, x, x)).toThrow(ValueError)
  })
})

describe('what has no kernel', () => {
  it('runs on the reference in its turn, and is counted: double precision, of single precision on the device', async () => {
    const { backend } = setUp()
    const x = tensor(numbersOf(5), [5], { backend })
    const wide = empty([5], { dtype: 'float64', backend })
    square.into(x, x)
    operations.copy(backend, x, wide)
    sqrt.into(wide, wide)
    operations.copy(backend, wide, x)
    add.into(x, x, x)
    expect(await wide.read()).toEqual(Float64Array.from(numbersOf(5), Math.abs))
    expect(await x.read()).toEqual(numbersOf(5).map((v) => 2 * Math.abs(v)))
    expect(Object.fromEntries(backend.declined)).toEqual({ copy: 2, fused: 1 })
  })

  it('may be an array that is too long, or an output whose elements interlock', async () => {
    const { backend } = setUp()
    const long = backend.allocate('float32', MOST_NUMBERS + 1)
    const view = (buffer: typeof long, strides: number[], shape: number[], offset = 0) => {
      return { buffer, dtype: 'float32' as const, shape, strides, offset, imagStride: 0 }
    }
    const few = backend.adopt(numbersOf(3))
    operations.copy(backend, view(few, [1], [3]), view(long, [1], [3], MOST_NUMBERS - 2))
    operations.copy(backend, view(long, [1], [3], MOST_NUMBERS - 2), view(few, [1], [3]))
    expect(await backend.read(few)).toEqual(numbersOf(3))
    const small = backend.adopt(numbersOf(6))
    const out = backend.allocate('float32', 8)
    operations.copy(backend, view(small, [3, 1], [2, 3]), view(out, [3, 2], [2, 3]))
    const expected = reference.allocate('float32', 8)
    operations.copy(reference, view(reference.adopt(numbersOf(6)), [3, 1], [2, 3]), view(expected, [3, 2], [2, 3]))
    expect(await backend.read(out)).toEqual(expected.data)
    expect(backend.declined.get('copy')).toBe(3)
  })

  it('throws at once for shapes that do not fit', () => {
    const { backend } = setUp()
    const [x, weights, out] = [
      [1, 2, 4, 4],
      [3, 2, 3, 3],
      [1, 4, 2, 2],
    ].map((shape) => empty(shape, { backend }))
    expect(() => operations.conv2d(backend, x, weights, out)).toThrow(expect.objectContaining({ code: 'SHAPE' }))
    const losses = empty([1], { backend })
    const logits = empty([1, 2], { backend })
    expect(() => operations.softmaxCrossEntropy(backend, logits, Int32Array.of(2), losses)).toThrow('label 2')
  })
})

describe('a device that is lost', () => {
  it('is told by the arrays that were on it; what is made afterwards works', async () => {
    const { backend, devices } = setUp()
    const x = tensor(numbersOf(8), [4, 2], { backend }).asComplex()
    const out = empty([4], { dtype: 'complex64', backend })
    operations.fft(backend, x, out, 0, -1)
    await out.read()
    devices[0].sound = false
    await expect(out.read()).rejects.toThrow(ContextLostError)
    operations.fft(backend, x, out, 0, -1)
    await expect(out.read()).rejects.toThrow(expect.objectContaining({ code: 'CONTEXT_LOST' }))
    const again = tensor(numbersOf(8), [4, 2], { backend }).asComplex()
    const back = empty([4], { dtype: 'complex64', backend })
    operations.fft(backend, again, back, 0, -1)
    operations.fft(backend, back, back, 0, 1)
    expectClose(
      await back.read(),
      numbersOf(8).map((v) => 4 * v),
      { absolute: 1e-5 },
    )
    expect(devices).toHaveLength(2)
  })
})

describe('training steps', () => {
  const differences = (a: Record<string, RealArray>, b: Record<string, RealArray>): void => {
    // single precision against double: some thousand roundings of numbers below 4, in three steps
    for (const name of Object.keys(b)) expectClose(a[name], b[name], { absolute: 2e-5 })
  }

  it('are those of the reference, and leave nothing behind', async () => {
    const { backend } = setUp()
    const [ours, theirs] = [training(backend), training(reference)]
    for (let i = 0; i < 3; i++) for (const each of [ours, theirs]) each.step()
    differences(await ours.numbers(), await theirs.numbers())
    expect([...backend.declined]).toEqual([])
    const before = backend.memory()
    for (let i = 0; i < 20; i++) ours.step()
    await ours.numbers()
    expect(backend.memory()).toEqual(before)
  })
})

describe('createGpuBackend', () => {
  it('says what is missing where there is no GPU', async () => {
    const error = await createGpuBackend({ mode: 'webgl2' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NoGpuError)
    expect(error).toMatchObject({ code: 'NO_GPU', message: expect.stringMatching(/^no GPU here: webgl2: .*browser/) })
  })

  it('refuses modes that are none', async () => {
    await expect(createGpuBackend({ mode: 'cpu' as 'webgpu' })).rejects.toThrow("mode is 'cpu'")
  })
})
