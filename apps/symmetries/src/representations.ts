// What stands for images: pixels, the Fourier modulus, scattering by scale and order, the layers of a network.
import { type Weights, layerOutputs } from '@scatterlab/nn'
import { scattering2d } from '@scatterlab/scattering'
import type { Backend, ShapedArray } from '@scatterlab/tensor'
import { windowedFourierModulus } from '@scatterlab/wavelets'
import { LAYERS, SIDE, convNet } from './convnet.ts'

/** Images [count, 32, 32] as features [count, ...]. */
export type Representation = (images: ShapedArray) => Promise<ShapedArray>

/** Scales of the scattering transforms. */
export const SCALES = [1, 2, 3, 4, 5] as const

/** All of them by name, in the order of tables. */
export function representations(
  weights: Weights,
  backend: Backend,
  signal: AbortSignal,
): { readonly all: Readonly<Record<string, Representation>>; dispose(): void } {
  const transforms = SCALES.flatMap((scales) =>
    [1, 2].map((maxOrder) => ({
      name: `Φ, J = ${scales}, order ${maxOrder}`,
      transform: scattering2d({ shape: [SIDE, SIDE], scales, maxOrder, backend }),
    })),
  )
  const layer =
    (name: string): Representation =>
    async ({ data, shape: [count, ...size] }) => {
      const images = { data: Float32Array.from(data), shape: [count, 1, ...size] }
      return (await layerOutputs(convNet, weights, batchesOf(images), { layers: [name], signal }))[name]
    }
  return {
    all: {
      pixels: (images) => Promise.resolve(images),
      'Fourier modulus': (images) =>
        Promise.resolve(windowedFourierModulus(images, { window: SIDE, step: SIDE, backend })),
      ...Object.fromEntries(
        // orders of one scale side by side only where both exist: J = 1 has no paths of order 2
        transforms
          .filter(({ name }) => name !== 'Φ, J = 1, order 2')
          .map(({ name, transform }) => [name, (x: ShapedArray) => transform.transformAsync(x, { signal })]),
      ),
      ...Object.fromEntries(LAYERS.map((name) => [`ConvNet, ${name}`, layer(name)])),
    },
    dispose: () => transforms.forEach(({ transform }) => transform.dispose()),
  }
}

function* batchesOf({ data, shape: [count, ...size] }: { data: Float32Array; shape: readonly number[] }) {
  const length = data.length / count
  for (let start = 0; start < count; start += 500) {
    const end = Math.min(start + 500, count)
    const images = { data: data.subarray(start * length, end * length), shape: [end - start, ...size] }
    yield { images, labels: new Uint8Array(end - start) }
  }
}
