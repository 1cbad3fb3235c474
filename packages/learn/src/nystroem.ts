// Nyström features: a map z whose products z(x)·z(y) approach a kernel, from some samples as landmarks. What follows is linear, so that
// more samples than a kernel matrix allows can be learnt from.
import { aSeed, checkOptions, dtypeOf, matmul, random, realArray, ValueError, wholeNumber } from '@scatterlab/tensor'
import { compute, gatherRows, upload } from './chunks.ts'
import { samplesFor } from './classifier.ts'
import { eigenpairsOf } from './eigenpairs.ts'
import { type FeatureMatrix, type Features, type SubsetOptions, checkRows, matrixOf, subsetRules } from './features.ts'
import {
  type Kernel,
  type KernelOptions,
  kernelBlock,
  kernelOf,
  kernelRules,
  kernelSamples,
  originOf,
} from './kernel.ts'
import type { LinearTransform } from './pca.ts'
import { type RunOptions, runRules, startRun } from './run.ts'
import { expand } from './kernel-expansion.ts'
import { savedAs } from './saved-kinds.ts'

/** z(x) = N k(landmarks, x), N = K_mm^(−1/2) of the kernel between the landmarks. */
export interface Nystroem extends LinearTransform {
  /** With its numbers settled; `scale` was measured on the training samples. */
  readonly kernel: Kernel
  /** [landmarks, features]. */
  readonly landmarks: FeatureMatrix
  /** N, symmetric [landmarks, landmarks]. */
  readonly normalisation: Float64Array
}

/** Options of `nystroem`. */
export interface NystroemOptions extends RunOptions, SubsetOptions, KernelOptions {
  /** How many samples are drawn as landmarks: as many features come out. */
  readonly components: number
  /** Default 0. */
  readonly seed?: number | string
}

/** Eigenvalues below this part of the largest are rounding: their directions give 0. */
const RANK = { float32: 1e-6, float64: 1e-12 }

/**
 * Draws landmarks among the training samples and measures the kernel between them (Williams and Seeger 2001). With all samples as
 * landmarks z(x)·z(y) is the kernel. Throws `ValueError` for more components than samples.
 */
export async function nystroem(training: Features, options: NystroemOptions): Promise<Nystroem> {
  const rules = { ...runRules, ...subsetRules, ...kernelRules, components: wholeNumber(1), seed: aSeed }
  const checked = checkOptions('nystroem', options, rules, ['components'])
  const matrix = matrixOf(training)
  const rows = checkRows(matrix, checked.rows)
  const { components, seed = 0 } = checked
  if (components > rows.length) {
    throw new ValueError(`components ${components} for ${rows.length} samples: give 1 to ${rows.length}`)
  }
  const run = startRun(checked)
  const kernel = kernelOf(checked, matrix, rows)
  const chosen = Int32Array.from(random(seed).permutation(rows.length).slice(0, components), (i) => rows[i]).sort()
  const dtype = dtypeOf(matrix.data)
  const data = realArray(dtype, components * matrix.shape[1])
  gatherRows(matrix, chosen, null, data)
  const landmarks: FeatureMatrix = { data, shape: [components, matrix.shape[1]] }
  const origin = originOf(kernel, matrix, rows)
  const samples = kernelSamples(run, kernel, matrix, chosen, origin)
  try {
    const products = await compute(run, () => kernelBlock(kernel, samples, samples))
    const square = Float64Array.from(products)
    for (let i = 0; i < components; i++) {
      square[i * (components + 1)] = samples.diagonal[i]
      for (let j = 0; j < i; j++) square[j * components + i] = square[i * components + j]
    }
    const pairs = await eigenpairsOf(square, components, components, { backend: run.backend })
    const kept = pairs.values.findIndex((value) => !(value > RANK[dtype] * pairs.values[0]))
    const rank = kept < 0 ? components : kept
    const scaled = new Float64Array(rank * components)
    for (let k = 0; k < rank; k++)
      for (let j = 0; j < components; j++)
        scaled[k * components + j] = pairs.vectors[k * components + j] / pairs.values[k] ** 0.25
    const normalisation = (await compute(run, () => {
      const v = upload(run, scaled, rank, components)
      return matmul(v.transpose(), v)
    })) as Float64Array
    return nystroemFrom({ kernel, landmarks, normalisation, origin }, checked)
  } finally {
    samples.release()
  }
}

/** All numbers of the map. */
export interface NystroemNumbers extends Omit<Nystroem, 'apply'> {
  /** From where samples are measured before the kernel. */
  readonly origin: Float64Array | null
}

/** The map of its numbers. */
export function nystroemFrom(numbers: NystroemNumbers, options: RunOptions): Nystroem {
  const { origin, ...shown } = numbers
  const { kernel, landmarks, normalisation } = shown
  const [count, columns] = landmarks.shape
  const fittedOn = startRun(options).backend
  return savedAs('nystroem', numbers, {
    ...shown,
    async apply(features, asking) {
      const { matrix, rows, run } = samplesFor(features, columns, asking, fittedOn)
      const out = realArray(dtypeOf(matrix.data), rows.length * count)
      const expansion = { kernel, samples: landmarks, weights: normalisation, outputs: count, origin }
      await expand(run, expansion, matrix, rows, out)
      return { data: out, shape: [rows.length, count] }
    },
  } satisfies Nystroem)
}
