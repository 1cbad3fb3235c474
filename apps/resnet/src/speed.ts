// How fast ResNet-20 trains on this machine, measured before a training begins, and how long a recipe will take by it.
import { type Network, fit } from '@scatterlab/nn'
import type { Row, RunContext } from '@scatterlab/repro'
import { type Recipe, type Training, optionsOf, publishedRecipe } from './recipe.ts'

/** Steps that are timed, after one to warm up. */
const STEPS = 4

/**
 * Training images in a second with the batches of a recipe: the median over a few steps of a training that is thrown away.
 */
async function trainingSpeed(
  network: Network,
  recipe: Recipe,
  training: Training,
  onStep: () => void,
): Promise<number> {
  const ends: number[] = []
  await fit(network, {
    ...optionsOf(recipe, training),
    steps: STEPS + 1,
    onProgress({ kind }) {
      if (kind !== 'step') return
      ends.push(performance.now())
      onStep()
    },
  })
  const seconds = ends.slice(1).map((end, i) => (end - ends[i]) / 1000)
  return recipe.batch / seconds.sort((a, b) => a - b)[seconds.length >> 1]
}

const imagesOf = ({ steps, batch }: Recipe): number => steps * batch
const hours = (seconds: number): string =>
  seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`

/** Times the run’s own recipe and the published one: a line for the person who waits, and the rows. */
export async function measureSpeed(
  network: Network,
  recipe: Recipe,
  training: Training,
  progress: RunContext<unknown>['progress'],
): Promise<{ readonly line: string; readonly rows: readonly Row[] }> {
  const batch = Math.min(publishedRecipe.batch, recipe.perPass)
  const same = recipe.batch === batch
  const phase = progress.phase('timing', (same ? 1 : 2) * (STEPS + 1))
  const onStep = (): void => phase.advance()
  const own = await trainingSpeed(network, recipe, training, onStep)
  const published = same ? own : await trainingSpeed(network, { ...recipe, batch }, training, onStep)
  phase.done()
  const [thisRun, theirs] = [imagesOf(recipe) / own, imagesOf(publishedRecipe) / published]
  const row = { method: 'ResNet-20', count: null, total: null, slide: null, paper: null }
  const speed = (batch: number, value: number): Row => ({
    ...row,
    measure: 'training speed',
    settings: { batch },
    value,
    unit: 'images/s',
  })
  return {
    line:
      `ResNet-20 trains on ${own.toFixed(0)} images/s here: the ${imagesOf(recipe).toLocaleString('en')} of this run take about ` +
      `${hours(thisRun)}, the published ${imagesOf(publishedRecipe).toLocaleString('en')} about ${hours(theirs)}`,
    rows: [
      speed(recipe.batch, own),
      ...(same ? [] : [speed(batch, published)]),
      {
        ...row,
        measure: 'published recipe, projected',
        settings: { steps: publishedRecipe.steps, batch: publishedRecipe.batch },
        value: theirs / 3600,
        unit: 'h',
      },
    ],
  }
}
