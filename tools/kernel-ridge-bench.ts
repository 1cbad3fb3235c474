// `node tools/kernel-ridge-bench.ts [N]`: exact kernel ridge regression on the first N digits of MNIST as 400 principal components of their
// pixels, all cores; γ by 'scale', λ = 1e-5 N; its errors on the last 10,000 training digits.
import { mnist, take, toFloat32 } from '@scatterlab/datasets'
import { errorCount, kernelRidge, pca } from '@scatterlab/learn'
import { createWasmBackend } from '@scatterlab/wasm'

const count = Number(process.argv[2] ?? 5_000)
if (!Number.isInteger(count) || count < 1_000 || count > 50_000) {
  console.error('usage: node tools/kernel-ridge-bench.ts [N, 1,000 to 50,000]')
  process.exit(2)
}
const { train } = await mnist()
const [known, held] = [take(train, count), take(train, 10_000, 50_000)]

const backend = createWasmBackend()
const pixels = toFloat32(known.images)
const components = await pca(pixels, { components: 400, backend })
const x = await components.apply(pixels)
const unseen = await components.apply(toFloat32(held.images))

const start = performance.now()
const since = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`
let stage = ''
const classifier = await kernelRidge(x, known.labels, {
  penalty: 1e-5 * count,
  backend,
  onProgress: (at) => {
    if (at.stage !== stage) console.log(`${since()}: ${(stage = at.stage)}`)
  },
})
console.log(`${count} × 400: fitted in ${since()}, ${backend.description}`)
const { errors } = errorCount(await classifier.predict(unseen), held.labels)
const peak = process.resourceUsage().maxRSS / 2 ** 20
console.log(`${errors} of 10,000 held-out digits wrong; ${peak.toFixed(1)} GiB at most, features included`)
