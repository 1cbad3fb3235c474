// The page: random calls of every operation on both modes, beside the reference; what came of them is left where the test finds it.
import { createGpuBackend } from '@scatterlab/gpu'
import { checkOperation, contractCases } from '@scatterlab/testing'

/** What one mode made of the operations. */
export interface ModeOutcome {
  readonly ran: string
  /** Calls that ran on the GPU, by operation; or what was thrown. */
  readonly operations: Readonly<Record<string, number | string>>
}

async function outcome(mode: 'webgl2' | 'webgpu'): Promise<ModeOutcome> {
  const backend = await createGpuBackend({ mode })
  const operations: Record<string, number | string> = {}
  for (const operation of Object.keys(contractCases) as (keyof typeof contractCases)[]) {
    try {
      const [, taken] = await checkOperation(backend, operation, { runs: 12 })
      operations[operation] = taken
    } catch (error) {
      operations[operation] = String(error)
    }
  }
  const { mode: ran } = backend
  await backend.close()
  return { ran, operations }
}

Object.assign(globalThis, { outcomes: outcome('webgl2').then(async (first) => [first, await outcome('webgpu')]) })
