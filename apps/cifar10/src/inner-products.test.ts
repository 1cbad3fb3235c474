import { random } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { expect, it } from 'vitest'
import { type Rows, coordinatesOf, pointsOf } from './inner-products.ts'

const N = 7
const training = Int32Array.of(0, 2, 3, 6)

/** Noise of deviations that differ, and pictures 0 and 1 the same. */
function noise(columns: number): Rows {
  const [image, mirror] = ['image', 'mirror'].map((name) => {
    const rows = random(name).fillNormal(new Float32Array(N * columns))
    for (let at = 0; at < rows.length; at++) rows[at] = rows[at] * (1 + ((at % columns) % 3)) + 5
    return rows.copyWithin(columns, 0, columns)
  })
  return { columns, image, mirror, share: (j) => 1 + (j % 2) }
}

/** By the definition: means and moduli of half the differences, of columns weighed by the training pictures. */
function distanceOf({ columns, image, mirror, share }: Rows, i: number, j: number): number {
  let sum = 0
  for (let column = 0; column < columns; column++) {
    const at = (row: number): [number, number] => [image[row * columns + column], mirror[row * columns + column]]
    const seen = Array.from(training, at).flat()
    const mean = seen.reduce((a, b) => a + b, 0) / seen.length
    const deviation = Math.sqrt(seen.reduce((a, b) => a + (b - mean) ** 2, 0) / seen.length)
    const [[a, b], [c, d]] = [at(i), at(j)]
    const square = ((a + b - c - d) / 2) ** 2 + ((Math.abs(a - b) - Math.abs(c - d)) / 2) ** 2
    sum += share ? (square * share(column) ** 2) / deviation ** 2 : square
  }
  return sum
}

const between = (points: ArrayLike<number>, i: number, j: number): number => {
  let sum = 0
  for (let k = 0; k < N; k++) sum += (points[i * N + k] - points[j * N + k]) ** 2
  return sum
}

it.each([
  [true, 5000],
  [false, 5000],
  [false, 2], // fewer dimensions than pictures
])('points lie as far apart as Φ, columns weighed: %s, %i of them', async (weighed, columns) => {
  const backend = createWasmBackend()
  const { share, ...rest } = noise(columns)
  const rows: Rows = weighed ? { ...rest, share: share! } : rest
  const { data } = await coordinatesOf(rows, training, backend)
  let spread = 0
  for (const i of training) for (const j of training) spread += distanceOf(rows, i, j) / 12
  for (let i = 0; i < N; i++)
    for (let j = 0; j < i; j++) expect(between(data, i, j)).toBeCloseTo(distanceOf(rows, i, j) / spread, 4)
})

it('what the test pictures are changes nothing among the training pictures', async () => {
  const backend = createWasmBackend()
  const columns = 5000
  const rows = noise(columns)
  const before = await coordinatesOf(rows, training, backend)
  rows.image.fill(99, 4 * columns, 6 * columns)
  const after = await coordinatesOf(rows, training, backend)
  for (const i of training)
    for (const j of training) expect(between(after.data, i, j)).toBeCloseTo(between(before.data, i, j), 5)
})

it('points have the inner products that are asked for, dependent ones too', () => {
  const given = [
    [3, 0, 4],
    [1, 2, 2],
    [4, 2, 6], // the sum of both
    [0, 0, 1],
  ]
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((s, v, k) => s + v * b[k], 0)
  const points = pointsOf(Float64Array.from(given.flatMap((a) => given.map((b) => dot(a, b)))), 4)
  const own = given.map((_, i) => points.subarray(4 * i, 4 * i + 4))
  for (const [i, a] of given.entries())
    for (const [j, b] of given.entries()) expect(dot(own[i], own[j])).toBeCloseTo(dot(a, b), 10)
})
