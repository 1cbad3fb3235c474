// Runs inside a module worker of a page: squares some numbers on the mode that it is told.
import { empty, square, tensor } from '@scatterlab/tensor'
import { createGpuBackend } from './backend.ts'
import type { Mode } from './device.ts'

addEventListener('message', ({ data }) => {
  void squares(data as Mode).then((answer) => postMessage(answer))
})

async function squares(mode: Mode): Promise<object> {
  const backend = await createGpuBackend({ mode })
  const x = tensor([0, 1, 2, 3], [4], { backend })
  const out = empty([4], { backend })
  square.into(out, x)
  return { mode: backend.mode, numbers: Array.from(await out.read()) }
}
