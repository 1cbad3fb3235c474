// The layer that makes maps of vectors.
import type { Layer } from '@scatterlab/nn'
import { ShapeError, formatShape, sizeOf } from '@scatterlab/tensor'

/** Items in another shape of as many numbers; one length may be −1, for what is left. */
export const reshape = (shape: readonly number[]): Layer => ({
  kind: 'reshape',
  plan(input) {
    const size = sizeOf(input)
    const known = shape.filter((n) => n !== -1).reduce((product, n) => product * n, 1)
    const output = shape.map((n) => (n === -1 ? size / known : n))
    if (sizeOf(output) !== size || !output.every(Number.isInteger))
      throw new ShapeError(`makes ${formatShape(shape)} of ${size} numbers, given ${formatShape(input)}`)
    return { output }
  },
  forward: (x) => x.reshape(x.shape[0], ...shape),
})
