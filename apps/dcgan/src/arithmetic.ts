// Sums of points, "a − b + c" on means of three points a concept, beside the same sum of the images' own pixels.
import { type Points, latentNeighbours, latentPoints, latentSum } from '@scatterlab/gan'
import type { RunContext } from '@scatterlab/repro'
import { classSum, digitSum } from './concepts.ts'
import type { ImageSet, Pictures } from './images.ts'
import type { Painter } from './painter.ts'
import { sheet } from './pictures.ts'
import type { SetName } from './recipe.ts'

/** Drawn images among which concepts are looked for. */
const POOL = 500
/** The digit that is drawn where networks are told one: it can lean and be thick. */
const DIGIT = 4
/** Neighbours of the sum within ± 0.25, as in the paper. */
const AROUND = 8

/** Finds the concepts, adds, judges, and draws two sheets; nothing where the set has no concepts. */
export async function addConcepts(
  set: ImageSet,
  name: SetName,
  painter: Painter,
  { backend, signal, seed, output, progress, log }: RunContext<unknown>,
): Promise<void> {
  const { gan } = painter
  const points = latentPoints(gan, POOL, `${seed}/concepts`)
  // by running moments, so that a point has one image whatever is drawn beside it
  const paint = (own: Points): Promise<Pictures> =>
    painter.paint(own, new Int32Array(own.shape[0]).fill(gan.classes ? DIGIT % gan.classes : 0), { moments: 'running' })
  const pool = await paint(points)
  const sum = await progress.during('concepts', () =>
    name === 'digits' ? digitSum(pool) : classSum(set, pool, { backend, signal }),
  )
  if (sum === null) {
    log(
      'no sums of concepts: for these name four classes A-X, A-Y, B-X and B-Y, such as male-old, male-young, female-old, female-young',
    )
    return
  }
  const [a, b, c] = sum.names
  const title = `(${a}) − (${b}) + (${c})`

  // means of three points, and their sum
  const three = sum.chosen.map((rows) => rowsOf(points, rows))
  const means = three.map((own) => latentSum(own, [1 / 3, 1 / 3, 1 / 3]))
  const total = latentSum(joined(means), [1, -1, 1])
  const results = await paint(joined([total, latentNeighbours(total, AROUND, { seed: `${seed}/around` })]))
  const shown = await paint(joined(three.flatMap((own, k) => [own, means[k]])))

  // the control: the same sum of mean images, held to their range
  const pixels = pixelSum(sum.chosen.map((rows) => meanImage(pool, rows)))
  const control: Pictures = { data: pixels, shape: [1, ...(pool.shape.slice(1) as [number, number, number])] }
  const captions = sum.names.flatMap(() => ['', '', '', 'their mean'])
  await output.figure(
    'concepts',
    sheet(shown, title, 4, captions),
    `A row a concept: three drawn images, found by ${sum.by}; and the image of the mean of their points.`,
  )
  const both: Pictures = {
    data: Float32Array.from([...results.data, ...control.data]),
    shape: [results.shape[0] + 1, ...(pool.shape.slice(1) as [number, number, number])],
  }
  await output.figure(
    'arithmetic',
    sheet(both, title, 5, [...Array.from({ length: AROUND + 1 }, (_, i) => (i === 0 ? 'sum' : '± 0.25')), 'pixels']),
    `The sum of points, eight points around it, and last the sum of the pixels. It should be ${sum.expected}.`,
  )
  const measure = `shows what the sum should: ${sum.expected}`
  const share = async (method: string, images: Pictures): Promise<void> =>
    output.row({
      measure,
      method,
      value: 100 * (await sum.judge(images)),
      unit: '%',
      settings: { images: images.shape[0] },
    })
  await share('sums of points', results)
  await share('sum of pixels', control)
  await share('all drawn images', pool)
}

const rowsOf = ({ data, shape: [, latent] }: Points, rows: readonly number[]): Points =>
  joined(rows.map((row) => ({ data: data.slice(row * latent, (row + 1) * latent), shape: [1, latent] as const })))

function joined(all: readonly Points[]): Points {
  const count = all.reduce((sum, { shape }) => sum + shape[0], 0)
  const data = new Float32Array(count * all[0].shape[1])
  let at = 0
  for (const own of all) {
    data.set(own.data, at)
    at += own.data.length
  }
  return { data, shape: [count, all[0].shape[1]] }
}

function meanImage({ data, shape: [count] }: Pictures, rows: readonly number[]): Float32Array {
  const size = data.length / count
  return Float32Array.from(
    { length: size },
    (_, k) => rows.reduce((sum, row) => sum + data[row * size + k], 0) / rows.length,
  )
}

/** a − b + c, held to −1 … 1. */
export const pixelSum = ([a, b, c]: readonly Float32Array[]): Float32Array =>
  a.map((v, k) => Math.max(-1, Math.min(1, v - b[k] + c[k])))
