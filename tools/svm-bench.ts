// `node tools/svm-bench.ts [N] [ours|peer]`: our support vector machine and scikit-learn's SVC (LIBSVM), in turn, one thread each, on the
// first N digits of MNIST as 400 principal components of their pixels; C = 10, γ by 'scale'. For the peer it needs a
// python3 with scikit-learn, such as Debian's python3-sklearn (PYTHON names another one). Pin it: `taskset -c 1 node tools/svm-bench.ts`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { mnist, take, toFloat32 } from '@scatterlab/datasets'
import { pca, svm } from '@scatterlab/learn'
import { createWasmBackend } from '@scatterlab/wasm'

const count = Number(process.argv[2] ?? 5_000)
const which = process.argv[3] ?? 'both'
const [columns, cost] = [400, 10]
if (!Number.isInteger(count) || count < 1_000) {
  console.error('usage: node tools/svm-bench.ts [N, 1,000 or more] [ours|peer]')
  process.exit(2)
}
const { images, labels } = take((await mnist()).train, count)

const backend = createWasmBackend({ threads: 1 })
const pixels = toFloat32(images)
const x = await (await pca(pixels, { components: columns, backend })).apply(pixels)
let gamma = 0
if (which !== 'peer') {
  const start = performance.now()
  const { problems, supportRows, kernel } = await svm(x, labels, { cost, backend })
  const seconds = (performance.now() - start) / 1000
  gamma = kernel.gamma
  const objective = problems.reduce((sum, problem) => sum + problem.objective, 0)
  const gap = problems.reduce((sum, problem) => sum + problem.gap, 0)
  console.log(
    `ours: ${seconds.toFixed(1)} s, dual objective ${objective.toFixed(4)} (gap ${gap.toFixed(2)}), ${supportRows.length} support vectors`,
  )
}
if (which !== 'ours') {
  let squares = 0
  for (const value of x.data) squares += value * value
  if (gamma === 0) gamma = count / squares
  const folder = mkdtempSync(`${tmpdir()}/svm-`)
  writeFileSync(`${folder}/x.f32`, new Uint8Array(x.data.buffer))
  writeFileSync(`${folder}/y.u8`, labels)
  const script = fileURLToPath(new URL('./bench/peers/svm.py', import.meta.url))
  const args = [script, folder, count, columns, cost, gamma].map(String)
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const { stdout, stderr, status } = spawnSync(process.env.PYTHON ?? 'python3', args, { encoding: 'utf8', env })
  rmSync(folder, { recursive: true })
  if (status !== 0) throw new Error(`scikit-learn did not run:\n${stderr}`)
  const { seconds, objective, supportVectors } = JSON.parse(stdout) as Record<string, number>
  console.log(
    `scikit-learn: ${seconds.toFixed(1)} s, dual objective ${objective.toFixed(4)}, ${supportVectors} support vectors`,
  )
}
