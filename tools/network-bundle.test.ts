// What a page carries that uses a few layers only: a bundler leaves out the rest of nn. Sizes are of minified code.
import { join } from 'node:path'
import { build } from 'vite'
import { expect, it } from 'vitest'
import { repositoryRoot } from './workspace.ts'

/** A file that there need not be. */
const entry = join(repositoryRoot, 'tools/bundle-entry.ts')

interface Bundle {
  readonly bytes: number
  /** Files of nn of which something is left. */
  readonly files: readonly string[]
}

async function bundle(code: string): Promise<Bundle> {
  const result = await build({
    root: repositoryRoot,
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? code : null),
      },
    ],
    build: { write: false, minify: true, lib: { entry, formats: ['es'], fileName: 'entry' } },
  })
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  const chunks = outputs.flatMap((output) => (output.type === 'chunk' ? [output] : []))
  const modules = chunks.flatMap((chunk) => Object.entries(chunk.modules))
  return {
    bytes: chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.code), 0),
    files: modules
      .filter(([id, { renderedLength }]) => id.includes('/nn/src/') && renderedLength > 0)
      .map(([id]) => id.slice(id.indexOf('/nn/src/') + '/nn/src/'.length))
      .sort(),
  }
}

it('a network of convolutions and rectifiers takes only these', async () => {
  const few = await bundle(`export { conv2d, network, relu, sequential } from '@scatterlab/nn'`)
  expect(few.files).toEqual([
    'arguments.ts',
    'layers/activations.ts',
    'layers/affine.ts',
    'layers/conv2d.ts',
    'layers/initialisers.ts',
    'layers/layer.ts',
    'layers/sequential.ts',
    'network.ts',
    'operations/activations.ts',
    'operations/convolution.ts',
    'operations/filled.ts',
    'operations/sides.ts',
  ])
  // the arrays, the rules of gradients, and the references of the operations that these use; all of nn is twice that
  expect(few.bytes).toBeLessThan(60_000)
})
