import { matmul, random, randomNormal, reference, tensor } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, it } from 'vitest'
import { SQUARE, choleskyInPlace, setAside, solveInPlace } from './cholesky-in-place.ts'

// 300 is two blocks of 128 and a part of one
const size = 300

it.each([
  ['reference', 'float64', reference, 1e-10],
  ['wasm', 'float64', createWasmBackend({ threads: 1 }), 1e-10],
  // the condition is about 100: 100·2^-23 with a margin
  ['wasm', 'float32', createWasmBackend({ threads: 1 }), 1e-3],
] as const)('solves A + shift·I on %s in %s', async (_, dtype, backend, tolerance) => {
  const x = randomNormal([size, size], random(1), { dtype: 'float64' })
  const a = matmul(x, x.transpose()).toTypedArray() as Float64Array
  const shift = 100
  const wanted = randomNormal([size, 3], random(2), { dtype: 'float64' })
  const shifted = tensor(
    a.map((value, at) => value + (at % (size + 1) === 0 ? shift : 0)),
    [size, size],
  )
  const right = matmul(shifted, wanted).toTypedArray() as Float64Array
  const own = (data: Float64Array, shape: number[]) =>
    tensor(dtype === 'float64' ? data : Float32Array.from(data), shape, { backend }).clone()
  // what stands above the diagonal is not read
  const lower = own(
    a.map((value, at) => (at % size > Math.floor(at / size) + 127 ? NaN : value)),
    [size, size],
  )
  const found = own(right, [size, 3])
  await choleskyInPlace(lower, shift)
  await solveInPlace(lower, found)
  const values = await found.read()
  const expected = wanted.toTypedArray()
  values.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(tolerance))
})

it('refuses what is not positive definite', async () => {
  const a = tensor(Float64Array.from([1, 2, 2, 1]), [2, 2])
  await expect(choleskyInPlace(a, 0)).rejects.toThrow('raise the penalty')
})

it('sets a matrix aside while it is factored in its place', async () => {
  // two squares and a part of one
  const size = 2 * SQUARE + 100
  const backend = createWasmBackend({ threads: 1 })
  const values = Float32Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size]
    return i === j ? 3 : j < i ? 1 / (1 + i - j) ** 2 : NaN
  })
  // a square on the diagonal is whole
  for (let top = 0; top < size; top += SQUARE)
    for (let i = top; i < Math.min(size, top + SQUARE); i++)
      for (let j = i + 1; j < Math.min(size, top + SQUARE); j++) values[i * size + j] = 0
  const a = tensor(values.slice(), [size, size], { backend }).clone()
  const aside = setAside(a)
  for (const shift of [1, 2]) {
    await choleskyInPlace(a, shift)
    expect((await a.read())[size * size - 1]).not.toBe(3)
    aside.restore()
    const found = await a.read()
    let wrong = 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) wrong += Number(found[i * size + j] !== values[i * size + j])
    expect(wrong).toBe(0)
  }
  aside.release()
})
