// De-duplication: codes of a denoising autoencoder, equal codes by hashing. How many copies that were planted are found, and how many of the pairs
// found are none; then what is found in the set itself, and between its training and its test images.
import {
  type Codes,
  type DuplicateCoder,
  codeEntropy,
  codesOf,
  firstNearCode,
  firstWithCode,
  fitDuplicateCoder,
} from '@scatterlab/gan'
import { type RunContext, grouped } from '@scatterlab/repro'
import { type ShapedArray, random } from '@scatterlab/tensor'
import { type ImageSet, type Labelled, part } from './images.ts'
import { type ImageSize, changes, likeness } from './near-copies.ts'
import { sheet } from './pictures.ts'
import type { DuplicatesRecipe } from './recipe.ts'

/** A pair counts as near copies where its correlation, at the best of small moves, is at least this. */
const ALIKE = 0.9
/** How codes are made and compared: a bit is a unit above `threshold`, in deviations of the pixels; codes are one where at most `radius` bits differ. */
interface Rule {
  readonly threshold: number
  readonly radius: number
}
const RULES: readonly Rule[] = [
  ...[0, 0.5, 1, 2].map((threshold) => ({ threshold, radius: 0 })),
  ...[4, 8, 12, 16].map((radius) => ({ threshold: 0, radius })),
]
/** Rules whose pairs are shown. */
const DRAWN: readonly Rule[] = [RULES[3], RULES[5], RULES[7]]
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
      `is a unit above a threshold; codes are one where they are equal, or differ in a few bits; a pair with one code counts as near copies where its pixels correlate by ${ALIKE} or more, at the best of moves of up to 2 ` +
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
  for (const rule of RULES) await progress.during(inWords(rule), () => searchBy(rule))

  async function searchBy(rule: Rule): Promise<void> {
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
        settings: { ...rule },
        ...(of && { count: of[0], total: of[1] }),
      })
    const { threshold, radius } = rule
    const codes = await codesIn(coder, train, threshold)
    if (radius === 0) {
      const { effectiveBits, chancePairs } = codeEntropy(codes)
      row('effective bits', 'training images', effectiveBits, 'bits')
      row('pairs expected by chance, if bits were independent', 'training images', chancePairs)
    }

    // what was planted: a copy is found where it is near the code of its own original
    const originals = part(train, recipe.planted).labels.length
    const words = codes.words.length / count
    for (const [name, copies] of Object.entries(planted)) {
      const own = await codesIn(coder, copies, threshold)
      const hits = Array.from({ length: originals }, (_, i) => {
        const one = (all: Codes): Codes => ({ ...all, count: 1, words: all.words.subarray(i * words, (i + 1) * words) })
        return firstNearCode(one(own), radius, one(codes))[0] === 0
      }).filter(Boolean).length
      row('planted copies found', name, (100 * hits) / originals, '%', [hits, originals])
    }

    // what is there
    const same = radius === 0 ? firstWithCode(codes) : firstNearCode(codes, radius)
    const within = pairsOf(same)
    const across = pairsOf(firstNearCode(await codesIn(coder, test, threshold), radius, codes), false)
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
      if (DRAWN.includes(rule)) await show(name, judged, rule)
    }
  }

  async function show(name: string, pairs: readonly Pair[], rule: Rule): Promise<void> {
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
      `${name.replaceAll(' ', '-')}-${rule.threshold}-${rule.radius}`,
      sheet(pictures, `${name}: ${inWords(rule)}`, 8, captions),
      `Pairs side by side: up to ${SHOWN} near copies, then up to ${SHOWN} that are none.`,
    )
  }
}

const inWords = ({ threshold, radius }: Rule): string => `threshold ${threshold}, at most ${radius} bits differ`

/** Images with the first that has their code, where it is another one of the same set, or one of the other set. */
const pairsOf = (first: Int32Array, ofOneSet = true): { own: number; first: number }[] =>
  Array.from(first, (number, i) => ({ own: i, first: number })).filter(
    (pair) => pair.first >= 0 && !(ofOneSet && pair.first === pair.own),
  )

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
