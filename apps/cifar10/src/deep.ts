// The deep half of the slide: a network that learns its filters, from its first numbers to the test images.
import { type ColourShape, type LoadedSet, take } from '@scatterlab/datasets'
import { evaluate, fit } from '@scatterlab/nn'
import { sgd, cosine } from '@scatterlab/optim'
import { type RunContext, errorRow, trainingHost } from '@scatterlab/repro'
import { plainBatches, trainingBatches } from './images.ts'
import { deepNetwork } from './network.ts'
import { deepError, slide } from './published.ts'

/** How long and on what the network is trained. */
export interface DeepBudget {
  /** The first so many training images, and test images. */
  readonly training: number
  readonly testing: number
  readonly batch: number
  readonly steps: number
}

/** Trains the network and tests it. */
export async function learnDeep(
  context: RunContext<{ readonly deep: DeepBudget }>,
  set: LoadedSet<ColourShape>,
): Promise<void> {
  const { budget, mode, progress, signal, output } = context
  const { training, testing, batch, steps } = budget.deep
  const network = deepNetwork()
  const train = take(set.train, training)
  const host = await trainingHost(context, 'deep', steps, { tell: true })
  const { weights } = await fit(network, {
    batches: (pass) => trainingBatches(train, batch, pass),
    optimizer: sgd({ rate: 0.1, momentum: 0.85, nesterov: true }),
    schedule: cosine({ steps }),
    steps,
    ...host,
  })
  const { errors: count, total } = await progress.during(
    'test',
    ({ reach: onProgress }) =>
      evaluate(network, weights, plainBatches(take(set.test, testing)), { signal, onProgress }),
    testing,
  )
  const comparable = mode === 'full' && set.canonical
  output.row(
    errorRow({
      method: 'deep network',
      settings: { steps, batch },
      count,
      total,
      ...(comparable && { slide: slide.deep, paper: deepError }),
    }),
  )
}
