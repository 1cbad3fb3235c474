// Random calls of one operation on a back end, beside the reference. No test runner in it, so that a page can run it too.
import { type Backend, type DType, realOf } from '@scatterlab/tensor'
import { type OperationCases, type Tolerance, type Tolerances, contracts } from '@scatterlab/tensor/cases'
import fc from 'fast-check'
import { compareCall, describeCall } from './call.ts'

/** The contracts, by their titles. */
export const contractCases: Readonly<Record<string, OperationCases>> = Object.fromEntries(
  contracts.map((contract) => [contract.title, contract]),
)

/** How an operation is checked. */
export interface CheckOptions {
  /** Tolerances that differ from those beside the operations, by title. */
  readonly tolerances?: Readonly<Record<string, Partial<Tolerances>>>
  /** Random calls of each operation (default 100). */
  readonly runs?: number
  /** Of the random calls (default 1). */
  readonly seed?: number
  /** Whether a call that fails is made as simple as it can be (default true), which takes many more calls. */
  readonly simplify?: boolean
}

/**
 * Runs random calls of one operation; gives how many there were and how many the back end ran. Throws the simplest that
 * fails, or the first.
 */
export async function checkOperation(
  backend: Backend,
  title: string,
  { runs = 100, seed = 1, simplify = true, tolerances = {} }: CheckOptions = {},
): Promise<[total: number, taken: number]> {
  const contract = contractCases[title]
  const tolerance = (dtype: DType): Tolerance =>
    tolerances[title]?.[realOf(dtype)] ?? contract.tolerances[realOf(dtype)]
  const declined = (): number => backend.declined.get(contract.operation.title) ?? 0
  const before = declined()
  let total = 0
  const result = await fc.check(
    fc.asyncProperty(contract.calls, async (call) => {
      total++
      await compareCall(call, backend, tolerance)
    }),
    { numRuns: runs, seed, endOnFailure: !simplify },
  )
  if (result.failed) {
    const [call] = result.counterexample ?? []
    const cause = result.errorInstance
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Error(call ? `${describeCall(title, call)}: ${message}` : message, { cause })
  }
  return [total, total - (declined() - before)]
}
