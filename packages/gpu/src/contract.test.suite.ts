// The contract of every back end, on one mode of this one.
import { backendContract } from '@scatterlab/testing'
import { createGpuBackend } from './backend.ts'
import type { Mode } from './device.ts'

/** Registers the suite. */
export function gpuContract(mode: Mode): void {
  backendContract(mode, () => createGpuBackend({ mode }), {
    runs: 40,
    // complex products and quotients in single precision: a part's error is relative to the modulus, not to the part
    tolerances: { zip: { float32: { relative: 4e-6, ofLargest: 5e-7 } } },
  })
}
