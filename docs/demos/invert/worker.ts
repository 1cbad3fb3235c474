// The worker of the page "Invert Φ".
import { deadLeaves } from '@scatterlab/datasets'
import { greyPicture } from '../stage/grey-picture.ts'
import { type Painted, painted } from '../worker/painted.ts'
import { type Call, serve } from '../worker/serve.ts'
import { type Iteration, type Kept, type RebuildAsked, type Rebuilt, rebuild } from './rebuild.ts'

/** A picture as numbers and as pixels. */
export interface Shown {
  readonly data: Float32Array
  readonly painted: Painted
}

/** A picture to show: the visitor's, or discs by a seed. */
export interface ShowAsked {
  readonly side: number
  readonly seed: number
  readonly file?: Blob
}

const show: Call<ShowAsked, Shown> = async ({ side, seed, file }) => {
  const data = file ? await greyPicture(file, side) : deadLeaves({ shape: [side, side], seed, least: 3 }).data
  return { data, painted: painted({ data, shape: [side, side] }, 'gray', [0, 1]) }
}

const run: Call<RebuildAsked, Rebuilt, Iteration | Kept> = (asked, host) => rebuild(asked, host)

const calls = { show, run }
export type InvertCalls = typeof calls
serve(calls)
