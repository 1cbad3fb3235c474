// Runs inside a module worker of a page: squares some numbers on the mode that it is told.
import { map } from '@scatterlab/tensor/operations'
import { empty, tensor } from '@scatterlab/tensor'
import { createGpuBackend } from './backend.ts'
import type { Mode } from './device.ts'

addEventListener('message', ({ data }) => {
  void square(data as Mode).then((answer) => postMessage(answer))
})

async function square(mode: Mode): Promise<object> {
  const backend = await createGpuBackend({ mode })
  const x = tensor([0, 1, 2, 3], [4], { backend })
  const out = empty([4], { backend })
  map(backend, 'square', x, out)
  return { mode: backend.mode, numbers: Array.from(await out.read()) }
}
