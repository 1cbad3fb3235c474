// Φ: the scattering coefficients of digits, in chunks that show progress.
import { type FeatureMatrix, unitRows } from '@scatterlab/learn'
import { type ByteImages, type GreyShape, toFloat32 } from '@scatterlab/datasets'
import type { Phase } from '@scatterlab/repro'
import type { Scattering2d } from '@scatterlab/scattering'

/** Coefficients of many digits, row-major. */
export interface Coefficients {
  readonly data: Float32Array
  readonly shape: readonly [digits: number, paths: number, rows: number, columns: number]
}

const CHUNK = 500

/** S x of every digit, framed by zeros to the size of the transform. */
export async function scatter(
  transform: Scattering2d,
  images: ByteImages<GreyShape>,
  phase: Phase,
): Promise<Coefficients> {
  const [count, height, width] = images.shape
  const [paths, rows, columns] = transform.outputShape
  const size = paths * rows * columns
  const data = new Float32Array(count * size)
  for (let start = 0; start < count; start += CHUNK) {
    const some = Math.min(CHUNK, count - start)
    const bytes = images.data.subarray(start * height * width, (start + some) * height * width)
    const x = toFloat32({ data: bytes, shape: [some, height, width] }, { pad: transform.options.shape })
    data.set((await transform.transformAsync(x)).data, start * size)
    phase.advance(some)
    // lets Ctrl-C and the progress bar have their turn
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return { data, shape: [count, paths, rows, columns] }
}

/** Every coefficient by its square root, every digit brought to norm 1, in place: what is large no longer drowns what is small. */
export function rooted(features: FeatureMatrix): FeatureMatrix {
  const { data } = features
  // averages of moduli are positive but for the rounding of a cut low-pass
  for (let i = 0; i < data.length; i++) data[i] = Math.sqrt(Math.max(data[i], 0))
  return unitRows.apply(features, { inPlace: true })
}
