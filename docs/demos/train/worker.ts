// The worker of the page "Train". The network stays here between two runs, so that a run that was stopped goes on.
import { type Call, serve } from '../worker/serve.ts'
import { type Training, type TrainingLook, training } from './training.ts'

/** What a run is. */
export interface TrainAsked {
  /** Whether a new network is made, by the seed. */
  readonly anew: boolean
  readonly seed: number
  readonly steps: number
  readonly rate: number
}

let current: Training | null = null

const run: Call<TrainAsked, { readonly step: number }, TrainingLook> = async (asked, { backend, signal, tell }) => {
  const { anew, seed, steps, rate } = asked
  if (anew || !current) current = await training(backend, seed)
  await current.run({ steps, rate, signal, look: tell })
  return { step: current.step }
}

const calls = { run }
export type TrainCalls = typeof calls
serve(calls)
