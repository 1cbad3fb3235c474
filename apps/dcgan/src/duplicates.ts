// De-duplication: codes of a denoising autoencoder, equal codes by hashing. How many copies that were planted are found, and how many of the pairs
// found are none; then what is found in the set itself, and between its training and its test images.
import { type Codes, type DuplicateCoder, codeEntropy, codeTable, codesOf, fitDuplicateCoder } from '@scatterlab/gan'
import { type RunContext, grouped } from '@scatterlab/repro'
import { type ShapedArray, random } from '@scatterlab/tensor'
import { type ImageSet, type Labelled, part } from './images.ts'
import { type ImageSize, changes, likeness } from './near-copies.ts'
import { sheet } from './pictures.ts'
import type { DuplicatesRecipe } from './recipe.ts'

/** A pair counts as near copies where its correlation, at the best of small moves, is at least this. */
const ALIKE = 0.9
/** Units are above these for their bits, in deviations of the pixels: the fewer bits say anything, the more is found, and the more of it is wrong. */
const THRESHOLDS = [0, 0.25, 0.5, 1, 2]
/** Pairs of each kind that are shown. */
const SHOWN = 8

/** Two images with one code: numbers in the set that was searched and in the one that was learned from. */
interface Pair {
  readonly own: number
  readonly first: number
  readonly alike: boolean
}

/** Learns codes, plants copies, and searches. */
export async function searchDuplicates(
  recipe: DuplicatesRecipe,
  set: ImageSet,
  { seed, backend, signal, output, progress, log }: RunContext<unknown>,
): Promise<void> {
  const [train, test] = [part(set.train, recipe.trainingSize), part(set.test, recipe.testSize)]
  const [count, channels, side] = train.images.shape
  const size: ImageSize = { channels, side }
  const values = channels * side * side
  output.describe({
    data: set.source,
    protocol:
      `${values}-${recipe.bits}-${values} denoising autoencoder, ReLU, half of its units dropped, ${recipe.passes} passes over ${grouped(count)} images; a bit ` +
      `is a unit above a threshold; a pair with one code counts as near copies where its pixels correlate by ${ALIKE} or more, at the best of moves of up to 2 ` +
      'pixels: the rule knows nothing of the codes, and nobody looked at each pair',
    note: set.note,
  })
  const coder = await progress.during('autoencoder', () =>
    fitDuplicateCoder(numbers(train), {
      bits: recipe.bits,
      epochs: recipe.passes,
      batch: Math.min(128, count),
      seed,
      backend,
      signal,
      onEpoch: ({ epoch, loss }) => log(`pass ${epoch + 1}: mean square error ${loss.toFixed(3)} of the variance`),
    }),
  )
  const planted = plant(part(train, recipe.planted), size, seed)
  for (const threshold of THRESHOLDS) {
    await progress.during(`threshold ${threshold}`, () => searchBy(threshold))
  }

  async function searchBy(threshold: number): Promise<void> {
    const row = (
      measure: string,
      method: string,
      value: number,
      unit = '',
      of?: readonly [count: number, total: number],
    ): void =>
      output.row({
        measure,
        method,
        value,
        unit,
        settings: { threshold },
        ...(of && { count: of[0], total: of[1] }),
      })
    const codes = await codesIn(coder, train, threshold)
    const { effectiveBits, chancePairs } = codeEntropy(codes)
    row('effective bits', 'training images', effectiveBits, 'bits')
    row('pairs expected by chance, if bits were independent', 'training images', chancePairs)

    // what was planted
    const table = codeTable(recipe.bits)
    const first = table.add(codes)
    for (const [name, copies] of Object.entries(planted)) {
      const found = table.add(await codesIn(coder, copies, threshold))
      const hits = found.filter((number, i) => number === first[i]).length
      row('planted copies found', name, (100 * hits) / found.length, '%', [hits, found.length])
    }

    // what is there
    const within = pairsOf(first, (i) => i)
    const ofTest = codeTable(recipe.bits)
    ofTest.add(codes)
    const across = pairsOf(ofTest.add(await codesIn(coder, test, threshold)), (i) => count + i)
    for (const [name, pairs] of Object.entries({ 'within training': within, 'training against test': across })) {
      const judged = pairs.map(({ own, first: number }) => ({
        own,
        first: number,
        alike: likeness(imageOf(name === 'within training' ? train : test, own), imageOf(train, number), size) >= ALIKE,
      }))
      const wrong = judged.filter(({ alike }) => !alike).length
      row('images with the code of an earlier one', name, judged.length)
      if (judged.length > 0)
        row('of these no near copies', name, (100 * wrong) / judged.length, '%', [wrong, judged.length])
      if (threshold === THRESHOLDS[0] || threshold === THRESHOLDS.at(-1)) await show(name, judged, threshold)
    }
  }

  /** Pairs of the images searched with the first of their code among the training images. */
  function pairsOf(first: Int32Array, numberOf: (i: number) => number): { own: number; first: number }[] {
    return Array.from(first, (number, i) => ({ own: i, first: number })).filter(
      (pair) => pair.first !== numberOf(pair.own) && pair.first < count,
    )
  }

  async function show(name: string, pairs: readonly Pair[], threshold: number): Promise<void> {
    const shown = [
      ...pairs.filter(({ alike }) => alike).slice(0, SHOWN),
      ...pairs.filter(({ alike }) => !alike).slice(0, SHOWN),
    ]
    if (shown.length === 0) return
    const data = new Float32Array(2 * shown.length * values)
    shown.forEach(({ own, first }, i) => {
      const searched = name === 'within training' ? train : test
      for (const [k, image] of [imageOf(searched, own), imageOf(train, first)].entries())
        data.set(
          Float32Array.from(image, (v) => v / 127.5 - 1),
          (2 * i + k) * values,
        )
    })
    const pictures: ShapedArray = { data, shape: [2 * shown.length, channels, side, side] }
    const captions = shown.flatMap(({ alike }) => (alike ? ['', ''] : ['no', 'copy']))
    await output.figure(
      `${name.replaceAll(' ', '-')}-${String(threshold).replace('.', '-')}`,
      sheet(pictures, `One code, ${name}, threshold ${threshold}`, 8, captions),
      `Pairs side by side: up to ${SHOWN} near copies, then up to ${SHOWN} that are none.`,
    )
  }
}

const numbers = ({ images }: Labelled): ShapedArray<Float32Array> => ({
  data: Float32Array.from(images.data),
  shape: images.shape,
})

const codesIn = (coder: DuplicateCoder, set: Labelled, threshold: number): Promise<Codes> =>
  codesOf(coder, numbers(set), { threshold })

function imageOf({ images: { data, shape } }: Labelled, i: number): Uint8Array {
  const length = data.length / shape[0]
  return data.subarray(i * length, (i + 1) * length)
}

/** Changed copies of every image, by the name of the change. */
function plant(originals: Labelled, size: ImageSize, seed: number): Record<string, Labelled> {
  const stream = random(`${seed}/planted`)
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => {
      const data = new Uint8Array(originals.images.data.length)
      const length = data.length / originals.labels.length
      for (let i = 0; i < originals.labels.length; i++)
        data.set(change(imageOf(originals, i), size, stream), i * length)
      return [name, { images: { data, shape: originals.images.shape }, labels: originals.labels }]
    }),
  )
}
