// What stands for images at each depth: the layers of a network, and scattering by order. Each as a whole, and averaged over positions.
import { type Network, type Weights, layerOutputs } from '@scatterlab/nn'
import type { ShapedArray } from '@scatterlab/tensor'
import type { Part } from './sets.ts'

/** Features [images, d]: of all positions, and their means over positions. */
export interface Representation {
  readonly whole: ShapedArray
  readonly averaged: ShapedArray
}

/** Whether features of all positions are kept, or only their means. */
export interface Kept {
  readonly whole: boolean
  readonly signal?: AbortSignal
}

/** [items, channels, …positions] as means over positions, [items, channels]. */
export function averaged({ data, shape }: ShapedArray): ShapedArray {
  const [items, channels] = shape
  const positions = data.length / (items * channels)
  const out = new Float32Array(items * channels)
  for (let at = 0; at < out.length; at++) {
    let sum = 0
    for (let p = at * positions; p < (at + 1) * positions; p++) sum += data[p]
    out[at] = sum / positions
  }
  return { data: out, shape: [items, channels] }
}

/** What the named layers make of all batches, the images themselves first; positions are averaged batch by batch, so that wide layers fit. */
export async function layersOf(
  network: Network,
  weights: Weights,
  batches: AsyncIterable<Part> | Iterable<Part>,
  layers: readonly string[],
  { whole, signal }: Kept,
): Promise<Record<string, Representation>> {
  const parts = ['input', ...layers].map((name) => ({
    name,
    whole: [] as ShapedArray[],
    averaged: [] as ShapedArray[],
  }))
  for await (const batch of batches) {
    const outputs = await layerOutputs(network, weights, [batch], { layers, ...(signal && { signal }) })
    for (const part of parts) {
      const own = part.name === 'input' ? batch.images : outputs[part.name]
      part.averaged.push(averaged(own))
      if (whole) part.whole.push({ data: own.data.slice(), shape: own.shape })
    }
  }
  return Object.fromEntries(
    parts.map((part) => {
      const mean = joined(part.averaged)
      return [part.name, { averaged: mean, whole: whole ? joined(part.whole) : mean }]
    }),
  )
}

/** Coefficients [images, (channels,) paths, rows, columns] of which only the paths up to an order are kept. */
export function upToOrder({ data, shape }: ShapedArray, orders: readonly number[], most: number): Representation {
  const [images, paths] = [shape[0], orders.length]
  const positions = shape[shape.length - 1] * shape[shape.length - 2]
  const channels = data.length / (images * paths * positions)
  const kept = orders.flatMap((order, path) => (order <= most ? [path] : []))
  const out = new Float32Array(images * channels * kept.length * positions)
  let at = 0
  for (let plane = 0; plane < images * channels; plane++) {
    for (const path of kept) {
      const from = (plane * paths + path) * positions
      out.set(data.subarray(from, from + positions) as Float32Array, at)
      at += positions
    }
  }
  const whole = { data: out, shape: [images, channels * kept.length, positions] }
  return { whole: { data: out, shape: [images, out.length / images] }, averaged: averaged(whole) }
}

/** Parts of a set, one after the other: [all images, d]. */
function joined(parts: readonly ShapedArray[]): ShapedArray {
  const images = parts.reduce((sum, { shape }) => sum + shape[0], 0)
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { data, shape: [images, data.length / images] }
}
