import { abs, fft2, ifft2, mul, random, reference, square, sum, tensor } from '@scatterlab/tensor'
import { filterBank2d, tightFrame } from '@scatterlab/wavelets'
import { expect, it } from 'vitest'
import { energyByOrder } from './energy.ts'

const side = 16
const data = random(1).fillNormal(new Float32Array(side * side))
const norm = Math.sqrt(data.reduce((total, v) => total + v * v, 0))
const image = { name: 'noise', data: data.map((v) => v / norm), shape: [1, side, side] as const }
const settings = { scales: 2, orientations: 2, maxOrder: 3, seed: 'a', backend: reference, onOrder: async () => {} }

/** Σ_p ‖S[p]x‖² of each order over all paths, one by one, and over those of growing scale. */
function everyPath(): { orders: number[]; growing: number[] } {
  const { phi, psi } = tightFrame(filterBank2d({ shape: [side, side], scales: 2, orientations: 2 }))
  const grid = (filter: Float64Array) => tensor(filter, [side, side])
  const [orders, growing] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]
  const descend = (U: ReturnType<typeof tensor>, order: number, last: number, grows: boolean): void => {
    const energy = sum(square(ifft2(mul(fft2(U), grid(phi))).asReal())).item()
    orders[order] += energy
    if (grows) growing[order] += energy
    if (order === 3) return
    psi.forEach((filter, k) => {
      const scale = Math.floor(k / 2)
      descend(abs(ifft2(mul(fft2(U), grid(filter)))), order + 1, scale, grows && scale > last)
    })
  }
  descend(tensor(Float64Array.from(image.data), [side, side]), 0, -1, true)
  return { orders, growing }
}

it('estimates what the sum over every path is', async () => {
  const exact = everyPath()
  const { orders, errors, growing } = await energyByOrder(image, { ...settings, walkers: 300 })
  orders.forEach((energy, m) => expect(Math.abs(energy - exact.orders[m])).toBeLessThan(4 * errors[m] + 1e-5))
  growing.forEach((energy, m) => expect(Math.abs(energy - exact.growing[m])).toBeLessThan(0.02))
  expect(errors[0]).toBeLessThan(1e-6)
})

it('leaves nothing out: the orders approach the norm', async () => {
  const { orders } = await energyByOrder(image, { ...settings, maxOrder: 8, walkers: 20 })
  expect(Math.abs(orders.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-3)
})
