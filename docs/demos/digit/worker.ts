// The worker of the page "Draw a digit".
import type { Scattering2d } from '@scatterlab/scattering'
import type { Backend } from '@scatterlab/tensor'
import { type Call, serve } from '../worker/serve.ts'
import { type Look, type Push, framed, look } from './look.ts'
import { type Recogniser, digitScattering, recogniser } from './recogniser.ts'

/** What the page asks for: a digit [28, 28] from 0 to 1. */
export interface Asked extends Push {
  readonly digit: Float32Array
  readonly scales: number
}

/** What it shows. */
export interface Seen extends Look {
  /** A score for each class, 1 for a clear one, −1 for none; null until there is a classifier, and for no digit. */
  readonly scores: readonly number[] | null
  readonly milliseconds: number
}

/** How the classifier fared. */
export interface Fitted {
  readonly errors: number
  readonly tested: number
  readonly seconds: number
}

const transforms = new Map<number, Scattering2d>()
const recognisers = new Map<number, Recogniser>()

function transformOf(scales: number, backend: Backend): Scattering2d {
  const found = transforms.get(scales) ?? digitScattering(scales, backend)
  transforms.set(scales, found)
  return found
}

const see: Call<Asked, Seen> = async ({ digit, scales, ...push }, { backend }) => {
  const start = performance.now()
  const { shown, phi } = look(transformOf(scales, backend), framed(digit), push)
  const known = digit.some((v) => v > 0) ? recognisers.get(scales) : undefined
  const scores = known ? Array.from((await known.classifier.scores(phi, { backend })).data) : null
  return { ...shown, scores, milliseconds: performance.now() - start }
}

const fit: Call<{ readonly scales: number }, Fitted, string> = async ({ scales }, { backend, signal, tell }) => {
  const start = performance.now()
  const found = recognisers.get(scales) ?? (await recogniser(transformOf(scales, backend), { signal, onStage: tell }))
  recognisers.set(scales, found)
  const { errors, tested } = found
  return { errors, tested, seconds: (performance.now() - start) / 1000 }
}

const calls = { see, fit }
export type DigitCalls = typeof calls
serve(calls)
