// The curves of a training run.
import { type Figure, linePlot } from '@scatterlab/figures'
import type { EpochRecord } from '@scatterlab/nn'
import { cifarErrors } from './published.ts'
import { type Recipe, imagesSeen } from './recipe.ts'

/** Loss on the training images, crops and flips included, and on those held out. */
export function lossCurve(history: readonly EpochRecord[], recipe: Recipe): Figure {
  const x = history.map((record) => imagesSeen(record, recipe))
  return linePlot({
    title: `ResNet-${recipe.depth} on CIFAR-10: loss`,
    series: [
      { label: 'training, mean of a pass', x, y: history.map(({ loss }) => loss) },
      {
        label: `${recipe.held.toLocaleString('en')} images held out`,
        x,
        y: history.map((record) => record.validation!.loss),
      },
    ],
    x: { label: 'training images seen' },
    y: { label: 'cross-entropy' },
  })
}

/** Error on the images held out, with one standard error, and what 64,000 steps came to in the paper. */
export function errorCurve(history: readonly EpochRecord[], recipe: Recipe): Figure {
  const x = history.map((record) => imagesSeen(record, recipe))
  const rates = history.map(({ validation }) => validation!.errorRate)
  const paper = cifarErrors[recipe.depth]
  return linePlot({
    title: `ResNet-${recipe.depth} on CIFAR-10: error`,
    series: [
      {
        label: `${recipe.held.toLocaleString('en')} images held out`,
        x,
        y: rates.map((rate) => 100 * rate),
        error: rates.map((rate) => 100 * Math.sqrt((rate * (1 - rate)) / recipe.held)),
      },
      {
        label: `the paper’s test error after 8,192,000 images: ${paper} %`,
        x: [0, x.at(-1)!],
        y: [paper, paper],
        dashed: true,
        markers: false,
      },
    ],
    x: { label: 'training images seen' },
    y: { label: 'error, %', domain: [0, 100] },
  })
}
