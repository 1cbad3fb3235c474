// Translation Invariant Models: images drawn so that they share E|x ⋆ ψ|, E||x ⋆ ψ| ⋆ ψ| and E|x ⋆ ψ|² with a texture, or its scattering
// covariances, beside a Gaussian process that shares its spectrum.
import type { DustMapName, TextureName } from '@scatterlab/datasets/photographs'
import { lbfgs } from '@scatterlab/optim'
import { type Experiment, type Row, experiment } from '@scatterlab/repro'
import { type Moments2d, covariances2d, gaussianTwin, moments2d, synthesise } from '@scatterlab/scattering'
import type { ArrayInput, ShapedArray } from '@scatterlab/tensor'
import { cut } from './batch.ts'
import { relativeErrors } from './moment-errors.ts'
import { type FlatnessCurve, type Trio, flatnessPlot, stepsPlot, trios } from './pictures.ts'
import { INTEGRAL_SCALE, INTERMITTENCY, OCTAVES, ROUNDS, walkFlatness, walksBy } from './signals.ts'
import { type Picture, flatness, histogramDistance, nearestPatch, spectrumDistance } from './statistics.ts'
import { texturesBy } from './textures.ts'

/** How large the textures are, and how long each is looked for. */
export interface Budget {
  /** A power of two. */
  readonly side: number
  readonly orientations: number
  readonly textures: readonly TextureName[]
  /** Maps of dust in the sky, beside the textures. */
  readonly dust: readonly DustMapName[]
  /** Textures that are drawn from their covariances too, by name. */
  readonly covariances: readonly string[]
  readonly iterations: number
  /** And from its covariances. */
  readonly covarianceIterations: number
  /** Images that are drawn of each texture. */
  readonly draws: number
  /** Samples of the signals that are drawn. */
  readonly samples: number
  /** How long signals are looked for. */
  readonly signalIterations: number
}

const all: readonly TextureName[] = ['brick', 'gravel', 'nuts', 'metal', 'reptil_skin', 'grass', 'sawtooth', 'text']

/** Of the covariances: their number grows with its cube. */
const COVARIANCE_ORIENTATIONS = 4

/** Moments are met where their error is no larger. */
const MET = 1e-4

/** Labels of the curves of flatness. */
const CURVES: Readonly<Record<string, string>> = {
  original: 'turbulence, draws of the flow',
  Gaussian: 'Gaussian',
  synthesis: 'synthesis from moments',
  covariances: 'synthesis from covariances',
}

/** And of the walk. */
const WALKS: Readonly<Record<string, string>> = { ...CURVES, original: 'multifractal random walk' }

const textureSynthesis: Experiment<Budget> = experiment({
  name: 'texture-synthesis',
  slide: 'Translation Invariant Models',
  claim:
    'textures and 2-D turbulence synthesised from scattering moments of order 2, beside a Gaussian process with the same second moments',
  budgets: {
    quick: {
      side: 128,
      orientations: 4,
      textures: all.slice(0, 4),
      dust: [],
      covariances: ['turbulence', 'brick'],
      iterations: 180,
      covarianceIterations: 120,
      draws: 4,
      samples: 4096,
      signalIterations: 180,
    },
    full: {
      side: 256,
      orientations: 4,
      textures: all,
      dust: ['intensity', 'polarisation'],
      covariances: ['turbulence', 'discs', ...all, 'intensity', 'polarisation'],
      iterations: 200,
      covarianceIterations: 150,
      draws: 4,
      samples: 16_384,
      signalIterations: 300,
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder: folder, progress, signal, output }) {
    const { side, orientations, iterations, draws } = budget
    const scales = Math.log2(side) - 1
    const { textures, missing } = await progress.during('textures', () =>
      texturesBy(budget, { folder, signal, backend, side, draws, seed }),
    )
    output.describe({
      data: textures.map(({ source }) => source).join('; '),
      protocol:
        `${side}×${side}, mean 0, variance 1; moments of order 1 and 2, J = ${scales}, L = ${orientations}, and powers of the bands; ` +
        `${draws} images at once from noise with the powers of the bands, L-BFGS on relative errors, decorrelated, until they are ${MET}, at most ${iterations} iterations; ` +
        `covariances of ${budget.covariances.join(', ')}: J = ${scales}, L = ${COVARIANCE_ORIENTATIONS}, ${budget.covarianceIterations} iterations, not decorrelated; ` +
        `${budget.samples} steps of a multifractal random walk, λ² = ${INTERMITTENCY}, integral scale ${INTEGRAL_SCALE}: J ≤ ${OCTAVES}, Q = 1, ${budget.signalIterations} iterations, moments decorrelated ${ROUNDS} times`,
      note:
        missing.length > 0
          ? `not synthesised, as their files were not found: ${missing.join(', ')}; give them, on the command line as a folder by --data DIR`
          : undefined,
    })

    const shape = [side, side] as const
    const moments = moments2d({ shape, scales, orientations, backend })
    const covariances = covariances2d({ shape, scales, orientations: COVARIANCE_ORIENTATIONS, backend })
    const [shown, compared]: [Trio[], Trio[]] = [[], []]
    for (const { name, draws: originals } of textures) {
      const [original] = originals
      const target = await moments.transform(original)
      const synthesis = await drawn(name, original, moments, iterations)
      const twins = Array.from({ length: draws }, (_, i) => single(gaussianTwin(original, { seed: seed + i })))
      const kinds: Record<string, readonly ShapedArray<Float32Array>[]> = {
        original: originals,
        Gaussian: twins,
        synthesis: synthesis.made,
      }
      if (budget.covariances.includes(name)) {
        const better = await drawn(`${name}, covariances`, original, covariances, budget.covarianceIterations)
        kinds.covariances = better.made
        number('error of the covariances', name, 'covariances', better.error)
        const own = await covariances.transform(original)
        for (const [method, start] of Object.entries({ Gaussian: twins[0], synthesis: synthesis.made[0] })) {
          const { error } = await synthesise(own, covariances, { minimise: lbfgs, iterations: 0, start })
          number('error of the covariances', name, method, error)
        }
        compared.push({ name, pictures: [original, synthesis.made[0], better.made[0]] })
      }
      for (const [method, pictures] of Object.entries(kinds)) {
        const errors = await relativeErrors(moments, target, pictures)
        number('relative error of the moments', name, method, errors.all)
        number('sparsity (E|x ⋆ ψ|)²/E|x ⋆ ψ|²', name, method, errors.sparsity)
        number('flatness at one pixel', name, method, mean(pictures.map((picture) => flatness(picture, 1))))
        if (method === 'original') continue
        number('distance of the histogram', name, method, mean(pictures.map((p) => histogramDistance(p, original))))
        number('distance of the spectrum', name, method, mean(pictures.map((p) => spectrumDistance(p, original))), 'dB')
        number('nearest patch of the original', name, method, nearestPatch(pictures[0], original, seed))
      }
      shown.push({ name, pictures: [original, twins[0], synthesis.made[0]] })
      if (name === 'turbulence') {
        const curves = Object.entries(kinds).map(([method, pictures]) => curveOf(CURVES[method], pictures))
        for (const [i, method] of Object.keys(kinds).entries())
          if (i > 0) number('flatness off, in deviations of the flow', name, method, farthest(curves[i], curves[0]))
        const title = 'Turbulence: how rare large differences are'
        await output.figure(
          'flatness',
          flatnessPlot(title, 'lag, pixels', curves),
          'Bars: one deviation over the draws.',
        )
      }
    }
    moments.dispose()
    covariances.dispose()
    await output.figure(
      'textures',
      trios('Textures, their Gaussian twins, and what shares their scattering moments', shown, [
        'Gaussian',
        'synthesis',
      ]),
      'Synthesis: another image, of which only the moments are the texture’s.',
    )
    if (compared.length > 0) {
      await output.figure(
        'covariances',
        trios('Textures, drawn from their moments and from their covariances', compared, ['moments', 'covariances']),
        'Covariances know the sign of structures and how scales lie to one another.',
      )
    }

    const walks = await progress.during('walks', () =>
      walksBy({ length: budget.samples, iterations: budget.signalIterations, draws }, { backend, seed, signal }),
    )
    const lags = Array.from({ length: 9 }, (_, i) => 2 ** i)
    const curves = Object.entries(walks).map(([method, { steps }]) => {
      const at = lags.map((lag) => steps.map(({ data }) => walkFlatness(data, lag)))
      return { label: WALKS[method], lags, mean: at.map(mean), deviation: at.map(deviation) }
    })
    for (const [i, [method, { error }]] of Object.entries(walks).entries()) {
      if (error !== undefined)
        number(`error of the ${method === 'synthesis' ? 'moments' : method}`, 'walk', method, error)
      number('flatness of one step', 'walk', method, curves[i].mean[0])
      number('flatness of 16 steps', 'walk', method, curves[i].mean[4])
      if (i > 0) number('flatness off, in deviations of the process', 'walk', method, farthest(curves[i], curves[0]))
    }
    await output.figure(
      'walk-flatness',
      flatnessPlot('A walk with bursts: how rare long ways are', 'steps', curves),
      'Bars: one deviation over the draws.',
    )
    const shownWalks = Object.entries(walks).map(([method, { steps }]) => ({
      label: WALKS[method],
      steps: steps[0].data,
    }))
    await output.figure('walk', stepsPlot(shownWalks), 'Each moved up by twelve deviations.')

    /** Pictures that share what `model` tells of the original. */
    async function drawn(name: string, original: ArrayInput, model: Moments2d, most: number) {
      const target = await model.transform(original)
      const { x, error } = await progress.during(
        name,
        (phase) =>
          synthesise(target, model, {
            minimise: lbfgs,
            iterations: most,
            errorTolerance: MET,
            count: draws,
            seed,
            signal,
            onIteration: () => phase.advance(),
          }),
        most,
      )
      return { made: cut(x), error }
    }

    function number(measure: string, texture: string, method: string, value: number, unit?: string): void {
      const settings: Row['settings'] = { texture }
      output.row({ measure, method, settings, value, ...(unit && { unit }) })
    }

    function curveOf(label: string, pictures: readonly Picture[]): FlatnessCurve {
      const lags = Array.from({ length: Math.log2(side) - 1 }, (_, i) => 2 ** i)
      const at = lags.map((lag) => pictures.map((picture) => flatness(picture, lag)))
      return { label, lags, mean: at.map(mean), deviation: at.map(deviation) }
    }
  },
})

/** The picture in single precision, as textures are. */
const single = ({ data, shape }: ShapedArray): ShapedArray<Float32Array> => ({ data: Float32Array.from(data), shape })

/** How far a curve is from another at most, in the other's deviations. */
const farthest = (curve: FlatnessCurve, from: FlatnessCurve): number =>
  Math.max(...curve.mean.map((v, i) => Math.abs(v - from.mean[i]) / from.deviation[i]))

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length

function deviation(numbers: readonly number[]): number {
  const centre = mean(numbers)
  return Math.sqrt(numbers.reduce((sum, v) => sum + (v - centre) ** 2, 0) / Math.max(1, numbers.length - 1))
}

export default textureSynthesis
