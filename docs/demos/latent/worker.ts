// The worker of the page "Latent space".
import type { Scattering2d } from '@scatterlab/scattering'
import type { Backend } from '@scatterlab/tensor'
import { latentPoints } from '@scatterlab/gan'
import { type Recogniser, digitScattering, recogniser } from '../digit/recogniser.ts'
import { type Painted, type Plane, mosaic, painted } from '../worker/painted.ts'
import { type Call, serve } from '../worker/serve.ts'
import { type Concept, added, addedPixels, conceptsOf, measured } from './concepts.ts'
import { type DigitGenerator, type Digits, SIDE, digitGenerator } from './generator.ts'
import { ACROSS, type Amounts, type ConceptName, NEIGHBOURS, STEPS, concepts } from './names.ts'
import { around, joined, lengthOf, onPatch, pathTo, places } from './walk.ts'

/** A patch of z, and the class that is drawn. */
export interface PatchAsked {
  readonly label: number
  readonly seed: number
}

/** The patch as a picture. */
export interface PatchShown {
  readonly label: number
  readonly picture: Painted
  /** How many of its digits are read as what they should be; null until there is a classifier. */
  readonly read: number | null
  readonly of: number
}

/** Where one stands, and what is asked from there. */
export interface LookAsked extends PatchAsked {
  readonly x: number
  readonly y: number
  /** Seed of the point that the path leads to. */
  readonly goal: number
  readonly path: 'linear' | 'spherical'
  /** Part of the way, from 0 to 1. */
  readonly t: number
  readonly amounts: Amounts
  readonly reach: number
}

/** A class by the classifier of Φ, with its margin over the second. */
export interface Verdict {
  readonly label: number
  readonly margin: number
}

/** A drawn digit. */
export interface Drawn {
  readonly picture: Painted
  /** |z| */
  readonly length: number
  readonly measured: Amounts
  /** Null until there is a classifier. */
  readonly verdict: Verdict | null
}

export interface LookShown {
  readonly point: Drawn
  readonly here: Drawn
  readonly way: Painted
  readonly neighbours: Painted
  /** Null until the concepts of the class are known. */
  readonly sum: Drawn | null
  readonly pixelSum: Painted | null
  readonly milliseconds: number
}

/** Digits of the means of a concept. */
export interface ConceptShown {
  readonly name: ConceptName
  readonly least: Painted
  readonly most: Painted
}

/** Scales of Φ for the classifier. */
const SCALES = 3

let loading: Promise<DigitGenerator> | null = null
const known = new Map<number, readonly Concept[]>()
let reader: { readonly transform: Scattering2d; readonly own: Recogniser } | null = null

/** The generator, loaded once. */
function generatorFor(backend: Backend): Promise<DigitGenerator> {
  const load = async (): Promise<DigitGenerator> => {
    const response = await fetch(new URL('./digits.safetensors', import.meta.url))
    if (!response.ok)
      throw new Error(`the weights of the generator did not come: ${response.status}; load the page again`)
    return digitGenerator(new Uint8Array(await response.arrayBuffer()), backend)
  }
  loading ??= load()
  return loading
}

const planeOf = ({ data }: Pick<Digits, 'data'>, i: number): Plane => ({
  data: data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE),
  shape: [SIDE, SIDE],
})
const grey = (plane: Plane): Painted => painted(plane, 'gray', [-1, 1])
const greys = (digits: Digits, from: number, count: number, columns: number): Painted =>
  mosaic(
    Array.from({ length: count }, (_, i) => planeOf(digits, from + i)),
    columns,
    { map: 'gray', range: [-1, 1], gap: 0 },
  )

/** What the classifier takes digits for. */
async function verdictsOn({ data, shape: [count] }: Digits, backend: Backend): Promise<readonly (Verdict | null)[]> {
  if (!reader) return Array.from({ length: count }, () => null)
  const { transform, own } = reader
  const phi = transform.transform({ data: data.map((v) => (v + 1) / 2), shape: [count, SIDE, SIDE] })
  const scores = await own.classifier.scores(phi, { backend })
  return Array.from({ length: count }, (_, i) => {
    const [first, second] = Array.from(scores.data.subarray(i * 10, (i + 1) * 10), (score, label) => ({
      score,
      label,
    })).toSorted((a, b) => b.score - a.score)
    return { label: first.label, margin: first.score - second.score }
  })
}

const patch: Call<PatchAsked, PatchShown> = async ({ label, seed }, { backend }) => {
  const generator = await generatorFor(backend)
  const digits = await generator.draw(onPatch(generator.gan, seed, places), label)
  const verdicts = await verdictsOn(digits, backend)
  return {
    label,
    picture: greys(digits, 0, places.length, ACROSS),
    read: reader ? verdicts.filter((verdict) => verdict?.label === label).length : null,
    of: places.length,
  }
}

/** All that is drawn from one point, in one batch. */
const look: Call<LookAsked, LookShown> = async (asked, { backend }) => {
  const start = performance.now()
  const generator = await generatorFor(backend)
  const { gan } = generator
  const point = onPatch(gan, asked.seed, [[asked.x, asked.y]])
  const { here, steps } = pathTo(point, latentPoints(gan, 1, `goal/${asked.goal}`), asked.path, asked.t)
  const found = known.get(asked.label)
  const sum = found ? added(point, found, asked.amounts) : point
  const all = joined([point, here, sum, steps, around(point, asked.reach)])
  const digits = await generator.draw(all, asked.label)
  const three: Digits = { data: digits.data.slice(0, 3 * SIDE * SIDE), shape: [3, 1, SIDE, SIDE] }
  const [verdicts, moments] = [await verdictsOn(three, backend), measured(three)]
  const drawn = (i: number): Drawn => ({
    picture: grey(planeOf(three, i)),
    length: lengthOf([point, here, sum][i]),
    measured: moments[i],
    verdict: verdicts[i],
  })
  return {
    point: drawn(0),
    here: drawn(1),
    way: greys(digits, 3, STEPS + 1, STEPS + 1),
    neighbours: greys(digits, 3 + STEPS + 1, NEIGHBOURS, NEIGHBOURS / 2),
    sum: found ? drawn(2) : null,
    pixelSum: found
      ? grey({ data: addedPixels(planeOf(three, 0).data, found, asked.amounts), shape: [SIDE, SIDE] })
      : null,
    milliseconds: performance.now() - start,
  }
}

/** Finds the concepts of a class, and draws their means. */
const learn: Call<{ readonly label: number }, readonly ConceptShown[]> = async ({ label }, { backend }) => {
  const generator = await generatorFor(backend)
  const found = known.get(label) ?? (await conceptsOf(generator, label))
  known.set(label, found)
  const digits = await generator.draw(joined(found.flatMap(({ least, most }) => [least.z, most.z])), label)
  return concepts.map(({ name }, i) => ({
    name,
    least: grey(planeOf(digits, 2 * i)),
    most: grey(planeOf(digits, 2 * i + 1)),
  }))
}

/** Fits the classifier of the page "Draw a digit". */
const fit: Call<null, { readonly errors: number; readonly tested: number }> = async (_, { backend, signal }) => {
  const transform = digitScattering(SCALES, backend)
  const own = await recogniser(transform, { signal })
  reader = { transform, own }
  return { errors: own.errors, tested: own.tested }
}

const calls = { patch, look, learn, fit }
export type LatentCalls = typeof calls
serve(calls)
