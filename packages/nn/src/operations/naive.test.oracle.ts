// Operations on images by definition: loops over single pixels, on lists of numbers, in double precision.
import type { Tensor } from '@scatterlab/tensor'
import type { Pair } from '@scatterlab/tensor/operations'
import { listed } from './numbers.test.data.ts'

/** Numbers with their shape. */
export interface Result {
  readonly value: number[]
  readonly shape: number[]
}

/** How windows step, every number named. */
export interface Steps {
  readonly stride: Pair
  readonly padding: Pair
  readonly dilation: Pair
  readonly groups: number
}

/** Fills an array element by element. */
export function filledBy(shape: number[], at: (...index: number[]) => number): Result {
  const size = shape.reduce((a, b) => a * b, 1)
  const value = Array.from({ length: size }, (_, flat) => {
    const index: number[] = []
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      index.unshift(rest % shape[axis])
      rest = Math.floor(rest / shape[axis])
    }
    return at(...index)
  })
  return { value, shape }
}

/** Reads an element; pixels (the last two axes) outside are `outside`. */
export function reader(x: Tensor, outside = 0): (...index: number[]) => number {
  const values = listed(x)
  return (...index) => {
    if (index.some((i, axis) => i < 0 || i >= x.shape[axis])) return outside
    return values[index.reduce((flat, i, axis) => flat * x.shape[axis] + i, 0)]
  }
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** How many windows fit: counted one by one. */
export function windowsThatFit(length: number, size: number, stride: number, padding: number, dilation = 1): number {
  let count = 0
  while (count * stride + dilation * (size - 1) < length + 2 * padding) count++
  return count
}

export function convolved(x: Tensor, w: Tensor, bias: Tensor | null, steps: Steps): Result {
  const { stride, padding, dilation, groups } = steps
  const [pixel, weight] = [reader(x), reader(w)]
  const [outChannels, inEach, rows, columns] = w.shape
  const sides = [0, 1].map((a) => windowsThatFit(x.shape[2 + a], w.shape[2 + a], stride[a], padding[a], dilation[a]))
  return filledBy([x.shape[0], outChannels, ...sides], (n, o, y, u) => {
    const first = Math.floor(o / (outChannels / groups)) * inEach
    const terms = range(inEach).flatMap((c) =>
      range(rows).flatMap((i) =>
        range(columns).map((j) => {
          const [py, px] = [y * stride[0] - padding[0] + i * dilation[0], u * stride[1] - padding[1] + j * dilation[1]]
          return weight(o, c, i, j) * pixel(n, first + c, py, px)
        }),
      ),
    )
    return total(terms) + (bias ? listed(bias)[o] : 0)
  })
}

/** Lays a copy of the filter down for every pixel, on a canvas that is cut by the padding at either side. */
export function laidOut(
  x: Tensor,
  w: Tensor,
  bias: Tensor | null,
  { stride, padding, dilation, groups, more }: Steps & { readonly more: Pair },
): Result {
  const [items, inChannels, height, width] = x.shape
  const [, outEach, rows, columns] = w.shape
  const [pixel, weight] = [reader(x), reader(w)]
  const canvas = new Map<string, number>()
  for (const n of range(items))
    for (const c of range(inChannels))
      for (const o of range(outEach))
        for (const y of range(height))
          for (const u of range(width))
            for (const i of range(rows))
              for (const j of range(columns)) {
                const channel = Math.floor(c / (inChannels / groups)) * outEach + o
                const at = [n, channel, y * stride[0] + i * dilation[0], u * stride[1] + j * dilation[1]].join()
                canvas.set(at, (canvas.get(at) ?? 0) + pixel(n, c, y, u) * weight(c, o, i, j))
              }
  const side = (axis: 0 | 1): number => {
    const last = (x.shape[2 + axis] - 1) * stride[axis] + dilation[axis] * (w.shape[2 + axis] - 1)
    return last + 1 - 2 * padding[axis] + more[axis]
  }
  return filledBy(
    [items, outEach * groups, side(0), side(1)],
    (n, o, y, u) => (canvas.get([n, o, y + padding[0], u + padding[1]].join()) ?? 0) + (bias ? listed(bias)[o] : 0),
  )
}

export interface PoolSteps {
  readonly size: Pair
  readonly stride: Pair
  readonly padding: Pair
  readonly ceil: boolean
}

/**
 * PyTorch's rule in its words: with ceil mode windows may go off bounds if they start within the padding at the
 * beginning or in the image; those that would start in the padding at the end are ignored. One is added only to reach
 * pixels or padding that none before it reaches.
 */
export function windowsOfPool(length: number, size: number, stride: number, padding: number, ceil: boolean): number {
  if (!ceil) return windowsThatFit(length, size, stride, padding)
  let count = 0
  for (let start = -padding; start < length; start += stride) {
    count++
    if (start + size >= length + padding) break
  }
  return count
}

/** Calls `f` with the pixels of each window that lie in the image, and how many lie in the image with its padding. */
export function pooledBy(
  x: Tensor,
  { size, stride, padding, ceil }: PoolSteps,
  f: (inside: number[], inPadded: number) => number,
): Result {
  const pixel = reader(x, NaN)
  const [items, channels, height, width] = x.shape
  const sides = [0, 1].map((a) => windowsOfPool(x.shape[2 + a], size[a], stride[a], padding[a], ceil))
  return filledBy([items, channels, ...sides], (n, c, y, u) => {
    const places = range(size[0]).flatMap((i) =>
      range(size[1]).map((j) => [y * stride[0] - padding[0] + i, u * stride[1] - padding[1] + j]),
    )
    const inPadded = places.filter(([v, h]) => v < height + padding[0] && h < width + padding[1])
    const inside = places.map(([v, h]) => pixel(n, c, v, h)).filter((value) => !Number.isNaN(value))
    return f(inside, inPadded.length)
  })
}

/** x·(k + factor·Σ x²)^−β over the channels at most ⌊size/2⌋ away. */
export function respondedTo(x: Tensor, size: number, factor: number, beta: number, k: number): number[] {
  const at = reader(x)
  const near = range(size).map((i) => i - Math.floor(size / 2))
  return filledBy([...x.shape], (n, c, ...rest) => {
    const squares = total(near.map((d) => at(n, c + d, ...rest) ** 2))
    return at(n, c, ...rest) / (k + factor * squares) ** beta
  }).value
}

/** Mean and variance of every channel (axis 1), the variance divided by the number of samples. */
export function momentsOf(x: Tensor): { mean: number[]; variance: number[]; samples: number } {
  const values = listed(x)
  const inner = x.shape.slice(2).reduce((a, b) => a * b, 1)
  const channel = (c: number): number[] => values.filter((_, i) => Math.floor(i / inner) % x.shape[1] === c)
  const mean = range(x.shape[1]).map((c) => total(channel(c)) / channel(c).length)
  const variance = range(x.shape[1]).map(
    (c) => total(channel(c).map((value) => (value - mean[c]) ** 2)) / channel(c).length,
  )
  return { mean, variance, samples: channel(0).length }
}

/** (x − mean) / √(variance + ε)·scale + shift. */
export function normalisedBy(
  x: Tensor,
  { mean, variance }: { mean: readonly number[]; variance: readonly number[] },
  scale: Tensor,
  shift: Tensor,
  epsilon = 1e-5,
): number[] {
  const at = reader(x)
  return filledBy([...x.shape], (n, c, ...rest) => {
    const standard = (at(n, c, ...rest) - mean[c]) / Math.sqrt(variance[c] + epsilon)
    return standard * listed(scale)[c] + listed(shift)[c]
  }).value
}
