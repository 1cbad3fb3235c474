import { createWasmBackend } from '@scatterlab/wasm'
import { expect, test } from 'vitest'
import { three } from './example.ts'
import { framed, look, pushed } from './look.ts'
import { ORIENTATIONS, SIDE, digitScattering } from './recogniser.ts'
import { digitImage } from './strokes.ts'

const image = framed(digitImage(three))
const still = { right: 0, down: 0, deformation: 0, seed: 1 }

test('a digit that is pushed by whole pixels has moved by them', () => {
  const { data } = pushed(image, { ...still, right: 2, down: -3 })
  for (const [row, column] of [
    [10, 12],
    [16, 18],
    [20, 9],
  ])
    expect(data[(row - 3) * SIDE + column + 2]).toBeCloseTo(image.data[row * SIDE + column], 5)
})

test('what is shown: nothing moves where nothing is pushed, and Φ moves less than the pixels', () => {
  const transform = digitScattering(2, createWasmBackend({ threads: 1 }))
  const at = look(transform, image, still).shown
  expect(at.movement).toEqual({ pixels: 0, phi: 0 })
  const { shown, phi } = look(transform, image, { ...still, right: 1 })
  expect(shown.movement.pixels).toBeGreaterThan(0.4)
  expect(shown.movement.phi).toBeLessThan(shown.movement.pixels / 2)
  expect(shown.movement.phi).toBeGreaterThan(0)
  // 1 + J·L + L²·J(J − 1)/2 paths of 8×8
  expect([...phi.shape]).toEqual([1, 81, 8, 8])
  expect(shown.coefficients).toBe(81 * 64)
  expect(shown.moduli.width).toBe(ORIENTATIONS * (SIDE + 2) - 2)
  expect(shown.disks).toMatch(/^<svg/)
})
