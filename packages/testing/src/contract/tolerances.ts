// How far a back end may be from the reference, which sums in double precision. One table for all operations.
import type { Operation, Tolerances } from './call.ts'

/** No difference: numbers are moved, compared, or rounded once. */
const exact: Tolerances = { float32: {}, float64: {} }

/** A few roundings of each number; the absolute part lets results below the normal range vanish. */
const rounded: Tolerances = {
  float32: { relative: 4e-6, absolute: 1e-30 },
  float64: { relative: 1e-13, absolute: 1e-290 },
}

/** Sums of up to some hundred products of numbers below 2, in the precision of the array and in any order. */
const summed: Tolerances = {
  float32: { ofLargest: 4e-6, absolute: 2e-5 },
  float64: { ofLargest: 1e-14, absolute: 5e-13 },
}

/** Chains of sums and divisions: transforms back and forth, moments, normalisations. */
const chained: Tolerances = {
  float32: { ofLargest: 2e-5, absolute: 5e-5 },
  float64: { ofLargest: 1e-12, absolute: 2e-12 },
}

/**
 * Gradients that divide by a modulus or a deviation which may be small: the error of what is divided by counts relative
 * to it, so that the worst of some hundred thousand numbers is this far off.
 */
const divided: Tolerances = {
  float32: { ofLargest: 1e-3, absolute: 5e-4 },
  float64: { ofLargest: 1e-10, absolute: 1e-10 },
}

/** The table. */
export const TOLERANCES: Readonly<Record<Operation, Tolerances>> = {
  copy: exact,
  map: rounded,
  zip: rounded,
  reduce: summed,
  matmul: summed,
  fft: summed,
  pad: exact,
  spectrum: summed,
  waveletModulus: summed,
  average: summed,
  padAdjoint: summed,
  spectrumAdjoint: chained,
  waveletModulusAdjoint: divided,
  averageAdjoint: summed,
  conv2d: summed,
  conv2dInputGradient: summed,
  conv2dWeightsGradient: summed,
  maxPool: exact,
  maxPoolGradient: rounded,
  averagePool: rounded,
  averagePoolGradient: summed,
  relu: rounded,
  reluGradient: rounded,
  channelMoments: chained,
  normalise: chained,
  normaliseGradient: divided,
  responseNorm: rounded,
  responseNormGradient: chained,
  softmaxCrossEntropy: chained,
  sgdUpdate: chained,
  adamUpdate: chained,
}
