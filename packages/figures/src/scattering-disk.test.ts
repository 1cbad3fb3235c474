import { expect, test } from 'vitest'
import { colourOf, hexOf } from './colormap.ts'
import { hashOf, pixelsOf } from './pixels.test.reader.ts'
import { scatteringDisk } from './scattering-disk.ts'

const [J, L] = [3, 4]
const angle = (l: number): number => (l * Math.PI) / L
const one = Array.from({ length: J * L }, (_, i) => ({ order: 1, scales: [Math.floor(i / L)], angles: [angle(i % L)] }))
const two = [
  [0, 1],
  [0, 2],
  [1, 2],
].flatMap((scales) =>
  Array.from({ length: L * L }, (_, i) => ({ order: 2, scales, angles: [angle(Math.floor(i / L)), angle(i % L)] })),
)
const zero = { order: 0, scales: [], angles: [] }
const size = 240
const middle = 16 + size / 2

test('order 1: each sector has its colour at (scale, θ) and opposite', async () => {
  const values = Float32Array.from(one, (_, i) => i + 1)
  const pixels = await pixelsOf(scatteringDisk({ paths: one, values, size }))
  one.forEach(({ scales, angles }, i) => {
    // rings of equal width between 0.16 and 1
    const radius = (size / 2) * (1 - (0.84 * (scales[0]! + 0.5)) / J)
    const colour = hexOf(colourOf('magma', (i + 1) / one.length))
    for (const turn of [0, Math.PI]) {
      const x = Math.round(middle + radius * Math.cos(angles[0]! + turn))
      const y = Math.round(middle - radius * Math.sin(angles[0]! + turn))
      expect(pixels.at(x, y), `path ${i}`).toBe(colour)
    }
  })
  expect(pixels.at(17, 17)).toBe('#ffffff')
  expect(pixels.at(middle, middle)).toBe('#f2f2f2')
})

test('order 2: j2 divides the ring from outside in, θ2 the angle counter-clockwise', async () => {
  const values = two.map((_, i) => i + 1)
  const pixels = await pixelsOf(scatteringDisk({ paths: two, values, size: 480 }), 2)
  const rings = [
    [0, 1],
    [0, 2],
    [1, 2],
  ]
  two.forEach(({ scales, angles }, i) => {
    // only scales 0 and 1 come first here: two rings, the outer in two parts
    const [outer, inner] = [
      [1, 0.79],
      [0.79, 0.58],
      [0.58, 0.16],
    ][rings.findIndex(([a, b]) => a === scales[0] && b === scales[1])]!
    const radius = 480 * ((outer! + inner!) / 2)
    const theta = angles[0]! - Math.PI / (2 * L) + ((Math.round((angles[1]! * L) / Math.PI) + 0.5) * Math.PI) / (L * L)
    const x = Math.round(2 * 16 + 480 + radius * Math.cos(theta))
    const y = Math.round(2 * 16 + 480 - radius * Math.sin(theta))
    expect(pixels.at(x, y), `path ${i}`).toBe(hexOf(colourOf('magma', (i + 1) / two.length)))
  })
})

test('no seam shows between sectors of one colour', async () => {
  const pixels = await pixelsOf(scatteringDisk({ paths: one, values: one.map(() => 1), size }))
  const colour = hexOf(colourOf('magma', 1))
  let other = 0
  for (let y = 16; y < 16 + size; y++) {
    for (let x = 16; x < 16 + size; x++) {
      const radius = Math.hypot(x + 0.5 - middle, y + 0.5 - middle)
      if (radius > 0.16 * (size / 2) + 3 && radius < size / 2 - 4 && pixels.at(x, y) !== colour) other++
    }
  }
  expect(other).toBe(0)
})

test('other orders are passed over; both disks and the image stand side by side', () => {
  const paths = [zero, ...one, ...two]
  const values = paths.map((_, i) => i)
  const image = { data: Uint8Array.from({ length: 784 }, (_, i) => i % 256), shape: [28, 28] }
  const figure = scatteringDisk({ paths, values, image, title: 'Scattering' })
  for (const text of ['image', 'order 1', 'order 2']) expect(figure.svg).toContain(`>${text}<`)
  expect(scatteringDisk({ paths: [zero, ...one], values: values.slice(0, 13) }).svg).not.toContain('order 2')
  expect(hashOf(figure)).toBe('7b1c625bf363')
})

test('all values 0 or all below 0 are still a picture', () => {
  for (const value of [0, -2]) {
    expect(scatteringDisk({ paths: one, values: one.map(() => value) }).svg).not.toMatch(/NaN|Infinity|undefined/)
  }
})

const path = { order: 1, scales: [0], angles: [0] }
test.each([
  [{ paths: [path], values: [] }, 'LENGTH_MISMATCH', /values has 0 numbers for 1 paths/],
  [{ paths: [{ ...path, order: 2 }], values: [1] }, 'LENGTH_MISMATCH', /paths\[0\] has order 2 but 1 scales/],
  [{ paths: [zero], values: [1] }, 'EMPTY', /none of order 1 or 2/],
  [{ paths: [{ ...path, angles: [Math.PI] }], values: [1] }, 'VALUE', /give radians in \[0, π\)/],
  [{ paths: [{ ...path, scales: [Number.NaN] }], values: [1] }, 'NON_FINITE', /scale 0 is NaN/],
  [{ paths: [path], values: [Number.NaN] }, 'NON_FINITE', /values: number 0 is NaN/],
  [{ paths: [path, path], values: [1, 2] }, 'VALUE', /give each path once/],
  [{ paths: [path], values: [1], size: 10.5 }, 'VALUE', /size is 10.5/],
])('bad input %#', (bad, code, message) => {
  expect(() => scatteringDisk(bad)).toThrow(
    expect.objectContaining({
      name: code === 'VALUE' ? 'ValueError' : 'FigureError',
      code,
      message: expect.stringMatching(message),
    }),
  )
})
