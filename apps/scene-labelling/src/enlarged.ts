// Images enlarged between their pixels by two matrix products, which are fast, and differentiable, on every back end.
import { type Tensor, matmul, tensor } from '@scatterlab/tensor'

/** Images [items, channels, h, w] at larger sides, linear between the middles of their pixels, the end pixels held beyond: `resize`'s rule. */
export function enlarged(x: Tensor, [height, width]: readonly [number, number]): Tensor {
  const [items, channels, rows, columns] = x.shape
  const across = matmul(x.reshape(items * channels * rows, columns), interpolation(x, columns, width))
  // columns become rows, so that the other product is of the same kind
  const down = matmul(
    across
      .reshape(items * channels, rows, width)
      .transpose(0, 2, 1)
      .clone()
      .reshape(items * channels * width, rows),
    interpolation(x, rows, height),
  )
  return down.reshape(items, channels, width, height).transpose(0, 1, 3, 2).clone()
}

/** What each old pixel gives to each new one: [length, count]. */
function interpolation(like: Tensor, length: number, count: number): Tensor {
  const shares = like.dtype === 'float64' ? new Float64Array(length * count) : new Float32Array(length * count)
  for (let to = 0; to < count; to++) {
    const place = Math.min(Math.max(((to + 0.5) * length) / count - 0.5, 0), length - 1)
    const first = Math.min(Math.floor(place), Math.max(length - 2, 0))
    shares[first * count + to] += 1 - (place - first)
    if (length > 1) shares[(first + 1) * count + to] += place - first
  }
  return tensor(shares, [length, count], { backend: like.backend })
}
