// Complex numbers of a reference, which keeps images innermost, to a view of any layout. No operation.
import type { View } from '../backend/backend.ts'
import { dataOf } from '../backend/host.ts'

/** out ← scale·(re + i·im), which lie as [height][width][image]. */
export function store(re: Float64Array, im: Float64Array, out: View, scale = 1): void {
  const to = dataOf(out.buffer)
  const [n, height, width] = out.shape
  for (let y = 0, at = 0; y < height; y++) {
    for (let k = 0; k < width; k++) {
      let target = out.offset + y * out.strides[1] + k * out.strides[2]
      for (let i = 0; i < n; i++, at++, target += out.strides[0]) {
        to[target] = scale * re[at]
        to[target + out.imagStride] = scale * im[at]
      }
    }
  }
}
