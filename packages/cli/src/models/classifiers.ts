// The classifiers by the names that the command has for them, and their settings.
import {
  type Grid,
  type Pipeline,
  kNearestNeighbours,
  linearSvm,
  logistic,
  pca,
  pcaAffine,
  pipeline,
  ridge,
  standardise,
  svm,
} from '@scatterlab/learn'
import { UsageError } from '../errors.ts'

/** Their names. */
export const classifiers = ['logistic', 'ridge', 'linear-svm', 'svm', 'pca-affine', 'nearest'] as const
/** One of them. */
export type ClassifierName = (typeof classifiers)[number]

/** What may be set. */
export interface ClassifierFlags {
  readonly classifier: ClassifierName
  readonly penalty?: number
  readonly cost?: number
  readonly gamma?: number
  readonly dimension?: number
  readonly neighbours?: number
  readonly pca?: number
  readonly standardise: boolean
}

const taken: Readonly<Record<ClassifierName, readonly (keyof ClassifierFlags)[]>> = {
  logistic: ['penalty'],
  ridge: ['penalty'],
  'linear-svm': ['cost'],
  svm: ['cost', 'gamma'],
  'pca-affine': ['dimension'],
  nearest: ['neighbours'],
}

/** A pipeline, and what is to be chosen on a held-out part where nothing was said. */
export interface Chosen {
  readonly steps: Pipeline
  readonly grid: Grid | undefined
}

/** The pipeline for features of `width` numbers, `samples` of them. Throws {@link UsageError} `BAD_OPTION` for a setting of another classifier. */
export function pipelineOf(flags: ClassifierFlags, width: number, samples: number): Chosen {
  const { classifier, penalty, cost, gamma, dimension, neighbours = 1 } = flags
  for (const name of ['penalty', 'cost', 'gamma', 'dimension', 'neighbours'] as const) {
    if (flags[name] === undefined || taken[classifier].includes(name)) continue
    const of = classifiers.filter((each) => taken[each].includes(name)).join(', ')
    throw new UsageError('BAD_OPTION', `--${name} is not for --classifier ${classifier}, but for ${of}: leave it out`)
  }
  const before = [
    ...(flags.standardise ? [standardise] : []),
    ...(flags.pca === undefined ? [] : [[pca, { components: flags.pca }] as const]),
  ]
  // standardised features have a mean square of their number
  const decades = (top: number): number[] => [top, top / 10, top / 100].map((share) => share * width)
  switch (classifier) {
    case 'ridge':
      return penalty === undefined
        ? { steps: pipeline(...before, [ridge, { penalty: width }]), grid: { ridge: { penalty: decades(0.1) } } }
        : { steps: pipeline(...before, [ridge, { penalty }]), grid: undefined }
    case 'logistic':
      return penalty === undefined
        ? {
            steps: pipeline(...before, [logistic, { penalty: 1 }]),
            grid: { logistic: { penalty: decades(0.01 / samples) } },
          }
        : { steps: pipeline(...before, [logistic, { penalty }]), grid: undefined }
    case 'linear-svm':
      return { steps: pipeline(...before, [linearSvm, { ...(cost !== undefined && { cost }) }]), grid: undefined }
    case 'svm':
      return {
        steps: pipeline(...before, [
          svm,
          { ...(cost !== undefined && { cost }), ...(gamma !== undefined && { gamma }) },
        ]),
        grid: undefined,
      }
    case 'pca-affine':
      if (dimension === undefined)
        throw new UsageError('BAD_OPTION', '--classifier pca-affine needs --dimension, such as 20')
      return { steps: pipeline(...before, [pcaAffine, { dimension }]), grid: undefined }
    case 'nearest':
      return { steps: pipeline(...before, [kNearestNeighbours, { k: neighbours }]), grid: undefined }
  }
}
