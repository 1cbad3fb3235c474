// The transform on the WebAssembly back end as the page and its worker run it.
import { scattering2d } from '@scatterlab/scattering'
import { createWasmBackend } from '@scatterlab/wasm'
import { images, transform } from './images.ts'

/** What came out, or the code and message of what was thrown. */
export type Outcome =
  | { readonly numbers: number[]; readonly description: string; readonly declined: string[] }
  | { readonly code: string; readonly message: string }

/** Transforms the images on three threads, where they can be had. */
export async function outcome(): Promise<Outcome> {
  try {
    const backend = createWasmBackend({ threads: 3 })
    await backend.start()
    const { data } = scattering2d({ ...transform, backend }).transform(images)
    const { description, declined } = backend
    backend.close()
    return { numbers: Array.from(data), description, declined: [...declined.keys()] }
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message }
  }
}
