// Separate Support Vectors: digits of two classes that lie near each other in Φ are coded sparsely along its fibres, in dictionaries of several
// kinds; what such pairs share then, what becomes of a label without an atom, and which training images the atoms remember.
import { type GreyShape, type LabelledImages, take } from '@scatterlab/datasets'
import { mnistOrSample } from '@scatterlab/datasets/mnist-or-sample'
import { type FeatureMatrix, classNeighbours, errorCount, pca, ridgeSelect } from '@scatterlab/learn'
import { type Experiment, type Row, errorRow, experiment, grouped } from '@scatterlab/repro'
import { random } from '@scatterlab/tensor'
import { atomsOfRows, drawnAtoms, learnDictionary } from './dictionary.ts'
import { POSITIONS, byDigit, codesOf, fibresOf, penaltyFor, projected } from './fibres.ts'
import { memories } from './memory.ts'
import { type Pairs, closePairs, sharedBy, sparsityOf } from './pairs.ts'
import { memoryGrid, overlapPlot, pairGrid, removalPlot } from './pictures.ts'
import { broughtBy, flippedShare, flippingAtoms } from './removal.ts'
import { telling } from './telling.ts'

/** How much is learned from and looked at. */
export interface Budget {
  readonly known: number
  readonly unseen: number
  /** Directions along fibres that are kept. */
  readonly components: number
  readonly atoms: number
  /** Fibres of a pass of learning, and passes. */
  readonly fibres: number
  readonly passes: number
  /** Pairs of each kind. */
  readonly pairs: number
}

/** λ over the largest correlation of a fibre with an atom, in the median. */
const SHARE = 0.25
/** How many atoms are taken out. */
const REMOVED = [1, 2, 4, 8, 16, 32]

const supportVectors: Experiment<Budget> = experiment({
  name: 'support-vectors',
  slide: 'Separate Support Vectors; Complex optimization',
  claim:
    'sparse codes along fibres put close pairs of different classes on different supports: memory of discriminative patterns',
  budgets: {
    quick: { known: 1_000, unseen: 1_000, components: 32, atoms: 128, fibres: 2_000, passes: 8, pairs: 150 },
    full: { known: 5_000, unseen: 5_000, components: 128, atoms: 512, fibres: 10_000, passes: 10, pairs: 500 },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, log, signal, output, checkpoint }) {
    const { components, atoms } = budget
    const run = { backend, signal }
    const { digits, note } = await progress.during('data', () => mnistOrSample({ folder: dataFolder, signal }))
    const known = take(digits.train, Math.min(budget.known, digits.train.labels.length))
    const unseen = take(digits.test, Math.min(budget.unseen, digits.test.labels.length))
    const total = unseen.labels.length
    output.describe({
      data: digits.source,
      protocol:
        `scattering J = 3, L = 8, order 2 of digits framed to 32×32: ${POSITIONS} fibres a digit, projected to their first ${components} directions of ` +
        `deviation 1; codes z ≥ 0 by homotopy in ${atoms} atoms, λ = ${SHARE} of the median largest correlation; learned from ` +
        `${grouped(known.labels.length)} training digits; ${budget.pairs} pairs of each kind among ${grouped(total)} test digits; read-outs by ridge ` +
        'regression, their penalty by a fifth of the training digits',
      note,
    })

    // Φ, along its fibres
    const phi = await progress.during('Φ', async () => ({
      known: await fibresOf(known, run),
      unseen: await fibresOf(unseen, run),
    }))
    const projection = await pca(phi.known, { components, whiten: true, seed, ...run })
    const x = {
      known: await projected(phi.known, projection, run),
      unseen: await projected(phi.unseen, projection, run),
    }

    // pairs that are near each other in Φ: of two classes, and of one
    const pairs = await progress.during('pairs', async () =>
      closePairs(await classNeighbours(byDigit(phi.unseen), unseen.labels, run), budget.pairs),
    )
    const trained = await classNeighbours(byDigit(phi.known), known.labels, run)

    // dictionaries: nothing learned, learned without labels, and fibres that tell near digits of two classes apart
    const dictionaries: Record<string, FeatureMatrix> = {
      'drawn atoms': drawnAtoms(atoms, components, `atoms ${seed}`),
    }
    const { atoms: learned, objectives } = await learnedAtoms()
    dictionaries['learned atoms'] = learned
    objectives.forEach((value, pass) =>
      number('objective of the dictionary', 'learned atoms', value, { pass: pass + 1 }),
    )
    dictionaries['atoms of pairs'] = atomsOfRows(x.known, telling(x.known, trained.other), atoms, `pairs ${seed}`)

    // before
    const overlaps: Record<string, number[]> = {}
    reportPairs('Φ', byDigit(phi.unseen))
    reportPairs('Φ, projected', byDigit(x.unseen))
    await readOut('Φ', byDigit(phi.known), byDigit(phi.unseen))
    await readOut('Φ, projected', byDigit(x.known), byDigit(x.unseen))

    // after
    for (const [name, dictionary] of Object.entries(dictionaries)) {
      const penalty = penaltyFor(x.known, dictionary, SHARE)
      const [z, zUnseen] = await progress.during(`codes: ${name}`, async () => [
        byDigit(await codesOf(x.known, dictionary, penalty, run)),
        byDigit(await codesOf(x.unseen, dictionary, penalty, run)),
      ])
      reportPairs(name, zUnseen)
      const classifier = await readOut(name, z, zUnseen)
      const brought = broughtBy(zUnseen, atoms, classifier)
      const flips = new Int32Array(atoms)
      const alone = { boundary: 0, same: 0 }
      for (const kind of ['boundary', 'same'] as const) {
        for (const digit of digitsOf(pairs[kind])) {
          const found = flippingAtoms(brought, digit)
          alone[kind] += found.length > 0 ? 1 : 0
          if (kind === 'boundary') for (const k of found) flips[k]++
        }
        const count = digitsOf(pairs[kind]).length
        output.row(
          errorRow({
            measure: 'label that one atom alone changes',
            method: name,
            settings: { pairs: kind === 'same' ? 'one class' : 'two classes' },
            count: alone[kind],
            total: count,
          }),
        )
      }
      const remembered = memories(x.known, dictionary)
      const cosines = remembered.map(({ cosine }) => cosine).toSorted((a, b) => a - b)
      number('cosine of an atom and the nearest training fibre, median', name, cosines[cosines.length >> 1])
      const count = cosines.filter((cosine) => cosine > 0.9).length
      output.row(
        errorRow({ measure: 'atoms within cosine 0.9 of a training fibre', method: name, count, total: atoms }),
      )
      if (name !== 'learned atoms') continue
      const stream = random(`removal ${seed}`)
      const share = (kind: keyof Pairs, drawn?: boolean): number[] =>
        REMOVED.map((removed) => 100 * flippedShare(brought, pairs[kind], removed, drawn ? stream : undefined))
      const curves = [
        { label: 'pairs of two classes, their most used atoms', y: share('boundary') },
        { label: 'pairs of one class, their most used atoms', y: share('same') },
        { label: 'pairs of two classes, atoms drawn among theirs', y: share('boundary', true), dashed: true },
      ]
      for (const { label, y } of curves) {
        y.forEach((value, i) => number('labels changed without some atoms', label, value, { removed: REMOVED[i] }, '%'))
      }
      await output.figure('removal', removalPlot('Labels that change when atoms are taken out', REMOVED, curves))
      const most = remembered.toSorted((p, q) => flips[q.atom] - flips[p.atom] || p.atom - q.atom).slice(0, 24)
      await output.figure(
        'memory',
        memoryGrid(
          'The atoms that change most labels, and the training digits they remember',
          known,
          most,
          most.map(({ atom, cosine }) => `${flips[atom]}, ${cosine.toFixed(2)}`),
        ),
        'Bright: where the fibre stands. Labels that the atom alone changes, and its cosine with that fibre.',
      )
      await output.figure(
        'pairs',
        nearestPairs(unseen, pairs, zUnseen),
        'Near in Φ, of two classes; the overlap of their codes.',
      )
      log(`${name}: ${flips.filter((count) => count > 0).length} of ${atoms} atoms change a label alone`)
    }
    await output.figure('overlap', overlapPlot('What the supports of near pairs share', overlaps))
    output.file('overlaps.json', JSON.stringify(overlaps))

    /** What an interrupted run learned, or a dictionary that is learned now. */
    async function learnedAtoms(): Promise<{ readonly atoms: FeatureMatrix; readonly objectives: readonly number[] }> {
      const kept = await checkpoint('dictionary')
      if (kept) {
        const { numbers, objectives } = JSON.parse(new TextDecoder().decode(kept)) as {
          readonly numbers: readonly number[]
          readonly objectives: readonly number[]
        }
        return { atoms: { data: Float32Array.from(numbers), shape: [atoms, components] }, objectives }
      }
      const objectives: number[] = []
      const found = await progress.during(
        'dictionary',
        (phase) =>
          learnDictionary(x.known, {
            atoms,
            fibres: budget.fibres,
            passes: budget.passes,
            seed: `dictionary ${seed}`,
            penalty: (dictionary) => penaltyFor(x.known, dictionary, SHARE),
            onPass(_, objective) {
              objectives.push(objective)
              phase.advance()
            },
            ...run,
          }),
        budget.passes,
      )
      const content = JSON.stringify({ numbers: Array.from(found.data), objectives })
      output.checkpoint('dictionary', new TextEncoder().encode(content))
      return { atoms: found, objectives }
    }

    function reportPairs(name: string, features: FeatureMatrix): void {
      const means: Record<string, number> = {}
      for (const [kind, label] of Object.entries({ boundary: 'two classes', same: 'one class' })) {
        const shared = pairs[kind as keyof Pairs].map((pair) => sharedBy(features, pair))
        const mean = (of: (own: (typeof shared)[number]) => number): number =>
          shared.reduce((sum, own) => sum + of(own), 0) / shared.length
        means[kind] = mean(({ distance }) => distance)
        number(
          'overlap of supports',
          name,
          mean(({ support }) => support),
          { pairs: label },
        )
        number(
          'weighted overlap',
          name,
          mean(({ weighted }) => weighted),
          { pairs: label },
        )
        if (!name.startsWith('Φ') && name !== 'atoms of pairs') {
          overlaps[`${label}, ${name}`] = shared.map(({ support }) => support)
        }
      }
      number('distance of pairs of two classes / of one', name, means.boundary / means.same)
      const { used, ratio, gini } = sparsityOf(features)
      number('numbers that are not 0', name, 100 * used, {}, '%')
      number('‖·‖₁ / √n‖·‖₂', name, ratio)
      number('Gini index', name, gini)
    }

    async function readOut(name: string, features: FeatureMatrix, others: FeatureMatrix) {
      const { classifier } = await progress.during(`read-out: ${name}`, () =>
        ridgeSelect(features, known.labels, { seed, ...run }),
      )
      const { errors: count } = errorCount(await classifier.predict(others, run), unseen.labels)
      output.row(errorRow({ method: `linear, ${name}`, count, total }))
      return classifier
    }

    function number(
      measure: string,
      method: string,
      value: number,
      settings: Row['settings'] = {},
      unit: Row['unit'] = '',
    ): void {
      output.row({ measure, method, settings, value, unit })
    }
  },
})

/** The digits of pairs, each once. */
const digitsOf = (pairs: Pairs['same']): number[] => [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]

/** The nearest pairs of two classes. */
function nearestPairs(set: LabelledImages<GreyShape>, { boundary }: Pairs, codes: FeatureMatrix) {
  const some = boundary.slice(0, 12)
  const captions = some.map(
    (pair) => `${set.labels[pair.a]}, ${set.labels[pair.b]}: ${sharedBy(codes, pair).support.toFixed(2)}`,
  )
  return pairGrid('Pairs of two classes that are nearest in Φ', set, some, captions)
}

export default supportVectors
