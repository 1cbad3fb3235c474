import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { DataError, frechetDistance } from './index.ts'

/** All corners of a box around a centre: their covariance (over n − 1) is diagonal, half²·n/(n − 1). */
const corners = (centre: readonly number[], half: readonly number[]) => {
  const size = centre.length
  const rows = Array.from({ length: 2 ** size }, (_, c) => centre.map((v, k) => v + ((c >> k) & 1 ? 1 : -1) * half[k]))
  return { data: Float64Array.from(rows.flat()), shape: [rows.length, size] }
}

/** Both sets turned by one rotation in the plane of the first two axes. */
const turned = ({ data, shape }: ReturnType<typeof corners>, angle: number) => {
  const out = data.slice()
  for (let i = 0; i < shape[0]; i++) {
    const [x, y] = [data[i * shape[1]], data[i * shape[1] + 1]]
    out[i * shape[1]] = Math.cos(angle) * x - Math.sin(angle) * y
    out[i * shape[1] + 1] = Math.sin(angle) * x + Math.cos(angle) * y
  }
  return { data: out, shape }
}

it('is the closed form for covariances that commute, in any frame', async () => {
  const [half, wide] = [
    [1, 2, 0.5],
    [3, 1, 0],
  ]
  const n = 8
  const [a, b] = [corners([0, 0, 0], half), corners([1, -2, 0.5], wide)]
  const covariances = half.reduce((sum, h, k) => sum + ((h - wide[k]) ** 2 * n) / (n - 1), 0)
  for (const angle of [0, 0.7]) {
    const found = await frechetDistance(turned(a, angle), turned(b, angle))
    expect(found.means).toBeCloseTo(1 + 4 + 0.25, 10)
    expect(found.covariances).toBeCloseTo(covariances, 8)
    expect(found.distance).toBeCloseTo(found.means + found.covariances, 12)
  }
})

it('is the closed form in two dimensions, where covariances do not commute', async () => {
  // eigenvalues of Σ₁Σ₂ have the product det and the sum trace, so that tr √ = √(trace + 2√det)
  const [a, b] = [corners([0, 0], [3, 1]), turned(corners([0, 0], [2, 0.5]), 0.6)]
  const scale = 4 / 3
  const [c, s] = [Math.cos(0.6), Math.sin(0.6)]
  const [p, q] = [4 * scale, 0.25 * scale]
  const trace = 9 * scale * (c * c * p + s * s * q) + scale * (s * s * p + c * c * q)
  const det = 9 * scale * scale * p * q
  const known = 10 * scale + p + q - 2 * Math.sqrt(trace + 2 * Math.sqrt(det))
  expect((await frechetDistance(a, b)).distance).toBeCloseTo(known, 8)
})

it('is 0 from a set to itself, the same both ways, and small between halves of one law', async () => {
  const cloud = (seed: number) => ({
    data: random(seed).fillNormal(new Float32Array(4000 * 4)) as Float32Array,
    shape: [4000, 4],
  })
  const [a, b] = [cloud(1), cloud(2)]
  expect((await frechetDistance(a, a)).distance).toBeLessThan(1e-5)
  const [there, back] = [await frechetDistance(a, b), await frechetDistance(b, a)]
  expect(there.distance).toBeCloseTo(back.distance, 6)
  // 2d/n of the means and about d(d + 1)/4n of the covariances
  expect(there.distance).toBeLessThan(0.01)
})

it('refuses features of two lengths, and a single sample', async () => {
  const plain = corners([0, 0], [1, 1])
  await expect(frechetDistance(plain, corners([0, 0, 0], [1, 1, 1]))).rejects.toThrow(/same features/)
  await expect(frechetDistance(plain, { data: new Float64Array(2), shape: [1, 2] })).rejects.toThrow(DataError)
})
