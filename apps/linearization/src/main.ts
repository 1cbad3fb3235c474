// Linearisation by Change of Variable; Separation and Linearization: a Φ is good for f when f is a linear function of Φ(x), level sets
// lie in parallel spaces, and points with other values of f stay apart. Of toy sets such a Φ is known; of digits it is measured.
import { type GreyShape, type LabelledImages, take, toFloat32 } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { evaluate, fit } from '@scatterlab/nn'
import { type Experiment, type Row, errorRow, experiment, grouped, trainingHost } from '@scatterlab/repro'
import { scattering2d } from '@scatterlab/scattering'
import type { ShapedArray } from '@scatterlab/tensor'
import { convNet, layersOf, plain, trainingBy } from './convnet.ts'
import { type Features, digitMeasures } from './digits.ts'
import { measure } from './level-sets.ts'
import { alongLayers, levelSets, projected } from './pictures.ts'
import { spirals, toys } from './toys.ts'

/** How many digits are learned from and measured, and how long the network is trained. */
export interface Budget {
  readonly known: number
  readonly unseen: number
  readonly steps: number
}

/** The pair of digits that is hardest to tell apart. */
const PAIR = [4, 9] as const

const linearization: Experiment<Budget> = experiment({
  name: 'linearization',
  slide: 'Linearisation by Change of Variable; Separation and Linearization',
  claim: "Φ makes f nearly linear: level sets go to parallel affine spaces, and ‖Φ(x) − Φ(x')‖ ≥ ε‖f(x) − f(x')‖",
  budgets: {
    quick: { known: 3_000, unseen: 2_000, steps: 600 },
    full: { known: 20_000, unseen: 10_000, steps: 4_000 },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run(context) {
    const { budget, seed, backend, dataFolder, progress, signal, output } = context
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const known = take(digits.train, Math.min(budget.known, digits.train.labels.length))
    const unseen = take(digits.test, Math.min(budget.unseen, digits.test.labels.length))
    output.describe({
      data: `generated points of the plane; ${digits.source}`,
      protocol:
        `linear functions by ridge regression on the first ${grouped(known.labels.length)} training digits, its penalty by a fifth of ` +
        `them held out; 1 − R², ε and errors on ${grouped(unseen.labels.length)} test digits, ε over the pairs of 500; scattering J = 3, ` +
        `L = 8 of digits framed to 32×32; ConvNet: ${budget.steps} steps of 50 on the same digits`,
      note,
    })

    // sets with a known Φ
    for (const toy of toys()) {
      for (const [variable, points] of Object.entries({ x: toy.points, [toy.variable]: toy.phi })) {
        const { unexplained, least, cosine } = await measure(points, toy.values, 2)
        const settings = { set: toy.name }
        number('1 − R² of the nearest linear function', variable, unexplained, settings)
        number('ε, least over pairs', variable, least, settings)
        number('mean cosine of level sets', variable, cosine, settings)
      }
    }
    await output.figure('spirals', levelSets('Level sets in the plane', spirals()))
    await output.figure('spirals-after', levelSets('The same after Φ: cos(θ − 2πar) and r', spirals(), [0, 2]))

    // digits: pixels, Φ, and the layers of a network
    const host = await trainingHost(context, 'convnet', budget.steps, { every: 500 })
    const { weights } = await fit(convNet, { ...trainingBy(known, budget.steps), ...host })
    const { errors: count, total } = await evaluate(convNet, weights, plain(unseen), { signal })
    output.row(errorRow({ method: 'ConvNet', count, total }))
    const representations = await progress.during('representations', async () => {
      const [a, b] = [await layersOf(weights, known, signal), await layersOf(weights, unseen, signal)]
      const all: Record<string, readonly [ShapedArray, ShapedArray]> = {
        pixels: [toFloat32(known.images), toFloat32(unseen.images)],
        'Φ, order 1': [await scatter(known, 1), await scatter(unseen, 1)],
        'Φ, order 2': [await scatter(known, 2), await scatter(unseen, 2)],
      }
      for (const layer of Object.keys(a)) all[`ConvNet, ${layer}`] = [a[layer], b[layer]]
      return all
    })
    const tasks = { '4 and 9': [...PAIR], 'ten classes': [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
    const left: Record<string, number[]> = {}
    for (const [task, classes] of Object.entries(tasks)) {
      left[task] = []
      for (const [name, [knownPhi, unseenPhi]] of Object.entries(representations)) {
        const features = ofClasses(knownPhi, known.labels, unseenPhi, unseen.labels, classes)
        const found = await progress.during(`${task}: ${name}`, () =>
          digitMeasures(features, { backend, seed, signal }),
        )
        const settings = { f: task }
        number('1 − R² of a linear function, unseen digits', name, found.unexplained, settings)
        number('ε, least over pairs', name, found.least, settings)
        number('ε, 1 % quantile', name, found.quantile, settings)
        number('ε, 1 % quantile, over the mean distance in a class', name, found.margin, settings)
        number('mean cosine of level sets', name, found.cosine, settings)
        output.row(errorRow({ method: `linear, ${name}`, settings, count: found.errors, total: found.total }))
        left[task].push(found.unexplained)
        if (classes.length === 2 && ['pixels', 'Φ, order 2', 'ConvNet, layer 3'].includes(name)) {
          const title = `Unseen fours and nines on one line, from ${name}`
          const figure = projected(title, found.projections, features.unseenLabels, ['4', '9'])
          await output.figure(`projection-${name.toLowerCase().replaceAll(/[ ,]+/g, '-').replace('φ', 'phi')}`, figure)
        }
      }
    }
    await output.figure('unexplained', alongLayers(Object.keys(representations), left))

    async function scatter({ images }: LabelledImages<GreyShape>, maxOrder: number): Promise<ShapedArray> {
      const transform = scattering2d({ shape: [32, 32], scales: 3, orientations: 8, maxOrder, backend })
      const found = await transform.transformAsync(images, {
        prepare: (some) => toFloat32(some, { pad: [32, 32] }),
        signal,
      })
      transform.dispose()
      return found
    }

    function number(measure: string, method: string, value: number, settings: Row['settings'] = {}): void {
      output.row({ measure, method, settings, value })
    }
  },
})

/** The digits of some classes, which are numbered from 0. */
function ofClasses(
  known: ShapedArray,
  knownLabels: Uint8Array,
  unseen: ShapedArray,
  unseenLabels: Uint8Array,
  classes: readonly number[],
): Features {
  const chosen = (phi: ShapedArray, labels: Uint8Array): [ShapedArray, Uint8Array] => {
    const rows = [...labels.keys()].filter((i) => classes.includes(labels[i]))
    const columns = phi.data.length / phi.shape[0]
    const data = new Float32Array(rows.length * columns)
    rows.forEach((row, i) => data.set(phi.data.subarray(row * columns, (row + 1) * columns), i * columns))
    return [{ data, shape: [rows.length, columns] }, Uint8Array.from(rows, (row) => classes.indexOf(labels[row]))]
  }
  const [a, aLabels] = chosen(known, knownLabels)
  const [b, bLabels] = chosen(unseen, unseenLabels)
  return { known: a, knownLabels: aLabels, unseen: b, unseenLabels: bLabels }
}

export default linearization
