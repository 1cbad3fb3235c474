// Translation Invariant Models: images drawn so that they share E|x ⋆ ψ|, E||x ⋆ ψ| ⋆ ψ| and E|x ⋆ ψ|² with a texture, beside a Gaussian
// process that shares its spectrum.
import type { TextureName } from '@scatterlab/datasets/photographs'
import { lbfgs } from '@scatterlab/optim'
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import { type Moments2d, gaussianTwin, moments2d, synthesise } from '@scatterlab/scattering'
import type { ArrayInput, ShapedArray } from '@scatterlab/tensor'
import { type FlatnessCurve, type Trio, flatnessPlot, trios } from './pictures.ts'
import { type Picture, flatness, nearestPatch } from './statistics.ts'
import { texturesBy } from './textures.ts'

/** How large the textures are, and how long each is looked for. */
export interface Budget {
  /** A power of two. */
  readonly side: number
  readonly orientations: number
  readonly textures: readonly TextureName[]
  readonly iterations: number
  /** Images that are drawn of each texture. */
  readonly draws: number
}

const all: readonly TextureName[] = ['brick', 'gravel', 'nuts', 'metal', 'reptil_skin', 'grass', 'sawtooth', 'text']

const textureSynthesis: Experiment<Budget> = experiment({
  name: 'texture-synthesis',
  slide: 'Translation Invariant Models',
  claim:
    'textures and 2-D turbulence synthesised from scattering moments of order 2, beside a Gaussian process with the same second moments',
  budgets: {
    quick: { side: 128, orientations: 4, textures: all.slice(0, 4), iterations: 100, draws: 4 },
    full: { side: 256, orientations: 8, textures: all, iterations: 300, draws: 4 },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder: folder, progress, signal, output }) {
    const { side, orientations, iterations, draws } = budget
    const scales = Math.log2(side) - 1
    const { textures, missing } = await progress.during('textures', () =>
      texturesBy(budget.textures, { folder, signal, backend, side, draws, seed }),
    )
    output.describe({
      data: textures.map(({ source }) => source).join('; '),
      protocol:
        `${side}×${side}, mean 0, variance 1; moments of order 1 and 2, J = ${scales}, L = ${orientations}, and powers of the bands; ` +
        `${draws} images at once from white noise, ${iterations} iterations of L-BFGS on the relative errors of the moments`,
      note:
        missing.length > 0
          ? `not synthesised, as their files were not found: ${missing.join(', ')}; name a folder that holds textures with --data DIR`
          : undefined,
    })

    const moments = moments2d({ shape: [side, side], scales, orientations, backend })
    const shown: Trio[] = []
    for (const { name, draws: originals } of textures) {
      const [original] = originals
      const target = await moments.transform(original)
      const synthesis = await progress.during(
        name,
        (phase) =>
          synthesise(target, moments, {
            minimise: lbfgs,
            iterations,
            count: draws,
            seed,
            signal,
            onIteration: () => phase.advance(),
          }),
        iterations,
      )
      const made = cut(synthesis.x)
      const twins = Array.from({ length: draws }, (_, i) => gaussianTwin(original, { seed: seed + i }))
      for (const [method, pictures] of Object.entries({ original: originals, Gaussian: twins, synthesis: made })) {
        const errors = await relativeErrors(moments, target, pictures)
        number('relative error of the moments', name, method, errors.all)
        number('sparsity (E|x ⋆ ψ|)²/E|x ⋆ ψ|²', name, method, errors.sparsity)
        number('flatness at one pixel', name, method, mean(pictures.map((picture) => flatness(picture, 1))))
        if (method !== 'original')
          number('nearest patch of the original', name, method, nearestPatch(pictures[0] as Picture, original, seed))
      }
      shown.push({ name, original, gaussian: twins[0], synthesis: made[0] })
      if (name === 'turbulence') {
        const curves = [
          curveOf('turbulence, draws of the flow', originals),
          curveOf('synthesis', made),
          curveOf('Gaussian', twins),
        ]
        await output.figure('flatness', flatnessPlot(curves), 'Bars: one deviation over the draws.')
      }
    }
    moments.dispose()
    await output.figure(
      'textures',
      trios(shown),
      'Synthesis: another image, of which only the moments are the texture’s.',
    )

    function number(measure: string, texture: string, method: string, value: number): void {
      const settings: Row['settings'] = { texture }
      output.row({ measure, method, settings, value })
    }

    function curveOf(label: string, pictures: readonly Picture[]): FlatnessCurve {
      const lags = Array.from({ length: Math.log2(side) - 1 }, (_, i) => 2 ** i)
      const at = lags.map((lag) => pictures.map((picture) => flatness(picture, lag)))
      return { label, lags, mean: at.map(mean), deviation: at.map(deviation) }
    }
  },
})

/** Root mean square of the moments' relative errors, mean over pictures, and their sparsity, mean over bands. */
async function relativeErrors(moments: Moments2d, target: ShapedArray, pictures: readonly ArrayInput[]) {
  const { paths } = moments
  const first = paths.filter(({ kind, order }) => kind === 'mean' && order === 1)
  const powers = paths.filter(({ kind }) => kind === 'power')
  const found = []
  for (const picture of pictures) {
    const { data } = await moments.transform(single(picture))
    // the mean of a standardised texture is 0
    const own = paths.slice(1).map(({ index }) => (data[index] - target.data[index]) / target.data[index])
    found.push({
      all: Math.sqrt(mean(own.map((v) => v * v))),
      sparsity: mean(first.map(({ index }, i) => data[index] ** 2 / data[powers[i].index])),
    })
  }
  return { all: mean(found.map((one) => one.all)), sparsity: mean(found.map(({ sparsity }) => sparsity)) }
}

/** The picture in single precision, as the moments of the target are. */
const single = (picture: ArrayInput): ArrayInput => {
  const { data, shape } = picture as ShapedArray
  return { data: Float32Array.from(data), shape }
}

/** Pictures of a batch. */
function cut({ data, shape: [count, height, width] }: ShapedArray): ShapedArray<Float32Array>[] {
  const size = height * width
  return Array.from({ length: count }, (_, i) => ({
    data: Float32Array.from(data.subarray(i * size, (i + 1) * size)),
    shape: [height, width],
  }))
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length

function deviation(numbers: readonly number[]): number {
  const centre = mean(numbers)
  return Math.sqrt(numbers.reduce((sum, v) => sum + (v - centre) ** 2, 0) / Math.max(1, numbers.length - 1))
}

export default textureSynthesis
