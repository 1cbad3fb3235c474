import { random } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { nearestOf, sorted } from './neighbour-search.ts'

it.each([
  { d: 1, torus: true },
  { d: 1, torus: false },
  { d: 3, torus: true },
  { d: 8, torus: false },
])('finds what looking at every point finds: %o', ({ d, torus }) => {
  const stream = random(5)
  const points = sorted(stream.fillUniform(new Float64Array(200 * d)), d)
  const search = nearestOf(points, 4, torus)
  const along = (t: number): number => (torus ? Math.min(Math.abs(t), 1 - Math.abs(t)) : Math.abs(t))
  for (let q = 0; q < 50; q++) {
    const query = stream.fillUniform(new Float64Array(d))
    const all = Array.from({ length: 200 }, (_, row) =>
      Math.hypot(...Array.from(query, (value, c) => along(value - points.data[row * d + c]))),
    ).sort((a, b) => a - b)
    search(query).distances.forEach((distance, v) => expect(distance).toBeCloseTo(all[v], 12))
  }
})
