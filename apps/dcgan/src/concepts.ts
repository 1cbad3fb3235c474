// Concepts for sums of points: which drawn images show them, and how far an image does. Digits by their moments; other sets by a classifier
// on Φ that learned from the labels of real images. Nothing is picked by hand.
import { logistic } from '@scatterlab/learn'
import type { RunContext } from '@scatterlab/repro'
import { type ImageSet, type Pictures, some } from './images.ts'
import { digitMoments } from '@scatterlab/gan'
import { phiOf } from './similarity.ts'

/** a − b + c, and what it should show. */
export interface Sum {
  readonly names: readonly [a: string, b: string, c: string]
  readonly expected: string
  /** How it was told which images show what. */
  readonly by: string
  /** Three images of the pool for each of a, b and c: those that show it most. */
  readonly chosen: readonly (readonly number[])[]
  /** Shares of images that show what the sum should, from 0 to 1. */
  judge(images: Pictures): Promise<number>
}

const EACH = 3

type Run = Pick<RunContext<unknown>, 'backend' | 'signal'>

/** Thick and slanted − thick and upright + thin and upright: what is left should be thin and slanted. */
export function digitSum(pool: Pictures): Sum {
  const { ink, slant } = digitMoments(pool)
  const middle = (values: Float64Array): number => values.toSorted()[values.length >> 1]
  const [inkMiddle, slantMiddle] = [middle(ink), middle(slant)]
  const scaleOf = (values: Float64Array, centre: number): number =>
    Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / values.length) || 1
  const [inkScale, slantScale] = [scaleOf(ink, inkMiddle), scaleOf(slant, slantMiddle)]
  const most = (thick: 1 | -1, leaning: 1 | -1): number[] =>
    Array.from(ink, (v, i) => ({
      i,
      // the lesser of both, so that an image shows both
      score: Math.min((thick * (v - inkMiddle)) / inkScale, (leaning * (slant[i] - slantMiddle)) / slantScale),
    }))
      .sort((p, q) => q.score - p.score)
      .slice(0, EACH)
      .map(({ i }) => i)
  return {
    names: ['thick and slanted', 'thick and upright', 'thin and upright'],
    expected: 'thin and slanted',
    by: 'moments: ink and slant beyond the middle of the drawn digits',
    chosen: [most(1, 1), most(1, -1), most(-1, -1)],
    judge: async (images) => {
      const own = digitMoments(images)
      const shown = Array.from(own.ink, (v, i) => v < inkMiddle && own.slant[i] > slantMiddle)
      return shown.filter(Boolean).length / shown.length
    },
  }
}

/** Real images that the classifier of concepts learns from, at most. */
const LEARNED = 3000

/**
 * Classes named A-X, A-Y, B-X, B-Y (such as male-old, male-young, female-old, female-young): A-X − A-Y + B-Y should show B-X. Null where the classes are
 * not named so.
 */
export async function classSum(set: ImageSet, pool: Pictures, { backend, signal }: Run): Promise<Sum | null> {
  const names = sumOfNames(set.classes)
  if (names === null) return null
  const phi = phiOf(pool.shape[2], backend, signal)
  const learned = some(set.train, LEARNED)
  const classifier = await logistic(await phi.features(learned), set.train.labels.subarray(0, learned.shape[0]), {
    penalty: 1e-3,
    backend,
    signal,
  })
  const scoresOf = async (images: Pictures): Promise<Float64Array> =>
    Float64Array.from((await classifier.scores(await phi.features(images), { signal })).data)
  const numbers = names.map((name) => set.classes.indexOf(name))
  const of = set.classes.length
  const scores = await scoresOf(pool)
  const most = (label: number): number[] =>
    Array.from({ length: pool.shape[0] }, (_, i) => {
      const own = scores.subarray(i * of, (i + 1) * of)
      return { i, margin: own[label] - Math.max(...own.filter((_, c) => c !== label)) }
    })
      .sort((p, q) => q.margin - p.margin)
      .slice(0, EACH)
      .map(({ i }) => i)
  const [a, b, c, expected] = names
  return {
    names: [a, b, c],
    expected,
    by: 'multinomial logistic regression on scattering coefficients, learned from real images and their classes',
    chosen: numbers.slice(0, 3).map(most),
    judge: async (images) => {
      const own = await scoresOf(images)
      const count = images.shape[0]
      let shown = 0
      for (let i = 0; i < count; i++) {
        const row = own.subarray(i * of, (i + 1) * of)
        if (row.indexOf(Math.max(...row)) === numbers[3]) shown++
      }
      return shown / count
    },
  }
}

/** [A-X, A-Y, B-Y, B-X] among the names of classes. */
export function sumOfNames(classes: readonly string[]): readonly [string, string, string, string] | null {
  for (const name of classes) {
    const [A, X, ...rest] = name.split('-')
    if (X === undefined || rest.length > 0) continue
    for (const other of classes) {
      const [B, Y] = other.split('-')
      if (B === A || Y === X || Y === undefined) continue
      const found = [name, `${A}-${Y}`, other, `${B}-${X}`] as const
      if (found.every((own) => classes.includes(own))) return found
    }
  }
  return null
}
