// Simplified Convolutional Networks; Convolution Tree Network: the same digits by a network that combines its channels, by its twin that
// does not, and by the wavelet tree, of which nothing is learned but the linear classifier.
import { take } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { type Network, saveWeights } from '@scatterlab/nn'
import { type Experiment, type Row, errorRow, experiment } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import { type Tensor, tensor } from '@scatterlab/tensor'
import { graphs } from './graphs.ts'
import { type Items, featureItems, framedDigits, scatter } from './items.ts'
import { SIDE, type Cost, convNet, costOf, headOf } from './networks.ts'
import { firstFilters, rhoPlot } from './pictures.ts'
import { mediansOf, negativeParts, rhoAtAverages, rhoExcept, rhoInTree } from './rho.ts'
import { scatteringMultiplications } from './scattering-cost.ts'
import { rule, test, train } from './training.ts'

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
    const loading = progress.phase('data')
    const { digits, note } = await mnistOrSample({
      ...(dataFolder === undefined ? {} : { folder: dataFolder }),
      signal,
    })
    loading.done()
    const trainingSize = Math.min(budget.trainingSize, digits.train.labels.length)
    const [learned, unseen] = [take(digits.train, trainingSize), digits.test]
    const count = (n: number): string => n.toLocaleString('en')
    const protocol =
      `digits framed to 32×32; ${passes} passes over the first ${count(trainingSize)} training digits in steps of ${rule.batch}, ` +
      `momentum ${rule.momentum}, weight decay ${rule.decay}, rate ${rule.rate} falling as a cosine, the same for all three; ` +
      `tested on ${count(unseen.labels.length)}; the rate was chosen with the first 5,000 training digits, by the errors on the last 10,000`
    const described = { data: digits.source, protocol, ...(note === undefined ? {} : { note }) }
    output.describe(described)
    if (note !== undefined) log(note)

    const number = (measure: string, method: string, value: number, unit = '', settings: Row['settings'] = {}): void =>
      output.row({ measure, method, settings, value, unit, count: null, total: null, slide: null, paper: null })
    const costs = (method: string, phi: Cost, head: Cost): void => {
      number('parameters of Φ', method, phi.parameters)
      number('parameters of the classifier', method, head.parameters)
      number('multiplications of Φ', method, phi.multiplications / 1e6, 'million')
    }
    const learn = async (method: string, network: Network, [known, others]: readonly [Items, Items], before = 0) => {
      const name = method.replaceAll(' ', '-')
      const { weights, seconds } = await train(network, known, context, { name, passes })
      const { errors, total } = await test(network, weights, others, context)
      log(`${method}: ${errors} errors of ${total}, trained in ${(before + seconds).toFixed(1)} s`)
      output.row(errorRow({ method, settings: { trainingSize, passes }, count: errors, total }))
      number('training time', method, before + seconds, 's')
      output.file(`${name}.safetensors`, await saveWeights(weights))
      return weights
    }

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

    costs('full network', costOf(full).phi, costOf(full).head)
    const pixels = [framedDigits(learned), framedDigits(unseen)] as const
    await learn('full network', full, pixels)

    costs('tree', costOf(tree).phi, costOf(tree).head)
    const weights = await learn('tree', tree, pixels)

    costs('wavelet tree', wavelets.phi, wavelets.head)
    const scattering = progress.phase('scattering', trainingSize + unseen.labels.length)
    const began = performance.now()
    const knownFeatures = await scatter(transform, learned, scattering)
    const seconds = (performance.now() - began) / 1000
    const features = await scatter(transform, unseen, scattering)
    scattering.done()
    await learn('wavelet tree', head, [featureItems(knownFeatures), featureItems(features)], seconds)

    // ρ drops out at averaging filters
    for (const { level, share } of negativeParts(WAVELETS.scales))
      number('negative part of φ', 'wavelet tree', share, '', { level })
    for (const { order, change } of rhoAtAverages(features, transform.paths)) {
      number('largest change of an average by ρ = |·|', 'wavelet tree', change, '', { order })
    }
    transform.dispose()
    const looking = progress.phase('ρ in the tree')
    const some = await digitsOf(framedDigits(take(learned, Math.min(LOOKED_AT, trainingSize))))
    const maps = rhoInTree(tree, weights, some)
    backend.release(some.buffer)
    looking.done()
    for (const { level, map, lowPass, changed } of maps.filter(({ level }) => level === 0)) {
      const settings = { level: level + 1, map: map + 1, lowPass: Number(lowPass.toFixed(2)) }
      number('energy changed by ρ', 'tree', 100 * changed, '%', settings)
    }
    const fed = maps.filter(({ unfed }) => !unfed)
    for (const { filters, maps, median } of mediansOf(fed))
      number('energy changed by ρ, median', 'tree', 100 * median, '%', { filters, maps })
    const caption =
      `Each mark a map, on ${count(some.shape[0])} training digits. Filters act on what is nowhere negative: digits, or what ρ left. ` +
      `${maps.length - fed.length} maps under silent ones, whose output is their bias, are left out.`
    await output.figure('rho', rhoPlot(fed), caption)
    await output.figure('first-filters', firstFilters(weights, maps), 'Σw / Σ|w|: the share of energy that ρ changes.')

    const idle = maps.filter(({ changed }) => changed < IDLE)
    const { errors, total } = await test(convNet('one channel', rhoExcept(idle)), weights, pixels[1], context)
    const without = `ρ at ${idle.length} maps where it changes less than ${100 * IDLE} % of the energy`
    output.row(errorRow({ method: 'tree', settings: { trainingSize, passes, without }, count: errors, total }))
    log(`tree without ${without}: ${errors} errors of ${total}`)
    return described

    async function digitsOf(items: Items): Promise<Tensor> {
      for await (const { images } of items.pass(items.count)) {
        if ('data' in images) return tensor(images.data, images.shape, { backend })
      }
      throw new RangeError('there are no test digits')
    }
  },
})

export default simplifiedNetwork
