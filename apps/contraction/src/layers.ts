// All depths of one set: a network at its start, as it learns, and trained; scattering by order; each measured in the same way.
import { type RunOptions, classNeighbours, ridgeSelect } from '@scatterlab/learn'
import { type Network, type Weights, evaluate } from '@scatterlab/nn'
import { type RunContext, errorRow } from '@scatterlab/repro'
import { type ShapedArray, random } from '@scatterlab/tensor'
import { classMeans, collapse, disagreeing, duality, nearestMeans } from './collapse.ts'
import { type Representation, layersOf, upToOrder } from './features.ts'
import { type Course, type Moment, learn, releaseWeights } from './learning.ts'
import { type LayerMeasures, type Points, deviationOf, kernelErrors, measure } from './measures.ts'
import { type LadderOptions, depthOf, ladder, layerName } from './network.ts'
import type { Subject } from './sets.ts'

/** What is trained and measured of a set. */
export interface SetBudget extends Course {
  readonly network: Omit<LadderOptions, 'nonLinear'>
  /** Training images that nearest neighbours are looked for among; unseen ones that are measured. */
  readonly reference: number
  readonly points: number
  /** Training images that kernel machines learn from. */
  readonly machine: number
  /** Looks at the layers while the network learns, and unseen images that are looked at. */
  readonly looks: number
  readonly lookedAt: number
  /** Whether features of all positions are measured too, beside their means. */
  readonly whole: boolean
  /** Shares of channels that are rectified, each in a network of its own, and its steps. */
  readonly shares: { readonly values: readonly number[]; readonly steps: number }
}

/** Penalties of the read-out to choose from, times the mean square distance of features from their mean. */
const PENALTIES = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10]

/** One of the things on the axis: its layers from depth 0 on. */
export interface Column {
  readonly label: 'trained' | 'at start' | 'scattering'
  /** Of means over positions. */
  readonly averaged: readonly LayerMeasures[]
  /** Of all positions. */
  readonly whole: readonly LayerMeasures[]
  /** Errors of a kernel machine on means over positions. */
  readonly machine: readonly number[]
}

/** What the last features and their classifier say of collapse. */
export interface Duality {
  readonly label: Column['label']
  /** NC3, and NC4 on unseen images. */
  readonly apart: number
  readonly disagreeing: number
  /** NC1 and NC2 of training images. */
  readonly seen: { readonly within: number; readonly lengths: number; readonly angles: number }
}

/** Measures all depths. `show` hears of each moment of the training. */
export async function measureLayers(
  context: RunContext<unknown>,
  subject: Subject,
  budget: SetBudget,
  show: (moments: readonly Moment[]) => Promise<void>,
): Promise<{
  readonly columns: readonly Column[]
  readonly dual: readonly Duality[]
  readonly moments: readonly Moment[]
}> {
  const { backend, seed, signal, progress, output } = context
  const run = { backend, signal }
  const network = ladder(subject.input, budget.network)
  const weights = network.initialise(random(`${seed}/${subject.name}/weights`), { backend })
  const names = Array.from({ length: depthOf(budget.network) }, (_, i) => layerName(i + 1))
  const columns: Column[] = []
  const dual: Duality[] = []

  // before anything is learned, while it is, and after
  const start = await representations(network, weights)
  let moments: readonly Moment[] = []
  const trained = await learn(context, subject.name, subject, {
    network,
    weights,
    course: budget,
    watch: {
      every: Math.ceil(budget.steps / budget.looks),
      look: (now) => looked(network, now),
      async show(all) {
        moments = all
        await show(all)
      },
    },
  })
  const found = await evaluate(network, trained, subject.plain('test', subject.labels.test.length), { signal })
  output.row(errorRow({ method: 'ConvNet', settings: { set: subject.name }, count: found.errors, total: found.total }))
  columns.push(await column('at start', start))
  const learned = await representations(network, trained)
  columns.unshift(await column('trained', learned))
  const last = learned.at(-1)!
  const given = await evaluate(network, trained, subject.plain('test', budget.points), { signal })
  const classifier = (await trained.parameters['classes.weight'].read()) as ArrayLike<number>
  dual.push(await dualityOf('trained', last, classifier, given.predictions!))

  // nothing is learned
  const orders = await progress.during(`${subject.name}: scattering`, async () => {
    const [known, unseen] = [
      await subject.scattered('train', budget.reference, run),
      await subject.scattered('test', budget.points, run),
    ]
    return [0, 1, 2].map((order): Depth => ({
      known: upToOrder(known.coefficients, known.orders, order),
      unseen: upToOrder(unseen.coefficients, unseen.orders, order),
    }))
  })
  columns.push(await column('scattering', orders))
  const top = orders.at(-1)!
  const { classifier: linear } = await ridgeSelect(top.known.averaged, knownLabels(), {
    ...run,
    seed,
    penalties: PENALTIES.map((factor) => factor * deviationOf(top.known.averaged) ** 2),
  })
  // [features, classes] as [classes, features]
  const features = linear.weights.length / linear.classes
  const rows = linear.weights.map(
    (_, at) => linear.weights[(at % features) * linear.classes + Math.floor(at / features)],
  )
  dual.push(await dualityOf('scattering', top, rows, await linear.predict(top.unseen.averaged, run)))
  releaseWeights(trained, context)
  return { columns, dual, moments }

  /** Known and unseen images at one depth. */
  interface Depth {
    readonly known: Representation
    readonly unseen: Representation
  }

  function knownLabels(): Uint8Array {
    return subject.labels.train.subarray(0, budget.reference)
  }

  function unseenLabels(): Uint8Array {
    return subject.labels.test.subarray(0, budget.points)
  }

  async function representations(network: Network, weights: Weights): Promise<Depth[]> {
    const kept = { whole: budget.whole, signal }
    const known = await layersOf(network, weights, subject.plain('train', budget.reference), names, kept)
    const unseen = await layersOf(network, weights, subject.plain('test', budget.points), names, kept)
    return ['input', ...names].map((name) => ({ known: known[name], unseen: unseen[name] }))
  }

  function pointsOf(depth: Depth, kind: keyof Representation): Points {
    return {
      points: depth.unseen[kind],
      labels: unseenLabels(),
      known: depth.known[kind],
      knownLabels: knownLabels(),
    }
  }

  function column(label: Column['label'], depths: readonly Depth[]): Promise<Column> {
    return progress.during(
      `${subject.name}: ${label}`,
      async (phase) => {
        const [averaged, whole, machine]: [LayerMeasures[], LayerMeasures[], number[]] = [[], [], []]
        for (const depth of depths) {
          const points = pointsOf(depth, 'averaged')
          averaged.push(await measure(points, run))
          if (budget.whole) whole.push(await measure(pointsOf(depth, 'whole'), run))
          machine.push(await kernelErrors(firstKnown(points, budget.machine), run))
          phase.advance()
        }
        return { label, averaged, whole, machine }
      },
      depths.length,
    )
  }

  async function dualityOf(
    label: Column['label'],
    { known, unseen }: Depth,
    classifier: ArrayLike<number>,
    predictions: ArrayLike<number>,
  ): Promise<Duality> {
    const means = classMeans(known.averaged, knownLabels())
    return {
      label,
      apart: duality(classifier, means),
      disagreeing: disagreeing(predictions, nearestMeans(unseen.averaged, means)),
      seen: await collapse(known.averaged, knownLabels()),
    }
  }

  /** A quick look at unseen images: spread and NC1 of each layer. */
  async function looked(network: Network, now: Weights): Promise<Omit<Moment, 'step'>> {
    const labels = unseenLabels().subarray(0, budget.lookedAt)
    const layers = await layersOf(network, now, subject.plain('test', labels.length), names, { whole: false, signal })
    const [spread, within]: [number[], number[]] = [[], []]
    for (const name of ['input', ...names]) {
      spread.push(await spreadOf(layers[name].averaged, labels, run))
      within.push((await collapse(layers[name].averaged, labels)).within)
    }
    return { spread, collapse: within }
  }
}

/** Errors of networks in which only some channels are rectified, on all unseen images. */
export async function rectifiedShares(
  context: RunContext<unknown>,
  subject: Subject,
  budget: SetBudget,
): Promise<{ readonly share: number; readonly errors: number; readonly total: number }[]> {
  const { backend, seed, signal } = context
  const found = []
  for (const share of budget.shares.values) {
    const network = ladder(subject.input, { ...budget.network, nonLinear: share })
    const weights = network.initialise(random(`${seed}/${subject.name}/weights`), { backend })
    const course = { ...budget, steps: budget.shares.steps }
    const name = `${subject.name}-${Math.round(100 * share)}`
    const trained = await learn(context, name, subject, { network, weights, course })
    const test = subject.plain('test', subject.labels.test.length)
    const { errors, total } = await evaluate(network, trained, test, { signal })
    found.push({ share, errors: errors!, total })
    releaseWeights(trained, context)
  }
  return found
}

async function spreadOf(points: ShapedArray, labels: Uint8Array, run: RunOptions): Promise<number> {
  const { within, between } = await classNeighbours(points, labels, run)
  return within / between
}

function firstKnown({ known, knownLabels, ...points }: Points, count: number): Points {
  const rows = Math.min(count, knownLabels.length)
  const columns = known.data.length / known.shape[0]
  return {
    ...points,
    known: { data: known.data.subarray(0, rows * columns), shape: [rows, columns] },
    knownLabels: knownLabels.subarray(0, rows),
  }
}
