// The mean image of a set, and images without it.
import type { ByteImages, ColourShape, FloatImages } from '@scatterlab/datasets'

/** The mean of each byte over the images. */
export function meanImage({ data, shape }: ByteImages<ColourShape>): Float64Array {
  const size = data.length / shape[0]
  const mean = new Float64Array(size)
  for (let i = 0; i < data.length; i++) mean[i % size] += data[i]
  return mean.map((sum) => sum / shape[0])
}

/** (x − mean) · scale, in place. */
export function centre({ data }: FloatImages, mean: Float64Array, scale: number): void {
  for (let i = 0; i < data.length; i++) data[i] = (data[i] - mean[i % mean.length]) * scale
}
