import { createWasmBackend } from '@scatterlab/wasm'
import { expect, test } from 'vitest'
import { type Iteration, type Kept, psnr, rebuild } from './rebuild.ts'

test('PSNR is by the range of the original', () => {
  // range 2, mean squared difference 0.01: 10·log₁₀ 400
  expect(psnr([0, 2, 1, 1], [0.1, 1.9, 1.1, 0.9])).toBeCloseTo(10 * Math.log10(400), 9)
})

test('each iteration is told, and brings the picture nearer', async () => {
  const side = 16
  const data = Float32Array.from({ length: side * side }, (_, i) => (i % side < 8 === i < 128 ? 0.2 : 0.8))
  const told: (Iteration | Kept)[] = []
  const { signal } = new AbortController()
  const end = await rebuild(
    { picture: { data, shape: [side, side] }, scales: 1, maxOrder: 1, iterations: 12, seed: 1 },
    { backend: createWasmBackend({ threads: 1 }), signal, tell: (one) => void told.push(one) },
  )
  const [kept, ...iterations] = told as [Kept, ...Iteration[]]
  // 1 + J·L paths of 8×8
  expect(kept).toEqual({ coefficients: 9 * 64, pixels: 256 })
  expect(iterations.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  expect(iterations.at(-1)!.error).toBeLessThan(iterations[0].error / 4)
  expect(end.psnr).toBeGreaterThan(iterations[0].psnr + 5)
  expect(end.psnr).toBeCloseTo(iterations.at(-1)!.psnr, 3)
})
