import { gradientCheck } from '@scatterlab/testing'
import { type Tensor, random, reference, tensor } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { mapResponseNorm } from './map-response-norm.ts'

const layer = mapResponseNorm({ size: 3, alpha: 0.9, beta: 0.75 })
const context = {} as Parameters<typeof layer.forward>[1]
const forward = (x: Tensor): Tensor => layer.forward(x, context)
const noise = (): Tensor =>
  tensor(random(1).fillNormal(new Float64Array(2 * 3 * 5 * 4)), [2, 3, 5, 4], { backend: reference })

it('divides each pixel by what lies around it in its own map, as cuda-convnet does', () => {
  const x = noise()
  const [values, found] = [x.toTypedArray(), forward(x).toTypedArray()]
  const at = (map: number, row: number, column: number): number =>
    row < 0 || row > 4 || column < 0 || column > 3 ? 0 : values[(map * 5 + row) * 4 + column]
  for (let i = 0; i < values.length; i++) {
    const [map, row, column] = [Math.floor(i / 20), Math.floor(i / 4) % 5, i % 4]
    let sum = 0
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) sum += at(map, row + dy, column + dx) ** 2
    expect(found[i]).toBeCloseTo(values[i] * (1 + (0.9 / 9) * sum) ** -0.75, 12)
  }
})

it('has the gradient of that', () => {
  expect(() => gradientCheck(forward, [noise()])).not.toThrow()
})
