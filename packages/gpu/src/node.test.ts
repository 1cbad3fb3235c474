// In Node on WebGPU, where the optional `webgpu` package is installed and finds a driver; skipped, with the reason, elsewhere.
import { reference } from '@scatterlab/tensor'
import { backendContract, expectClose } from '@scatterlab/testing'
import { describe, expect, it } from 'vitest'
import { createGpuBackend } from './backend.ts'
import { declines, tolerances } from './contract.test.suite.ts'
import { NoGpuError } from './errors.ts'
import { training } from './training.test.steps.ts'

const missing = await createGpuBackend({ mode: 'webgpu' }).then(
  (backend) => backend.close(),
  (error: unknown) => error,
)

describe('in Node', () => {
  it('a machine without WebGPU is told what to install', (context) => {
    context.skip(missing === undefined, 'there is a GPU')
    expect(missing).toBeInstanceOf(NoGpuError)
    expect(missing).toMatchObject({ message: expect.stringMatching(/^no GPU here: webgpu: .*(webgpu@|driver)/) })
  })
})

describe.skipIf(missing !== undefined)(
  `in Node on WebGPU${missing instanceof Error ? ` (${missing.message})` : ''}`,
  () => {
    backendContract('webgpu in Node', () => createGpuBackend({ mode: 'webgpu' }), {
      runs: 8,
      tolerances,
      declines,
    })

    it('trains as the reference does', async () => {
      const backend = await createGpuBackend()
      expect(backend.mode).toBe('webgpu')
      const [ours, theirs] = [training(backend), training(reference)]
      for (let i = 0; i < 3; i++) for (const each of [ours, theirs]) each.step()
      const [a, b] = [await ours.numbers(), await theirs.numbers()]
      for (const name of Object.keys(b)) expectClose(a[name], b[name], { absolute: 2e-5 })
      await backend.close()
    })
  },
)
