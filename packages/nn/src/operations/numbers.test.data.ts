// Numbers for tests: double precision, the same at every run, away from where functions bend.
import { type Shape, type Tensor, sizeOf, tensor } from '@scatterlab/tensor'

/** Numbers between 0.2 and 1.2 in size, of both signs, all different. */
export function numbers(shape: Shape, seed: number): Tensor {
  const data = new Float64Array(sizeOf(shape))
  for (let i = 0; i < data.length; i++) {
    const fraction = ((i + 1) * 0.6180339887 + seed * 0.7548776662) % 1
    data[i] = (fraction + 0.2) * ((i * 7 + seed) % 3 === 0 ? -1 : 1)
  }
  return tensor(data, shape)
}

/** The numbers of an array in row-major order. */
export const listed = (x: Tensor): number[] => Array.from(x.toTypedArray())
