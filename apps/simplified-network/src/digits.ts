// The digits: the real MNIST where it can be had, else the sample that travels with the package, and a note that says so.
import { type GreyShape, type LoadedSet, mnist } from '@scatterlab/datasets'
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
import type { RunContext } from '@scatterlab/repro'

/** The digits, and what a reader must know of them if they are not the whole set. */
export interface Data {
  readonly digits: LoadedSet<GreyShape>
  readonly note?: string
}

const note =
  'these are the first 1,000 training and 1,000 test digits of MNIST, not the slide’s set: for the whole set connect to the network, ' +
  'or name a folder that holds its four files with --data DIR'

/**
 * Loads MNIST from the folder, the cache or the network; a folder that was named must hold it. Named `sample`, or with none of the
 * three at hand, it gives the embedded sample.
 */
export async function loadDigits({
  dataFolder,
  signal,
  progress,
}: Pick<RunContext<unknown>, 'dataFolder' | 'signal' | 'progress'>): Promise<Data> {
  const phase = progress.phase('data')
  try {
    if (dataFolder === 'sample') return { digits: { ...(await mnistSample()), canonical: false }, note }
    return { digits: await mnist({ ...(dataFolder === undefined ? {} : { folder: dataFolder }), signal }) }
  } catch (error) {
    if (signal.aborted || dataFolder !== undefined) throw error
    const reason = error instanceof Error ? error.message : String(error)
    return { digits: { ...(await mnistSample()), canonical: false }, note: `${note} (${reason})` }
  } finally {
    phase.done()
  }
}
