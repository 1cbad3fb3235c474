// Classification of Textures: a picture of a texture is one draw of a stationary process, known by its moments. The histogram and the
// spectrum are moments of order 1 and 2; scattering has moments that tell apart what these do not. One classifier for all.
import { type TextureSet, kthTips, textureFolder } from '@scatterlab/datasets/textures'
import { type Experiment, type Phase, errorRow, experiment } from '@scatterlab/repro'
import { ValueError } from '@scatterlab/tensor'
import { type FeatureChoice, featuresOf } from './candidates.ts'
import { type Point, errorCurve, pairGrid } from './pictures.ts'
import { type Field, normalised } from './pictures-as-numbers.ts'
import { processes } from './processes.ts'
import { type Feature, type Outcome, type Split, evaluate, randomSplits, spreadOf } from './protocol.ts'
import { curet, scatnet } from './published.ts'
import { pairErrors } from './same-spectrum.ts'
import { type Pairs, generatedPairs, picturePairs } from './twins.ts'

/** How much of it is done. */
export interface Budget extends FeatureChoice {
  readonly splits: number
  /** Every so many-th picture of a class is taken; 1 for all. */
  readonly every: number
  /** Training pictures a class; a set with published splits has its own. */
  readonly trainingSizes: readonly number[]
  /** Pairs that share a spectrum: of so many materials, with a pair a picture, and so many draws of each generated process. */
  readonly pairs: {
    readonly materials: { readonly count: number; readonly training: number }
    readonly generated: { readonly draws: number; readonly training: number }
  }
}

/** Side of generated fields. */
const GENERATED_SIDE = 96

const textures: Experiment<Budget> = experiment({
  name: 'textures',
  slide: 'Classification of Textures',
  claim: 'CUReT: Fourier spectrum 1 % of errors, histograms 1 %, scattering of order 2 0.2 %',
  budgets: {
    quick: {
      splits: 10,
      every: 1,
      trainingSizes: [5, 20, 40],
      scales: 5,
      distances: 2,
      rotations: false,
      pairs: { materials: { count: 10, training: 40 }, generated: { draws: 81, training: 40 } },
    },
    full: {
      splits: 10,
      every: 1,
      trainingSizes: [5, 20, 40],
      scales: 5,
      distances: 4,
      rotations: true,
      pairs: { materials: { count: 10, training: 40 }, generated: { draws: 300, training: 100 } },
    },
  },
  backends: { wasm: async () => (await import('@scatterlab/wasm')).createWasmBackend() },
  async run({ budget, seed, backend, dataFolder, progress, log, signal, output }) {
    const set = thinned(await progress.during('data', () => texturesIn(dataFolder, signal)), budget.every)
    const { pictures, labels, splits: published, title } = set
    const isKthTips = title === 'KTH-TIPS'
    const least = Math.min(...set.classes.map((_, k) => labels.filter((label) => label === k).length))
    const sizes = published.length > 0 ? [] : budget.trainingSizes.filter((size) => size < least)
    if (published.length === 0 && sizes.length === 0) {
      const fewest = set.classes.find((_, k) => labels.filter((label) => label === k).length === least)
      throw new ValueError(
        `the class ${fewest} has ${least} pictures: give more than ${budget.trainingSizes[0]} of each class`,
      )
    }
    output.describe({
      data: set.source,
      protocol:
        'each picture at its own size, brought to mean 0 and variance 1; features averaged over it, so that its size is not among them; ' +
        (published.length > 0
          ? 'published splits; '
          : `${budget.splits} random splits with ${sizes.join(', ')} training pictures a class, the others tested; `) +
        'affine classifier with d = the number of training rows of a class; choices (normalisation, distances) by five-fold ' +
        'cross-validation inside the training pictures of each split; mean and deviation over the splits',
    })
    const fields = pictures.map(normalised)

    // the features of every picture: the histogram of grey values, the spectrum, scattering
    const run = (phase: Phase) => ({ backend, signal, onPictures: (count: number) => phase.advance(count) })
    const features = await progress.during(
      'features',
      (phase) => featuresOf(fields, budget, run(phase)),
      fields.length * (1 + budget.distances * (budget.rotations ? 2 : 1)),
    )

    // the same classifier for all of them
    const points: Point[] = []
    for (const { name: trainingSize, splits } of splitsOf(set, sizes, budget.splits, seed)) {
      for (const feature of features) {
        const outcomes: Outcome[] = []
        await progress.during(
          `${feature.name}, ${trainingSize}`,
          async (phase) => {
            for (const split of splits) {
              outcomes.push(await evaluate(feature, labels, split, { backend, signal, seed }))
              phase.advance()
            }
          },
          splits.length,
        )
        report(feature, trainingSize, outcomes)
      }
    }
    if (sizes.length > 1)
      await output.figure(
        'errors',
        errorCurve(points, title, isKthTips),
        'Mean and deviation over the splits of the test error.',
      )

    // pairs of one spectrum: a texture and its twin of random phases
    if (isKthTips) await samePairs(fields, labels, set.classes)

    function report(feature: Feature, trainingSize: number | string, outcomes: readonly Outcome[]): void {
      const { mean, deviation } = spreadOf(outcomes)
      const chosen = commonest(outcomes.map((outcome) => outcome.chosen))
      if (typeof trainingSize === 'number') points.push({ feature: feature.name, trainingSize, mean, deviation })
      output.row({
        measure: 'test accuracy, mean over splits',
        method: feature.name,
        settings: { trainingSize, splits: outcomes.length, deviation: Number(deviation.toFixed(2)), chosen },
        value: mean,
        unit: '%',
        slide: set.classes.length === 61 && trainingSize === 46 ? 100 - (curet[feature.name] ?? NaN) || null : null,
        paper:
          isKthTips && feature.name === 'scattering, order 2' && typeof trainingSize === 'number'
            ? (scatnet[trainingSize] ?? null)
            : null,
      })
      log(`${feature.name}, ${trainingSize}: ${mean.toFixed(2)} ± ${deviation.toFixed(2)} %; ${chosen}`)
    }

    async function samePairs(fields: readonly Field[], labels: Uint8Array, classes: readonly string[]) {
      const { materials, generated } = budget.pairs
      const all: Pairs[] = [
        ...classes.slice(0, materials.count).map((name, k) =>
          picturePairs(
            name,
            fields.filter((_, i) => labels[i] === k),
            seed,
          ),
        ),
        ...processes.map((process) => generatedPairs(process, GENERATED_SIDE, generated.draws, seed)),
      ]
      const total: Record<string, { errors: number; total: number }> = {}
      await progress.during(
        'pairs of one spectrum',
        async (phase) => {
          for (const [k, pairs] of all.entries()) {
            const [kind, { training }] =
              k < materials.count ? (['materials', materials] as const) : (['generated', generated] as const)
            for (const [method, errors] of await pairErrors(pairs, training, {
              backend,
              signal,
              seed,
            })) {
              output.row(
                errorRow({
                  measure: 'error between a texture and its spectrum’s twin',
                  method,
                  settings: { texture: pairs.name, trainingPairs: training },
                  count: errors.errors,
                  total: errors.total,
                }),
              )
              const sum = (total[`${method}|${kind}`] ??= { errors: 0, total: 0 })
              sum.errors += errors.errors
              sum.total += errors.total
            }
            phase.advance()
          }
        },
        all.length,
      )
      for (const [key, { errors, total: count }] of Object.entries(total)) {
        const [method, kind] = key.split('|')
        output.row(
          errorRow({
            measure: 'error between textures and their spectra’s twins',
            method,
            settings: { texture: `all ${kind}` },
            count: errors,
            total: count,
          }),
        )
      }
      await output.figure('pairs', pairGrid(all), 'One texture of each set, and one field of its spectrum.')
    }
  },
})

/** KTH-TIPS, or where the folder is another texture set's own, that one. */
async function texturesIn(folder: string | undefined, signal: AbortSignal) {
  try {
    return await kthTips({ folder, signal })
  } catch (error) {
    const isElsewhere = error instanceof Error && 'code' in error && error.code === 'NOT_FOUND'
    if (!isElsewhere || folder === undefined) throw error
    try {
      return await textureFolder(folder, { signal })
    } catch {
      throw error
    }
  }
}

/** Every so many-th picture of each class. */
function thinned(set: TextureSet, every: number): TextureSet {
  if (every === 1) return set
  const seen = set.classes.map(() => 0)
  const kept = Array.from(set.labels.keys()).filter((i) => seen[set.labels[i]]++ % every === 0)
  return {
    ...set,
    pictures: kept.map((i) => set.pictures[i]),
    labels: Uint8Array.from(kept, (i) => set.labels[i]),
    files: kept.map((i) => set.files[i]),
    splits: [],
  }
}

/** The splits by training size, or the published ones by their names. */
function splitsOf(
  { labels, splits }: { readonly labels: Uint8Array; readonly splits: readonly (Split & { readonly name: string })[] },
  sizes: readonly number[],
  count: number,
  seed: number,
): { readonly name: number | string; readonly splits: readonly Split[] }[] {
  if (splits.length > 0) return splits.map((split) => ({ name: `split ${split.name}`, splits: [split] }))
  return sizes.map((size) => ({ name: size, splits: randomSplits(labels, size, count, seed) }))
}

function commonest(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => (counts.size > 1 ? `${name} (${count})` : name))[0]
}

export default textures
