// The sets as networks take them, pass by pass: framed digits, or their scattering coefficients, computed once.
import { type GreyShape, type LabelledImages, batches, toFloat32 } from '@scatterlab/datasets'
import type { Batches } from '@scatterlab/nn'
import type { Phase } from '@scatterlab/repro'
import type { Scattering2d } from '@scatterlab/scattering'
import type { Random } from '@scatterlab/tensor'
import { SIDE } from './networks.ts'

/** A set that can be gone through again and again. */
export interface Items {
  readonly count: number
  /** One pass, in an order that `shuffle` draws or the set's own. */
  pass(size: number, shuffle?: Random): Batches
}

/** Coefficients of many digits, row-major, with their classes. */
export interface Features {
  readonly data: Float32Array
  readonly shape: readonly [digits: number, paths: number, rows: number, columns: number]
  readonly labels: Uint8Array
}

/** Digits from 0 to 1, framed by zeros to 32×32. */
export function framedDigits(set: LabelledImages<GreyShape>): Items {
  async function* pass(size: number, shuffle?: Random): AsyncGenerator<Awaited<ReturnType<typeof asChannel>>> {
    for await (const batch of batches(set, { size, pad: [SIDE, SIDE], ...(shuffle && { shuffle }) }))
      yield asChannel(batch)
  }
  return { count: set.labels.length, pass }
}

const asChannel = ({ images, labels }: { images: { data: Float32Array; shape: GreyShape }; labels: Uint8Array }) => ({
  images: { data: images.data, shape: [images.shape[0], 1, SIDE, SIDE] },
  labels,
})

/** The features of digits, in their rows. */
export function featureItems({ data, shape: [count, ...shape], labels }: Features): Items {
  const length = data.length / count
  function* pass(size: number, shuffle?: Random) {
    const order = shuffle?.permutation(count) ?? Int32Array.from({ length: count }, (_, i) => i)
    for (let start = 0; start < count; start += size) {
      const rows = order.subarray(start, start + size)
      const some = new Float32Array(rows.length * length)
      rows.forEach((row, i) => some.set(data.subarray(row * length, (row + 1) * length), i * length))
      yield {
        images: { data: some, shape: [rows.length, ...shape] },
        labels: Uint8Array.from(rows, (row) => labels[row]),
      }
    }
  }
  return { count, pass }
}

const CHUNK = 500

/** S x of every digit, in chunks that show progress. */
export async function scatter(
  transform: Scattering2d,
  set: LabelledImages<GreyShape>,
  phase: Phase,
): Promise<Features> {
  const { images, labels } = set
  const [count, height, width] = images.shape
  const [paths, rows, columns] = transform.outputShape
  const size = paths * rows * columns
  const data = new Float32Array(count * size)
  for (let start = 0; start < count; start += CHUNK) {
    const some = Math.min(CHUNK, count - start)
    const bytes = images.data.subarray(start * height * width, (start + some) * height * width)
    const x = toFloat32({ data: bytes, shape: [some, height, width] }, { pad: [SIDE, SIDE] })
    data.set(transform.transform(x).data, start * size)
    phase.advance(some)
    // lets Ctrl-C and the progress bar have their turn
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return { data, shape: [count, paths, rows, columns], labels }
}
