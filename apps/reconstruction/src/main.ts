// Reconstruction from Scattering: descent on ‖S_J x − S_J x_n‖² from a random start. What is lost grows with J; order 2 holds it up until
// O((log₂ N)²) coefficients are left.
import { encodeWav, take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { type PhotographName, photographOrLeaves } from '@scatterlab/datasets/photographs'
import { lbfgs } from '@scatterlab/optim'
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import {
  type Inversion,
  type Invertible,
  type Scattering2d,
  invert,
  scattering1d,
  scattering2d,
} from '@scatterlab/scattering'
import type { ShapedArray } from '@scatterlab/tensor'
import { type Picture, aligned, psnr } from './likeness.ts'
import { type Curve, likenessPlot, reconstructions } from './pictures.ts'
import { dirac, gabor, relativeError } from './simple-images.ts'
import { speech } from './speech.ts'

/** How large the pictures are, and how long each is looked for. */
export interface Budget {
  /** Side of the photographs, a power of two. */
  readonly side: number
  readonly photographs: readonly PhotographName[]
  readonly digits: number
  readonly orders: readonly number[]
  /** Paths beyond so many are not tried. */
  readonly mostPaths: number
  /** For photographs, and for digits. */
  readonly iterations: { readonly photographs: number; readonly digits: number }
  /** For a spoken digit. */
  readonly speech: number
  /** Height and width of the picture of kymatio's case. */
  readonly example: readonly [height: number, width: number]
}

const ORIENTATIONS = 8

const photographs: readonly PhotographName[] = ['camera', 'astronaut', 'coins', 'chelsea']

/** Iterations until a point and a wave are there to a thousandth. */
const UNTIL_EXACT = 300

const reconstruction: Experiment<Budget> = experiment({
  name: 'reconstruction',
  slide: 'Reconstruction from Scattering',
  claim: 'gradient descent from a random start recovers x from O((log₂ N)²) scattering coefficients',
  budgets: {
    quick: {
      side: 64,
      photographs,
      digits: 4,
      orders: [1, 2],
      mostPaths: 2000,
      iterations: { photographs: 60, digits: 200 },
      speech: 50,
      example: [192, 256],
    },
    full: {
      side: 256,
      photographs,
      digits: 8,
      orders: [1, 2, 3],
      mostPaths: 40_000,
      iterations: { photographs: 200, digits: 500 },
      speech: 500,
      example: [384, 512],
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder: folder, progress, signal, output }) {
    const { side, iterations } = budget
    const found = await progress.during('data', () =>
      Promise.all(budget.photographs.map((name) => photographOrLeaves(name, { folder, signal, size: side }))),
    )
    const { digits, note } = await mnistOrSample({ folder, signal })
    const framed = toFloat32(take(digits.test, budget.digits).images, { pad: [32, 32] })
    const example = await photographOrLeaves('chelsea', { folder, signal, size: budget.example })
    const voice = await speech(folder, signal)
    output.describe({
      data: [...found.map(({ picture }) => picture.source), digits.source, voice.source].join('; '),
      protocol:
        `coefficients of ${side}×${side} photographs and of digits framed to 32×32, L = ${ORIENTATIONS}, periodic; ${iterations.photographs} and ${iterations.digits} iterations of ` +
        'L-BFGS on the squared distance from white noise of their mean and energy; PSNR by the range of the original, at J = log₂N after the best shift ' +
        'and turn by half a circle, which means over the image cannot tell; the mean over the pictures',
      note: [found[0].note, note].filter(Boolean).join('. ') || undefined,
    })

    // a point and a wave come back
    const simple = { shape: [32, 32] as const, scales: 1, maxOrder: 1, padding: 'periodic', oversampling: 1 } as const
    for (const [method, original] of Object.entries({ 'a point': dirac(32), 'a Gabor wave': gabor(32) })) {
      const { pictures } = await recover(method, [original], transformOf(simple), UNTIL_EXACT)
      number('relative error', method, relativeError(original, pictures[0].data), '', { J: 1, order: 1 })
    }

    // the case that kymatio's users were shown
    const transform = transformOf({ shape: budget.example, scales: 2, maxOrder: 1 })
    const picture = example.picture as Picture
    const { pictures } = await recover('kymatio’s case', [picture], transform, 50)
    transform.dispose()
    output.row({
      measure: 'PSNR',
      method: 'one picture, reflected edges',
      settings: { size: `${picture.shape[1]}×${picture.shape[0]}`, J: 2, order: 1, iterations: 50 },
      value: psnr(picture, pictures[0].data),
      unit: 'dB',
      paper: 22.97,
    })

    // a voice comes back too, but for the phases that no window sees: to be heard
    const scatter = scattering1d({ length: voice.data.length, scales: 6, waveletsPerOctave: 8, backend })
    const heard = await recovered(
      'speech',
      scatter.transform({ data: voice.data, shape: scatter.inputShape }),
      scatter,
      budget.speech,
    )
    scatter.dispose()
    number('error of the coefficients', 'speech', heard.error, '', { J: 6, Q: 8, order: 2 })
    output.file('speech.wav', encodeWav(voice.data, { sampleRate: voice.sampleRate }))
    output.file('speech-reconstructed.wav', encodeWav(heard.x.data, { sampleRate: voice.sampleRate }))

    // what is lost, by scale and order
    const sets = { photographs: found.map(({ picture }) => picture as Picture), digits: cut(framed.data, 32) }
    const curves: Curve[] = []
    for (const kind of ['photographs', 'digits'] as const) {
      const originals = sets[kind]
      const octaves = Math.log2(originals[0].shape[0])
      const shown: Picture[][] = []
      for (const order of budget.orders) {
        const curve: Curve = { label: `${kind}, order ${order}`, scales: [], psnr: [] }
        const row: Picture[] = []
        for (let scales = 1; scales <= octaves; scales++) {
          if (pathsOf(scales, order) > budget.mostPaths) continue
          const transform = transformOf({ shape: originals[0].shape, scales, maxOrder: order, padding: 'periodic' })
          const { pictures, error } = await recover(
            `${kind}: J = ${scales}, order ${order}`,
            originals,
            transform,
            iterations[kind],
          )
          transform.dispose()
          const placed = scales === octaves ? pictures.map((picture, i) => aligned(originals[i], picture)) : pictures
          const likeness = mean(placed.map(({ data }, i) => psnr(originals[i], data)))
          const settings = { J: scales, order, 'coefficients per pixel': perPixel(transform) }
          number('PSNR', kind, likeness, 'dB', settings)
          number('error of the coefficients', kind, error, '', settings)
          curve.scales.push(scales)
          curve.psnr.push(likeness)
          row.push(placed[0])
        }
        curves.push(curve)
        shown.push([originals[0], ...row])
      }
      await output.figure(
        kind,
        reconstructions(kind, shown, budget.orders),
        'The original, then J = 1, 2, …; each row an order. At the last J one number a path is left.',
      )
    }
    await output.figure('psnr', likenessPlot(curves), 'Order 2 counts where windows are large.')

    function transformOf(options: Omit<Parameters<typeof scattering2d>[0], 'backend' | 'orientations'>): Scattering2d {
      return scattering2d({ ...options, orientations: ORIENTATIONS, backend })
    }

    /** Pictures of the coefficients that the originals have, all looked for together. */
    async function recover(name: string, originals: readonly Picture[], transform: Scattering2d, most: number) {
      const [height, width] = originals[0].shape
      const data = Float32Array.from(originals.flatMap((picture) => [...picture.data]))
      const target = await transform.transformAsync({ data, shape: [originals.length, height, width] }, { signal })
      const { x, error } = await recovered(name, target, transform, most)
      return { pictures: cut(x.data as Float32Array, height, width), error }
    }

    function recovered<P extends { readonly order: number }>(
      name: string,
      target: ShapedArray,
      transform: Invertible<P>,
      most: number,
    ): Promise<Inversion> {
      return progress.during(
        name,
        (phase) => {
          const onIteration = (): void => phase.advance()
          return invert<P>(target, transform, { minimise: lbfgs, iterations: most, seed, signal, onIteration })
        },
        most,
      )
    }

    function number(measure: string, method: string, value: number, unit: string, settings: Row['settings']): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

/** Pictures of a batch. */
function cut(data: Float32Array, height: number, width = height): Picture[] {
  const size = height * width
  return Array.from({ length: data.length / size }, (_, i) => ({
    data: data.slice(i * size, (i + 1) * size),
    shape: [height, width] as const,
  }))
}

/** Σ_m L^m·C(J, m) to an order. */
function pathsOf(J: number, order: number): number {
  let [total, own] = [1, 1]
  for (let m = 1; m <= order; m++) total += own = (own * ORIENTATIONS * (J - m + 1)) / m
  return total
}

const perPixel = ({ outputShape, inputShape }: Scattering2d): number =>
  outputShape.reduce((product, n) => product * n, 1) / inputShape.reduce((product, n) => product * n, 1)

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length

export default reconstruction
