// Textures that are generated: stationary, periodic, and none of them Gaussian.
import type { Random } from '@scatterlab/tensor'

/** A process that is generated: draws of `side`×`side` pixels, periodic. */
export interface Process {
  readonly name: string
  draw(side: number, stream: Random): Float32Array
}

/** Adds what `value` gives to the pixels within `reach` of a place, around the edges. */
function splat(
  field: Float32Array,
  side: number,
  [row, column]: readonly [number, number],
  reach: number,
  value: (down: number, across: number) => number,
): void {
  for (let r = Math.floor(row - reach); r <= row + reach; r++) {
    for (let c = Math.floor(column - reach); c <= column + reach; c++) {
      const at = (((r % side) + side) % side) * side + (((c % side) + side) % side)
      field[at] += value(r - row, c - column)
    }
  }
}

const place = (side: number, stream: Random): [number, number] => [stream.uniform(0, side), stream.uniform(0, side)]

/** Discs of random radius, as grains that overlap (shot noise). */
const grains: Process = {
  name: 'grains',
  draw(side, stream) {
    const field = new Float32Array(side * side)
    for (let i = 0; i < (side * side) / 300; i++) {
      const radius = stream.uniform(2, 6)
      splat(field, side, place(side, stream), radius + 1, (r, c) =>
        Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(r, c))),
      )
    }
    return field
  },
}

/** Short bars in all directions, as fibres. */
const fibres: Process = {
  name: 'fibres',
  draw(side, stream) {
    const field = new Float32Array(side * side)
    for (let i = 0; i < (side * side) / 250; i++) {
      const angle = stream.uniform(0, Math.PI)
      const [down, across] = [Math.sin(angle), Math.cos(angle)]
      splat(field, side, place(side, stream), 10, (r, c) => {
        const along = Math.abs(r * down + c * across)
        const beside = Math.abs(r * across - c * down)
        return Math.exp(-(beside ** 2) / 2) * (along < 9 ? 1 : 0)
      })
    }
    return field
  },
}

/** Wavelets of one frequency in all directions, some of them stronger than others. */
const ripples: Process = {
  name: 'ripples',
  draw(side, stream) {
    const field = new Float32Array(side * side)
    for (let i = 0; i < (side * side) / 50; i++) {
      const [angle, phase] = [stream.uniform(0, Math.PI), stream.uniform(0, 2 * Math.PI)]
      const strength = Math.exp(0.5 * stream.normal())
      splat(field, side, place(side, stream), 12, (r, c) => {
        const along = r * Math.sin(angle) + c * Math.cos(angle)
        return strength * Math.exp(-(r * r + c * c) / 32) * Math.cos(along * 1.2 + phase)
      })
    }
    return field
  },
}

/** Two phases with a smooth border: the sign of a smooth Gaussian field. */
const patches: Process = {
  name: 'two phases',
  draw(side, stream) {
    const field = new Float32Array(side * side)
    for (let i = 0; i < (side * side) / 10; i++) {
      const strength = stream.normal()
      splat(field, side, place(side, stream), 10, (r, c) => strength * Math.exp(-(r * r + c * c) / 18))
    }
    return field.map((value) => Math.sign(value))
  },
}

/** The processes that are generated. */
export const processes: readonly Process[] = [grains, fibres, ripples, patches]
