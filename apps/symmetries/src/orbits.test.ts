import { type ShapedArray, random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { PARAMETERS, flatness, groups, orbitsOf } from './orbits.ts'

const side = 16
/** Two blobs that touch no edge. */
const images: ShapedArray = {
  shape: [2, side, side],
  data: Float32Array.from({ length: 2 * side * side }, (_, at) => {
    const [i, row, column] = [Math.floor(at / 256), Math.floor((at % 256) / side), at % side]
    return Math.exp(-((row - 7.5) ** 2 + (column - 7 - i) ** 2) / 6)
  }),
}

it('walks every group from −1 to 1 through the image itself', () => {
  for (const [name, group] of Object.entries(groups(side, 'a'))) {
    const { data, shape } = orbitsOf(images, group)
    expect(shape, name).toEqual([2 * PARAMETERS.length, side, side])
    const middle = PARAMETERS.indexOf(0)
    const still = data.subarray(middle * 256, (middle + 1) * 256)
    still.forEach((value, k) => expect(value).toBeCloseTo(images.data[k], 6))
  }
})

it('finds a straight line straight, a circle as curved as it is, and a point still', async () => {
  const orbits = orbitsOf(images, groups(side, 'a').translations)
  const along = (point: (t: number) => readonly number[]) => async () => {
    const points = [...PARAMETERS, ...PARAMETERS].map(point)
    return { data: Float64Array.from(points.flat()), shape: [points.length, points[0].length] }
  }
  const line = await flatness(
    orbits,
    along((t) => [3 + t, 1 - 2 * t]),
  )
  expect(line.turn).toBeCloseTo(0, 10)
  expect(line.one).toBeCloseTo(1, 10)
  expect(line.residual).toBeCloseTo(0, 10)

  // half a circle turns by π; the two ends have no curvature of their own, and chords are shorter than arcs
  const circle = await flatness(
    orbits,
    along((t) => [Math.cos((t * Math.PI) / 2), Math.sin((t * Math.PI) / 2), 5]),
  )
  expect(circle.turn).toBeGreaterThan(0.8 * Math.PI)
  expect(circle.turn).toBeLessThan(Math.PI)
  expect(circle.two).toBeCloseTo(1, 10)
  expect(circle.one).toBeLessThan(0.9)

  const noise = random(1)
  const still = await flatness(
    orbits,
    along(() => [1 + 1e-9 * noise.normal(), 2]),
  )
  expect(still.turn).toBe(0)
})
