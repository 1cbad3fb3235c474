// Simplified Convolutional Networks; Convolution Tree Network: the same digits by a network that combines its channels, by its twin that
// does not, and by the wavelet tree, of which nothing is learned but the linear classifier.
import { type GreyShape, type LabelledImages, take, toFloat32, withChannel } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { type Evaluation, type Network, type Weights, evaluate, fit, saveWeights } from '@scatterlab/nn'
import { type Experiment, type Phase, type Row, errorRow, experiment, grouped, trainingHost } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import { tensor } from '@scatterlab/tensor'
import { graphs } from './graphs.ts'
import { type Items, featureItems, framedDigits } from './items.ts'
import { SIDE, type Cost, convNet, costOf, headOf } from './networks.ts'
import { firstFilters, rhoPlot } from './pictures.ts'
import { mediansOf, negativeParts, rhoAtAverages, rhoExcept, rhoInTree } from './rho.ts'
import { scatteringMultiplications } from './scattering-cost.ts'
import { rule, trainingBy } from './training.ts'

/** How much is learned from. */
export interface Budget {
  /** The first so many training digits. */
  readonly trainingSize: number
  /** Passes over them. */
  readonly passes: number
}

/** Scales, orientations and highest order of the wavelet tree. */
const WAVELETS = { scales: 3, orientations: 8, maxOrder: 2 } as const

/** Training digits on which ρ is looked at. */
const LOOKED_AT = 1000

/** Where ρ changes a smaller share of the energy of a map, it is taken out. */
const IDLE = 0.01

const framed = (images: LabelledImages<GreyShape>['images']) => toFloat32(images, { pad: [SIDE, SIDE] })

const simplifiedNetwork: Experiment<Budget> = experiment({
  name: 'simplified-network',
  slide: 'Simplified Convolutional Networks; Convolution Tree Network',
  claim: 'without channel combination the network is a tree of convolutions, and ρ drops out at averaging filters',
  budgets: {
    quick: { trainingSize: 5_000, passes: 8 },
    full: { trainingSize: 60_000, passes: 6 },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget, backend, dataFolder, progress, log, signal, output } = context
    const { passes } = budget
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const trainingSize = Math.min(budget.trainingSize, digits.train.labels.length)
    const [learned, unseen] = [take(digits.train, trainingSize), digits.test]
    output.describe({
      data: digits.source,
      protocol:
        `digits framed to 32×32; ${passes} passes over the first ${grouped(trainingSize)} training digits in steps of ${rule.batch}, ` +
        `momentum ${rule.momentum}, weight decay ${rule.decay}, rate ${rule.rate} falling as a cosine, the same for all three; ` +
        `tested on ${grouped(unseen.labels.length)}; the rate was chosen with the first 5,000 training digits, by the errors on the last 10,000`,
      note,
    })

    // x_j = ρ(L_j x_{j−1}): a network, its tree, and the tree of wavelets
    const [full, tree] = [convNet('all channels'), convNet('one channel')]
    const transform = scattering2d({ shape: [SIDE, SIDE], ...WAVELETS, backend })
    const head = headOf(transform.outputShape)
    const wavelets = {
      phi: { parameters: 0, multiplications: scatteringMultiplications(transform.paths, WAVELETS.scales) },
      head: costOf(head).head,
    }
    const learnedOf = [costOf(full).phi, costOf(tree).phi, wavelets.phi].map(({ parameters }) => parameters)
    await output.figure(
      'graphs',
      graphs(transform.paths, WAVELETS.scales, learnedOf),
      'A dot for every map, a line for every filter; of the full network’s 216 last maps 48 are drawn.',
    )

    costs('full network', costOf(full))
    const pixels = [framedDigits(learned), framedDigits(unseen)] as const
    await learn('full network', full, pixels)

    costs('tree', costOf(tree))
    const weights = await learn('tree', tree, pixels)

    costs('wavelet tree', wavelets)
    const scatter = ({ images }: LabelledImages<GreyShape>, phase: Phase) =>
      transform.transformAsync(images, { prepare: framed, signal, onProgress: ({ images }) => phase.advance(images) })
    const { known, seconds, features } = await progress.during(
      'scattering',
      async (phase) => {
        const began = performance.now()
        const known = await scatter(learned, phase)
        return { known, seconds: (performance.now() - began) / 1000, features: await scatter(unseen, phase) }
      },
      trainingSize + unseen.labels.length,
    )
    const coefficients = [featureItems(known, learned.labels), featureItems(features, unseen.labels)] as const
    await learn('wavelet tree', head, coefficients, seconds)

    // ρ drops out at averaging filters
    for (const { level, share } of negativeParts(WAVELETS.scales))
      number('negative part of φ', 'wavelet tree', share, '', { level })
    for (const { order, change } of rhoAtAverages(features, transform.paths)) {
      number('largest change of an average by ρ = |·|', 'wavelet tree', change, '', { order })
    }
    transform.dispose()
    const some = withChannel(framed(take(learned, Math.min(LOOKED_AT, trainingSize)).images))
    const maps = await progress.during('ρ in the tree', () => {
      const x = tensor(some.data, some.shape, { backend })
      const found = rhoInTree(tree, weights, x)
      backend.release(x.buffer)
      return found
    })
    for (const { level, map, lowPass, changed } of maps.filter(({ level }) => level === 0)) {
      const settings = { level: level + 1, map: map + 1, lowPass: Number(lowPass.toFixed(2)) }
      number('energy changed by ρ', 'tree', 100 * changed, '%', settings)
    }
    const fed = maps.filter(({ unfed }) => !unfed)
    for (const { filters, maps, median } of mediansOf(fed))
      number('energy changed by ρ, median', 'tree', 100 * median, '%', { filters, maps })
    const caption =
      `Each mark a map, on ${grouped(some.shape[0])} training digits. Filters act on what is nowhere negative: digits, or what ρ left. ` +
      `${maps.length - fed.length} maps under silent ones, whose output is their bias, are left out.`
    await output.figure('rho', rhoPlot(fed), caption)
    await output.figure('first-filters', firstFilters(weights, maps), 'Σw / Σ|w|: the share of energy that ρ changes.')

    const idle = maps.filter(({ changed }) => changed < IDLE)
    const without = `ρ at ${idle.length} maps where it changes less than ${100 * IDLE} % of the energy`
    await report('tree', convNet('one channel', rhoExcept(idle)), weights, pixels[1], { trainingSize, passes, without })

    function number(measure: string, method: string, value: number, unit = '', settings: Row['settings'] = {}): void {
      output.row({ measure, method, settings, value, unit })
    }

    function costs(method: string, { phi, head }: Readonly<Record<'phi' | 'head', Cost>>): void {
      number('parameters of Φ', method, phi.parameters)
      number('parameters of the classifier', method, head.parameters)
      number('multiplications of Φ', method, phi.multiplications / 1e6, 'million')
    }

    async function learn(
      method: string,
      network: Network,
      [known, others]: readonly [Items, Items],
      before = 0,
    ): Promise<Weights> {
      const name = method.replaceAll(' ', '-')
      const training = trainingBy(known, passes)
      const host = await trainingHost(context, name, training.steps, { every: 500, tell: true })
      const { weights, history } = await fit(network, { ...training, ...host })
      await report(method, network, weights, others, { trainingSize, passes })
      number(
        'training time',
        method,
        history.reduce((sum, { seconds }) => sum + seconds, before),
        's',
      )
      output.file(`${name}.safetensors`, await saveWeights(weights))
      return weights
    }

    async function report(
      method: string,
      network: Network,
      weights: Weights,
      items: Items,
      settings: Row['settings'],
    ): Promise<void> {
      const { errors: count, total }: Evaluation = await progress.during(
        'test',
        ({ reach: onProgress }) => evaluate(network, weights, items.pass(500), { signal, onProgress }),
        items.count,
      )
      log(`${method}: ${count} errors of ${total}`)
      output.row(errorRow({ method, settings, count, total }))
    }
  },
})

export default simplifiedNetwork
