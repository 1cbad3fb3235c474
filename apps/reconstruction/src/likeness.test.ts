import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { type Picture, aligned, psnr } from './likeness.ts'

const shape = [6, 8] as const
const original: Picture = { data: random(1).fillUniform(new Float32Array(48)) as Float32Array, shape }

it('is 20 dB for an error of a tenth of the range', () => {
  const two: Picture = { data: Float32Array.of(0, 1), shape: [1, 2] }
  expect(psnr(two, [0.1, 0.9])).toBeCloseTo(20, 5)
})

it.each([
  ['a shift', (i: number) => ((Math.floor(i / 8) + 2) % 6) * 8 + ((i + 3) % 8)],
  ['a turn by half a circle', (i: number) => 47 - i],
  ['both', (i: number) => ((5 - Math.floor(i / 8) + 4) % 6) * 8 + ((7 - (i % 8) + 1) % 8)],
])('undoes %s', (_, to) => {
  const moved = new Float32Array(48)
  original.data.forEach((v, i) => (moved[to(i)] = v))
  expect(aligned(original, { data: moved, shape }).data).toEqual(original.data)
})
