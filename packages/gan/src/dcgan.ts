// The two networks of DCGAN: a generator that grows images from numbers, and a discriminator that tells them from real ones.
import {
  type Layer,
  type Network,
  batchNorm,
  conv2d,
  flatten,
  leakyRelu,
  linear,
  network,
  normal,
  relu,
  sequential,
  tanh,
  transposedConv2d,
} from '@scatterlab/nn'
import { type Rules, ValueError, checkOptions, oneOf, wholeNumber } from '@scatterlab/tensor'
import { reshape } from './reshape.ts'

/** Which networks to make. */
export interface DcganOptions {
  /** Height and width of the images, a power of two from 8. */
  readonly side: number
  /** Default 3. */
  readonly channels?: number
  /** Length of z. Default 100. */
  readonly latent?: number
  /** Side of the filters: 5, the networks of the paper, or 4, its smaller form, which is the default. */
  readonly kernel?: 4 | 5
  /** Channels of the finest layer, twice as many at each coarser one. Default 128 for kernels of 5, 64 for those of 4. */
  readonly width?: number
  /** How many classes both networks are told, two or more; by default they are told none. */
  readonly classes?: number
}

/** A generator and a discriminator that fit each other. */
export interface Gan {
  /** z [items, latent] → images [items, channels, side, side] from −1 to 1; with classes, z and the class as one-hot: [items, latent + classes]. */
  readonly generator: Network
  /** Images → logits [items, 1]: positive where an image seems real; with classes [items, classes]: seems a real one of that class. */
  readonly discriminator: Network
  /** Numbers of a point z. */
  readonly latent: number
  /** How many classes both networks are told. */
  readonly classes?: number
  /** Law of z: uniform on (−1, 1), or Gaussian. */
  readonly law: 'uniform' | 'normal'
}

const rules: Rules<DcganOptions> = {
  side: wholeNumber(8, 1024),
  channels: wholeNumber(1, 1024),
  latent: wholeNumber(1, 65_536),
  kernel: oneOf(4, 5),
  width: wholeNumber(1, 4096),
  classes: wholeNumber(2, 65_536),
}

/** Side of the coarsest maps. */
const COARSEST = 4

/** Weights begin as N(0, 0.02), gains of batch normalisation as N(1, 0.02). */
const weight = normal(0.02)
const gain = normal(0.02, 1)

/**
 * The networks of DCGAN (Radford, Metz & Chintala 2016): strides instead of pooling, batch normalisation but on the generator's output and the
 * discriminator's input, tanh at the end of one, leaks of 0.2 in the other, no biases. With `classes` the generator is given the class beside z, and
 * the discriminator has a logit for each class, of which that of the image's class counts: features times a vector of the class, as in Miyato
 * & Koyama (2018), equation 3, their shared ψ taken into the vectors. Throws `ValueError` for a side that is no power of two.
 *
 * @example const { generator, discriminator } = dcgan({ side: 64, kernel: 5 }) // 18,885,760 and 17,232,768 parameters
 */
export function dcgan(given: DcganOptions): Gan {
  const {
    side,
    channels = 3,
    latent = 100,
    kernel = 4,
    width = kernel === 5 ? 128 : 64,
    classes,
  } = checkOptions('dcgan', given, rules, ['side'])
  const stages = Math.log2(side / COARSEST)
  if (!Number.isInteger(stages)) throw new ValueError(`side is ${side}: give a power of two from 8, such as 32 or 64`)
  // channels from the coarsest maps to the finest
  const widths = Array.from({ length: stages }, (_, i) => width * 2 ** (stages - 1 - i))
  return {
    generator: network(generatorOf(widths, channels, kernel), [latent + (classes ?? 0)]),
    discriminator: network(discriminatorOf(widths.toReversed(), kernel, classes ?? 1), [channels, side, side]),
    latent,
    ...(classes !== undefined && { classes }),
    law: kernel === 5 ? 'uniform' : 'normal',
  }
}

const normalised = (kernel: 4 | 5): Layer => batchNorm({ weight: gain, epsilon: kernel === 5 ? 1e-8 : 1e-5 })

function generatorOf([coarsest, ...widths]: readonly number[], channels: number, kernel: 4 | 5): Layer {
  const doubling = { size: kernel, stride: 2, weight, bias: false } as const
  const steps = kernel === 5 ? { ...doubling, padding: 2, outputPadding: 1 } : { ...doubling, padding: 1 }
  const first: Record<string, Layer> =
    kernel === 5
      ? {
          project: linear({ units: coarsest * COARSEST ** 2, weight, bias: false }),
          norm0: normalised(kernel),
          relu0: relu(),
          maps: reshape([coarsest, COARSEST, COARSEST]),
        }
      : {
          maps: reshape([-1, 1, 1]),
          project: transposedConv2d({ channels: coarsest, size: COARSEST, weight, bias: false }),
          norm0: normalised(kernel),
          relu0: relu(),
        }
  widths.forEach((own, i) => {
    first[`grow${i + 1}`] = transposedConv2d({ channels: own, ...steps })
    first[`norm${i + 1}`] = normalised(kernel)
    first[`relu${i + 1}`] = relu()
  })
  return sequential({ ...first, image: transposedConv2d({ channels, ...steps }), tanh: tanh() })
}

function discriminatorOf(widths: readonly number[], kernel: 4 | 5, units: number): Layer {
  const layers: Record<string, Layer> = {}
  widths.forEach((own, i) => {
    layers[`conv${i}`] = conv2d({
      channels: own,
      size: kernel,
      stride: 2,
      padding: kernel === 5 ? 2 : 1,
      weight,
      bias: false,
    })
    if (i > 0) layers[`norm${i}`] = normalised(kernel)
    layers[`leak${i}`] = leakyRelu()
  })
  const last: Record<string, Layer> =
    kernel === 5
      ? { flatten: flatten(), real: linear({ units, weight, bias: false }) }
      : { real: conv2d({ channels: units, size: COARSEST, weight, bias: false }), flatten: flatten() }
  return sequential({ ...layers, ...last })
}
