import { random, reference } from '@scatterlab/tensor'
import { filterBank2d, toGrid } from '@scatterlab/wavelets'
import { expect, it } from 'vitest'
import { commutatorNorm, deformationMatrix, frequency, localDilation, uniformFilters } from './commutator.ts'

const side = 8
const points = side * side
const options = { backend: reference, onStep: async () => {} }

/** [y][x] of a product of square matrices of real numbers. */
const product = (a: Float64Array, b: ArrayLike<number>): Float64Array => {
  const out = new Float64Array(points * points)
  for (let i = 0; i < points; i++)
    for (let k = 0; k < points; k++)
      for (let j = 0; j < points; j++) out[i * points + j] += a[i * points + k] * b[k * points + j]
  return out
}

/** The convolution with a filter in Fourier, by its sum: real and imaginary part. */
function convolution(filter: (at: number) => number): [Float64Array, Float64Array] {
  const [re, im] = [new Float64Array(points * points), new Float64Array(points * points)]
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++) {
      for (let k = 0; k < points; k++) {
        const row = frequency(Math.floor(k / side), side) * (Math.floor(i / side) - Math.floor(j / side))
        const column = frequency(k % side, side) * ((i % side) - (j % side))
        re[i * points + j] += (filter(k) * Math.cos(row + column)) / points
        im[i * points + j] += (filter(k) * Math.sin(row + column)) / points
      }
    }
  }
  return [re, im]
}

it('is the norm of the matrix W D − D W below 3π/4', async () => {
  const psi = filterBank2d({ shape: [side, side], scales: 1, orientations: 2 }).psi[1]
  const grid = toGrid(psi.atLevel(0))
  const D = deformationMatrix(localDilation(side, 0.3), side)
  const { norm } = await commutatorNorm({ side, grids: [grid] }, D, options)
  const [low] = convolution((k) =>
    Math.hypot(frequency(Math.floor(k / side), side), frequency(k % side, side)) <= (3 * Math.PI) / 4 ? 1 : 0,
  )
  // real and imaginary rows of C = (W D − D W) P
  const C = convolution((k) => grid[k]).map((W) => {
    const [first, second] = [product(W, D), product(Float64Array.from(D), W)]
    return product(
      first.map((v, k) => v - second[k]),
      low,
    )
  })
  let x = random(2).fillNormal(new Float64Array(points))
  let largest = 0
  for (let step = 0; step < 200; step++) {
    const next = new Float64Array(points)
    let square = 0
    for (const part of C) {
      for (let i = 0; i < points; i++) {
        let y = 0
        for (let j = 0; j < points; j++) y += part[i * points + j] * x[j]
        square += y * y
        for (let j = 0; j < points; j++) next[j] += part[i * points + j] * y
      }
    }
    largest = Math.sqrt(square)
    const length = Math.hypot(...next)
    x = next.map((v) => v / length)
  }
  expect(Math.abs(norm / largest - 1)).toBeLessThan(0.01)
})

it('is 0 for what moves all pixels alike', async () => {
  const tau = new Float64Array(2 * points)
  for (let at = 0; at < points; at++) [tau[at], tau[points + at]] = [2, -3]
  const D = deformationMatrix(tau, side)
  // one pixel each, and the right one
  expect(D[6 * side + 3]).toBe(1)
  expect(D.reduce((sum, v) => sum + Math.abs(v), 0)).toBe(points)
  const { norm } = await commutatorNorm(uniformFilters(side, 4), D, options)
  expect(norm).toBeLessThan(1e-5)
})

it('takes frequencies of one bandwidth that keep the norm of real images', () => {
  const { grids } = uniformFilters(16, 8)
  for (let at = 0; at < 256; at++) {
    const opposite = ((16 - Math.floor(at / 16)) % 16) * 16 + ((16 - (at % 16)) % 16)
    const A = grids.reduce((total, grid) => total + (grid[at] ** 2 + grid[opposite] ** 2) / 2, 0)
    expect(A).toBeCloseTo(1, 12)
  }
})
