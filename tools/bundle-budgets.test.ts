// What a page carries that imports little: the bytes of minified bundles, gzip, held to a budget each. A script, since Vite keeps the
// white space of a library's module.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { expect, it } from 'vitest'
import { repositoryRoot } from './workspace.ts'

/** A file that there need not be. */
const entry = join(repositoryRoot, 'tools/budget-entry.ts')

async function kilobytesOf(code: string): Promise<number> {
  const result = await build({
    root: repositoryRoot,
    configFile: false,
    logLevel: 'error',
    plugins: [
      { name: 'entry', resolveId: (id) => (id === entry ? entry : null), load: (id) => (id === entry ? code : null) },
    ],
    build: { write: false, minify: true, lib: { entry, formats: ['iife'], name: 'page', fileName: 'entry' } },
  })
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  const chunks = outputs.flatMap((output) => (output.type === 'chunk' ? [output.code] : []))
  return chunks.reduce((sum, chunk) => sum + gzipSync(chunk).length, 0) / 1000
}

it.each([
  ['a sum of arrays', 6, `export { add } from '@scatterlab/tensor'`],
  [
    'scattering on WebAssembly',
    45,
    `export { scattering2d } from '@scatterlab/scattering'
     export { scatteringKernels, wasmBackend } from '@scatterlab/wasm'`,
  ],
  ['the whole WebAssembly back end', 81, `export { createWasmBackend } from '@scatterlab/wasm'`],
])('%s: at most %d kB', async (_, most, code) => {
  const kilobytes = await kilobytesOf(code)
  expect(kilobytes).toBeLessThan(most)
  // a budget that is far too large holds nothing
  expect(kilobytes).toBeGreaterThan(0.8 * most)
})
