// Images of points, a hundred at a time.
import {
  type DrawnOptions,
  type Gan,
  type GanWeights,
  type Points,
  drawn,
  latentPoints,
  withClasses,
} from '@scatterlab/gan'
import { type Backend, onBackend, scope, tensor } from '@scatterlab/tensor'
import type { Pictures } from './images.ts'

/** Draws images. */
export interface Painter {
  readonly gan: Gan
  /** Images of points, by running moments or those of each hundred; `labels` where the networks are told classes. */
  paint(points: Points, labels?: ArrayLike<number>, options?: DrawnOptions): Promise<Pictures>
  /** `count` images of points by a name, each class in turn where there are some, by moments of the batch; and the labels. */
  sample(count: number, name: string): Promise<{ readonly images: Pictures; readonly labels: Int32Array }>
}

const AT_ONCE = 100

export function painterOf(gan: Gan, weights: GanWeights, backend: Backend, signal: AbortSignal): Painter {
  const [channels, side] = gan.generator.output
  const { classes } = gan
  const paint: Painter['paint'] = async (given, labels = [], options = {}) => {
    const points = classes ? withClasses(given, labels, classes) : given
    const [total, length] = points.shape
    const data = new Float32Array(total * channels * side * side)
    for (let from = 0; from < total; from += AT_ONCE) {
      signal.throwIfAborted()
      const rows = Math.min(AT_ONCE, total - from)
      const z = points.data.slice(from * length, (from + rows) * length)
      const made = scope(() => drawn(gan, weights, onBackend(tensor(z, [rows, length]), backend), options))
      data.set(await made.read(), from * channels * side * side)
      backend.release(made.buffer)
    }
    return { data, shape: [total, channels, side, side] }
  }
  return {
    gan,
    paint,
    async sample(count, name) {
      const labels = Int32Array.from({ length: count }, (_, i) => (classes ? i % classes : 0))
      return { images: await paint(latentPoints(gan, count, name), labels), labels }
    },
  }
}
