// A run of `fit` under way: what was asked for, where it stands, and what its parts share. The parts are in fit.ts, pass.ts and epoch.ts.
import type { Turns } from '@scatterlab/tensor'
import type { Checkpoints } from './checkpoints.ts'
import type { Settings } from './settings.ts'
import type { Network } from '../network.ts'
import type { Pace } from './pace.ts'
import type { TrainingRun } from '../checkpoints/training-checkpoint.ts'
import type { WatchedSteps } from './watched-steps.ts'

/** A run under way. */
export interface Training<T> {
  readonly network: Network
  readonly settings: Settings<T>
  /** Its numbers and arrays, which change. */
  readonly run: TrainingRun
  readonly steps: WatchedSteps<T>
  readonly checkpoints: Checkpoints
  readonly turns: Turns
  readonly pace: Pace
}
