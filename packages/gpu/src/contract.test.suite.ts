// The contract of every back end, on one mode of this one.
import { type ContractOptions, backendContract } from '@scatterlab/testing'
import { createGpuBackend } from './backend.ts'
import type { Mode } from './device.ts'

/**
 * Where sums in single precision may cancel, so that an error is relative to the terms and not to the sum: means of noise.
 */
export const tolerances: NonNullable<ContractOptions['tolerances']> = {
  averagePool: { float32: { relative: 4e-6, absolute: 1e-6 } },
}

/** Steps along a fibre have no kernels here yet. */
export const declines: NonNullable<ContractOptions['declines']> = [
  'waveletField',
  'waveletFieldAdjoint',
  'fibreModulus',
  'fibreModulusAdjoint',
]

/** Registers the suite. */
export function gpuContract(mode: Mode): void {
  backendContract(mode, () => createGpuBackend({ mode }), { runs: 40, tolerances, declines })
}
