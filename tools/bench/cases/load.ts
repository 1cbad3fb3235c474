// What a page pays before the first result: the bytes that are shipped, and a fresh process from an imported module to its first product.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import type { Group } from './context.ts'

/** Kilobytes of a minified bundle, gzip, and milliseconds in it. */
export const load: Group = async function* ({ threads }) {
  if (threads > 1) return
  const folder = mkdtempSync(join(tmpdir(), 'scatterlab-load-'))
  const entry = join(folder, 'entry.js')
  const wasm = fileURLToPath(import.meta.resolve('@scatterlab/wasm'))
  const tensor = fileURLToPath(import.meta.resolve('@scatterlab/tensor'))
  writeFileSync(
    entry,
    `import { createWasmBackend } from ${JSON.stringify(wasm)}
import { empty, matmul, ones } from ${JSON.stringify(tensor)}
export function first() {
  const start = performance.now()
  const backend = createWasmBackend({ threads: 1 })
  const a = ones([64, 64], { backend })
  matmul(a, a)
  return performance.now() - start
}`,
  )
  await build({
    root: folder,
    logLevel: 'silent',
    build: {
      outDir: join(folder, 'dist'),
      lib: { entry, formats: ['es'], fileName: () => 'bundle.mjs' },
      minify: true,
      rollupOptions: { external: [/^node:/] },
    },
  })
  const bundle = join(folder, 'dist', 'bundle.mjs')
  const kilobytes = gzipSync(readFileSync(bundle)).length / 1000
  const program = `const { first } = await import(${JSON.stringify(bundle)}); console.log(first())`
  const sample = (): number =>
    Number(spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout)
  yield { group: 'load', name: 'tensor and wasm, minified, gzip', unit: 'kB', sample: () => kilobytes }
  yield {
    group: 'load',
    name: 'fresh process: back end made, first product 64x64x64 done',
    unit: 'ms',
    sample,
    close: () => rmSync(folder, { recursive: true }),
  }
}
