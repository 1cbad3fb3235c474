// The rows of the table: each feature of the slide, with the ways to compute it between which training pictures choose.
import type { FeatureMatrix } from '@scatterlab/learn'
import {
  type Coefficients,
  type Run,
  type ScatteringChoice,
  greyHistogram,
  scatteringMeans,
  windowedSpectrum,
} from './features.ts'
import { type Normalisation, firstOrder, logarithms, normalise } from './normalisation.ts'
import type { Field } from './pictures-as-numbers.ts'
import type { Candidate, Feature } from './protocol.ts'

const normalisations: readonly Normalisation[] = ['logarithms of ratios', 'logarithms', 'roots', 'plain']

/** Which features are computed. */
export interface FeatureChoice {
  readonly scales: number
  /** The pictures are seen from √2^k times further away, k = 0 … */
  readonly distances: number
  /** Whether roto-translation scattering is among them. */
  readonly rotations: boolean
}

/** The features of all pictures; `distances` is how many the pictures are seen from, √2 apart, J = `scales` at each. */
export async function featuresOf(
  fields: readonly Field[],
  { scales, distances, rotations }: FeatureChoice,
  run: Run,
): Promise<Feature[]> {
  const histogram = greyHistogram(fields)
  const spectrum = windowedSpectrum(fields, run)
  const choices: ScatteringChoice[] = Array.from({ length: distances }, (_, k) => ({
    scales: Math.min(scales, mostScales(fields, Math.SQRT2 ** k)),
    distance: Math.SQRT2 ** k,
  }))
  const seen: Coefficients[] = []
  for (const choice of choices) seen.push(await scatteringMeans(fields, choice, run))
  const turned: Coefficients[] = []
  if (rotations) for (const choice of choices) turned.push(await scatteringMeans(fields, { ...choice, rotations }, run))
  const order1 = firstOrder(seen[0])
  const roots = Float32Array.from(histogram.data, Math.sqrt)
  // spaces of all dimensions that the training rows span leave little of 40 or 64 numbers: half of them is another choice
  const both = (name: string, views: Candidate['views']): Candidate[] => [
    { name, views },
    { name: `${name}, half the dimensions`, views, dimension: 0.5 },
  ]
  return [
    {
      name: 'grey histogram',
      candidates: [...both('roots', [{ ...histogram, data: roots }]), ...both('plain', [histogram])],
    },
    {
      name: 'windowed Fourier spectrum',
      candidates: [
        { name: 'logarithms', views: [logarithms(spectrum)] },
        { name: 'plain', views: [spectrum] },
      ],
    },
    {
      name: 'scattering, order 1',
      candidates: (['logarithms', 'roots', 'plain'] as const).flatMap((how) => both(how, [normalise(order1, how)])),
    },
    {
      name: 'scattering, order 2',
      candidates: [{ name: 'plain', views: [normalise(seen[0], 'plain')] }],
    },
    {
      name: 'scattering, order 2, normalised',
      candidates: normalisations.map((how) => ({ name: how, views: [normalise(seen[0], how)] })),
    },
    {
      name: 'scattering, order 2, normalised, several distances',
      candidates: severalDistances(seen.map((view) => normalise(view, 'logarithms of ratios'))),
    },
    ...(rotations ? withRotations(turned) : []),
  ]
}

/** Roto-translation scattering: as it is, with logarithms, and averaged over distances. */
const withRotations = (seen: readonly Coefficients[]): Feature[] => [
  { name: 'roto-translation', candidates: [{ name: 'plain', views: [normalise(seen[0], 'plain')] }] },
  {
    name: 'roto-translation, normalised',
    candidates: normalisations.map((how) => ({ name: how, views: [normalise(seen[0], how)] })),
  },
  {
    name: 'roto-translation, normalised, several distances',
    candidates: severalDistances(seen.map((view) => normalise(view, 'logarithms of ratios'))),
  },
]

/** One distance; the mean of neighbouring distances; training on two distances, or on the means of all neighbours. */
function severalDistances(views: readonly FeatureMatrix[]): Candidate[] {
  const one = { name: 'one distance', views: views.slice(0, 1) }
  if (views.length < 2) return [one]
  const means = views.slice(1).map(({ data, shape }, k) => ({
    data: Float32Array.from(data, (value, at) => (value + views[k].data[at]) / 2),
    shape,
  }))
  return [
    one,
    { name: 'mean of two distances', views: means.slice(0, 1) },
    { name: 'trained on two distances', views: views.slice(0, 2) },
    ...(means.length > 1 ? [{ name: `trained on means of two of ${views.length} distances`, views: means }] : []),
  ]
}

const mostScales = (fields: readonly Field[], distance: number): number =>
  Math.floor(Math.log2(Math.min(...fields.map(({ shape }) => Math.round(Math.min(...shape) / distance)))))
