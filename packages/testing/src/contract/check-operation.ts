// Random calls of one operation on a back end, beside the reference. No test runner in it, so that a page can run it too.
import { type Backend, type DType, realOf } from '@scatterlab/tensor'
import fc from 'fast-check'
import type { Tolerance } from '../expect-close.ts'
import { arrayCases } from './array-cases.ts'
import { type Cases, type Operation, type Tolerances, compareCall, describeCall } from './call.ts'
import { networkCases } from './network-cases.ts'
import { scatteringCases } from './scattering-cases.ts'
import { TOLERANCES } from './tolerances.ts'

/** Random calls of each operation of the interface: one that lacks here does not compile. */
export const contractCases: Cases = {
  ...arrayCases,
  ...scatteringCases,
  ...networkCases,
}

/** How an operation is checked. */
export interface CheckOptions {
  /** Tolerances that differ from the table in tolerances.ts, by operation. */
  readonly tolerances?: Partial<Record<Operation, Partial<Tolerances>>>
  /** Random calls of each operation (default 100). */
  readonly runs?: number
  /** Of the random calls (default 1). */
  readonly seed?: number
}

/**
 * Runs random calls of one operation; gives how many there were and how many the back end ran. Throws the simplest that
 * fails.
 */
export async function checkOperation(
  backend: Backend,
  operation: Operation,
  { runs = 100, seed = 1, tolerances = {} }: CheckOptions = {},
): Promise<[total: number, taken: number]> {
  const tolerance = (dtype: DType): Tolerance =>
    tolerances[operation]?.[realOf(dtype)] ?? TOLERANCES[operation][realOf(dtype)]
  const before = backend.declined.get(operation) ?? 0
  let total = 0
  const result = await fc.check(
    fc.asyncProperty(contractCases[operation], async (call) => {
      total++
      await compareCall(call, backend, tolerance)
    }),
    { numRuns: runs, seed },
  )
  if (result.failed) {
    const [call] = result.counterexample ?? []
    const cause = result.errorInstance
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Error(call ? `${describeCall(operation, call)}: ${message}` : message, { cause })
  }
  return [total, total - ((backend.declined.get(operation) ?? 0) - before)]
}
