import { createWasmBackend } from '@scatterlab/wasm'
import { expect, test } from 'vitest'
import { type SynthesisTold, standardised, synthesis, textureOf } from './textures.ts'

const host = { backend: createWasmBackend({ threads: 1 }), signal: new AbortController().signal }

test('a standardised picture has mean 0 and variance 1; one grey has none', () => {
  const { data } = standardised({ data: Float32Array.from([1, 2, 3, 6]), shape: [2, 2] })
  expect(data.reduce((sum, v) => sum + v, 0)).toBeCloseTo(0, 6)
  expect(data.reduce((sum, v) => sum + v * v, 0)).toBeCloseTo(4, 5)
  expect(() => standardised({ data: new Float32Array(4).fill(0.5), shape: [2, 2] })).toThrow('of one grey')
})

test('a synthesis comes to have moments that its Gaussian twin does not have', async () => {
  const texture = await textureOf('discs', 32, 1, host)
  const told: SynthesisTold[] = []
  const { error, iterations } = await synthesis(
    { texture, orientations: 2, maxOrder: 1, iterations: 15, seed: 1 },
    { ...host, tell: (one) => void told.push(one) },
  )
  const [begun] = told
  if (begun?.kind !== 'begun') throw new Error('nothing was told of the beginning')
  // the mean, J·L means of moduli, and the powers of as many bands
  expect(begun.moments).toBe(1 + 4 * 2 + 4 * 2)
  expect(iterations).toBe(15)
  expect(told).toHaveLength(16)
  expect(begun.twinError).toBeGreaterThan(0.1)
  expect(error).toBeLessThan(begun.twinError / 3)
})
