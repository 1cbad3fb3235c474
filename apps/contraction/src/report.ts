// What is found, as rows, files and pictures: each measure of all networks over one axis.
import { type Output, type Row, errorRow } from '@scatterlab/repro'
import type { Column, Duality, SetBudget, rectifiedShares } from './layers.ts'
import type { Moment } from './learning.ts'
import type { LayerMeasures } from './measures.ts'
import { type Curve, byDepth, sharePlot, supportPlot, variancePlot } from './pictures.ts'
import type { Subject } from './sets.ts'

/** All that is measured of a set. */
export interface Measured {
  readonly columns: readonly Column[]
  readonly dual: readonly Duality[]
  readonly moments: readonly Moment[]
}

/** Numbers of one layer as rows have them. */
type Reported = Pick<Row, 'measure'> & Partial<Pick<Row, 'value' | 'count'>> & { readonly of?: string }

/** What is told of every depth, and what of the last one alone; layers.json has all. */
const everywhere = (own: LayerMeasures): Reported[] => [
  { measure: 'distance in a class / between classes', value: own.spread },
  { measure: '1 % margin / distance in a class', value: own.relativeMargin },
  { measure: NC1, value: own.collapse.within },
  { measure: NEAREST, count: own.nearestErrors, of: 'means' },
]
const atTheEnd = (own: LayerMeasures): Reported[] => [
  { measure: 'least distance between classes / deviation', value: own.margin },
  { measure: 'directions of 90 % of a class', value: own.directions },
  { measure: NC2[0], value: own.collapse.lengths },
  { measure: NC2[1], value: own.collapse.angles },
  { measure: 'local support vectors, k = 1', count: own.support[0] },
  { measure: 'local support vectors, k = 30', count: own.support.at(-1)! },
]

const NEAREST = 'error of the nearest neighbour'
const NC1 = 'NC1, tr(Σ_W Σ_B⁺)/C'
const NC2 = ['NC2, lengths of the means', 'NC2, |cos + 1/(C − 1)|'] as const

/** The name of a figure or a file of a set. */
export const figureName = ({ name }: Pick<Subject, 'name'>, what: string): string =>
  name === 'digits' ? what : `${name.toLowerCase()}-${what}`

/** Rows, files and pictures of all layers. */
export async function reportLayers(
  output: Output,
  subject: Subject,
  { points }: Pick<SetBudget, 'points'>,
  { columns, dual, moments }: Measured,
): Promise<void> {
  const set = subject.name
  for (const { label, averaged, whole, machine } of columns) {
    const last = averaged.length - 1
    averaged.forEach((own, depth) => {
      if (label === 'at start' && depth < last) return
      const told = [...everywhere(own), ...(depth < last ? [] : atTheEnd(own))]
      if (depth === last) {
        told.push({ measure: 'error of a Gaussian machine', count: machine[depth] })
        if (whole[depth]) told.push({ measure: NEAREST, count: whole[depth].nearestErrors, of: 'all positions' })
      }
      const method = `${label}, ${depthName(label, depth)}`
      for (const { measure, value = 0, count, of } of told) {
        const settings = { set, ...(of && { of }) }
        if (count === undefined || count === null) output.row({ measure, method, settings, value })
        else output.row(errorRow({ measure, method, settings, count, total: points }))
      }
    })
  }
  for (const { label, apart, disagreeing, seen } of dual) {
    const number = (measure: string, value: number, settings: Row['settings'] = {}): void =>
      output.row({ measure, method: `${label}, at the end`, value, settings: { set, ...settings } })
    number('NC3, ‖W/‖W‖ − M/‖M‖‖', apart)
    number('NC4, not the nearest mean', disagreeing)
    number(NC1, seen.within, { images: 'seen' })
    number(NC2[0], seen.lengths, { images: 'seen' })
    number(NC2[1], seen.angles, { images: 'seen' })
  }
  output.file(`${figureName(subject, 'layers')}.json`, JSON.stringify({ set, points, columns, dual, moments }, null, 1))

  const curves = (of: (own: LayerMeasures) => number): Curve[] => [
    ...columns.map(({ label, averaged }) => ({ label, values: averaged.map(of) })),
    ...columns
      .filter(({ whole }) => whole.length > 0)
      .map(({ label, whole }) => ({ label: `${label}, all positions`, values: whole.map(of), dashed: true })),
  ]
  const keep = async (name: string, figure: ReturnType<typeof byDepth>, caption: string): Promise<void> =>
    output.figure(figureName(subject, name), figure, caption)
  const unseen = 'Unseen images; means over positions, and broken lines of all positions.'
  await keep(
    'spread',
    byDepth(
      `${set}: distances in a class over those between classes`,
      'distance in a class / between',
      curves(({ spread }) => spread),
    ),
    unseen,
  )
  await keep(
    'margin',
    byDepth(
      `${set}: the margin between classes over distances in a class`,
      '1 % margin / distance in a class',
      curves(({ relativeMargin }) => relativeMargin),
    ),
    `${unseen} The margin: what a hundredth of the points have to the nearest point of another class.`,
  )
  await keep(
    'nearest',
    byDepth(
      `${set}: errors of the nearest neighbour`,
      'error, %',
      curves(({ nearestErrors }) => (100 * nearestErrors) / points),
    ),
    unseen,
  )
  await keep(
    'collapse',
    byDepth(`${set}: neural collapse`, 'NC1, tr(Σ_W Σ_B⁺)/C', curves(nc1OfAll), 'log'),
    `${unseen} Where features have fewer than C − 1 dimensions it is of those alone, and left out here.`,
  )
  await keep(
    'support',
    supportPlot(
      `${set}: local support vectors`,
      points,
      chosenLayers(columns, (own) => own.support),
    ),
    unseen,
  )
  await keep(
    'variance',
    variancePlot(
      `${set}: the variance in a class, by directions`,
      chosenLayers(columns, (own) => own.variance),
    ),
    'Means over positions of unseen images; means over classes.',
  )
}

/** Rows and the picture of the networks with some channels rectified. */
export async function reportShares(
  output: Output,
  subject: Subject,
  found: Awaited<ReturnType<typeof rectifiedShares>>,
): Promise<void> {
  for (const { share, errors: count, total } of found) {
    output.row(errorRow({ method: 'ConvNet, ρ on a share α', settings: { set: subject.name, α: share }, count, total }))
  }
  const errors = found.map(({ errors, total }) => {
    const rate = errors / total
    return { rate: 100 * rate, deviation: 100 * Math.sqrt((rate * (1 - rate)) / total) }
  })
  const title = `${subject.name}: how much non-linearity is needed`
  const shares = found.map(({ share }) => share)
  await output.figure(figureName(subject, 'shares'), sharePlot(title, shares, errors), 'Bars: a binomial deviation.')
}

/** NC1 where all C − 1 directions of the means have room; else nothing, which a logarithmic axis leaves out. */
const nc1OfAll = ({ dimension, collapse }: LayerMeasures): number => (dimension < CLASSES - 1 ? 0 : collapse.within)
const CLASSES = 10

/** What stands at a depth. */
const depthName = (label: Column['label'], depth: number): string =>
  label === 'scattering' ? `order ${depth}` : depth === 0 ? 'images' : `layer ${depth}`

/** Every other layer of the trained network from the last on, and scattering: the curves of a picture that is not crowded. */
function chosenLayers(columns: readonly Column[], of: (own: LayerMeasures) => readonly number[]): Curve[] {
  return columns.flatMap(({ label, averaged }) => {
    const last = averaged.length - 1
    const depths =
      label === 'trained' ? averaged.map((_, depth) => depth).filter((d) => d > 0 && (last - d) % 2 === 0) : [last]
    return depths.toReversed().map((depth) => ({
      label: `${label}, ${depthName(label, depth)}`,
      values: of(averaged[depth]),
      dashed: label !== 'trained',
    }))
  })
}
