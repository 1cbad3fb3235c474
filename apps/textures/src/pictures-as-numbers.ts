// Pictures as the features take them: grey bytes to numbers of mean 0 and variance 1, which the gain and the offset of the
// light do not change; pictures of one size together.
import type { GreyPicture } from '@scatterlab/datasets/textures'
import { type Backend, resize, scope, tensor } from '@scatterlab/tensor'

/** A picture of floating-point numbers. */
export interface Field {
  readonly data: Float32Array
  readonly shape: readonly [height: number, width: number]
}

/** (x − mean)/deviation over the pixels; a flat picture becomes zero. */
export function normalised({
  data,
  shape,
}: {
  readonly data: ArrayLike<number>
  readonly shape: Field['shape']
}): Field {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < data.length; i++) sum += data[i]
  const mean = sum / data.length
  for (let i = 0; i < data.length; i++) squares += (data[i] - mean) ** 2
  const scale = squares > 0 ? 1 / Math.sqrt(squares / data.length) : 0
  return { data: Float32Array.from(data, (value) => (value - mean) * scale), shape }
}

/** Numbers of the pictures of each size, largest group first. */
export function bySize(pictures: readonly { readonly shape: GreyPicture['shape'] }[]): number[][] {
  const groups = new Map<string, number[]>()
  for (const [i, { shape }] of pictures.entries()) {
    const key = shape.join('×')
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

/** Fields of one size as one array [count, height, width]. */
export function together(fields: readonly Field[]): { data: Float32Array; shape: number[] } {
  const [height, width] = fields[0].shape
  const data = new Float32Array(fields.length * height * width)
  for (const [i, field] of fields.entries()) data.set(field.data, i * height * width)
  return { data, shape: [fields.length, height, width] }
}

/** The field on a grid coarser by `factor`, each pixel the mean over its area: the texture seen from that much further away. */
export function shrunk(field: Field, factor: number, backend: Backend): Field {
  if (factor === 1) return field
  const [height, width] = field.shape
  const size = [Math.round(height / factor), Math.round(width / factor)] as const
  const small = scope(() => resize(tensor(field.data, [height, width], { backend }), size))
  const data = small.toTypedArray() as Float32Array
  backend.release(small.buffer)
  return { data, shape: size }
}
