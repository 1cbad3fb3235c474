// The generator of digits that the site ships: points of z and a class in, images out.
import { type Gan, type Points, dcgan, withClasses } from '@scatterlab/gan'
import { type Weights, loadWeights } from '@scatterlab/nn'
import { type Backend, type ShapedArray, onBackend, scope, tensor } from '@scatterlab/tensor'

/** Side of the images. */
export const SIDE = 32
/** Images that are drawn at once: a batch of them takes a few megabytes. */
const AT_ONCE = 200

/** Images from −1 to 1, [items, 1, 32, 32]. */
export type Digits = ShapedArray<Float32Array, readonly [items: number, 1, typeof SIDE, typeof SIDE]>

/** A generator with its weights. */
export interface DigitGenerator {
  readonly gan: Gan
  /** Images of points, all of one class; by running moments, so that a point has one image whatever is drawn beside it. */
  draw(points: Points, label: number): Promise<Digits>
}

/** The networks that apps/dcgan trained for this page, and the weights of the generator. Throws for a file of another network. */
export function digitGenerator(file: Uint8Array, backend: Backend): DigitGenerator {
  const gan = dcgan({ side: SIDE, channels: 1, width: 16, classes: 10 })
  const weights: Weights = loadWeights(gan.generator, file, { backend, file: 'digits.safetensors' })
  return {
    gan,
    async draw(points, label) {
      const [count] = points.shape
      const told = withClasses(points, new Uint8Array(count).fill(label), 10)
      const data = new Float32Array(count * SIDE * SIDE)
      const length = told.shape[1]
      for (let from = 0; from < count; from += AT_ONCE) {
        const to = Math.min(count, from + AT_ONCE)
        const z = tensor(told.data.slice(from * length, to * length), [to - from, length])
        const images = scope(() => gan.generator.forward(weights, onBackend(z, backend)))
        data.set(await images.read(), from * SIDE * SIDE)
        backend.release(images.buffer)
      }
      return { data, shape: [count, 1, SIDE, SIDE] }
    },
  }
}
