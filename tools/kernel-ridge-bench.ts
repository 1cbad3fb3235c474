// `node tools/kernel-ridge-bench.ts [N]`: exact kernel ridge regression on the first N digits of MNIST as 400 principal components of their
// pixels, all cores; γ by 'scale', λ = 1e-5 N; its errors on the last 10,000 training digits. It needs SCATTERLAB_DATA.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { errorCount, kernelRidge, pca } from '@scatterlab/learn'
import { createWasmBackend } from '@scatterlab/wasm'

const count = Number(process.argv[2] ?? 5_000)
const root = process.env.SCATTERLAB_DATA
if (!root || !Number.isInteger(count) || count < 1_000 || count > 50_000) {
  console.error('usage: SCATTERLAB_DATA=… node tools/kernel-ridge-bench.ts [N, 1,000 to 50,000]')
  process.exit(2)
}
const file = (name: string, header: number): Uint8Array =>
  gunzipSync(readFileSync(`${root}/mnist/train-${name}-ubyte.gz`)).subarray(header)
const bytes = file('images-idx3', 16)
const digits = file('labels-idx1', 8)
const pixels = (start: number, end: number) => ({
  data: Float32Array.from(bytes.subarray(start * 784, end * 784), (byte) => byte / 255),
  shape: [end - start, 784],
})

const backend = createWasmBackend()
const training = pixels(0, count)
const components = await pca(training, { components: 400, backend })
const x = await components.apply(training)
const unseen = await components.apply(pixels(50_000, 60_000))

const start = performance.now()
const since = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`
let stage = ''
const classifier = await kernelRidge(x, digits.slice(0, count), {
  penalty: 1e-5 * count,
  backend,
  onProgress: (at) => {
    if (at.stage !== stage) console.log(`${since()}: ${(stage = at.stage)}`)
  },
})
console.log(`${count} × 400: fitted in ${since()}, ${backend.description}`)
const { errors } = errorCount(await classifier.predict(unseen), digits.subarray(50_000))
const peak = process.resourceUsage().maxRSS / 2 ** 20
console.log(`${errors} of 10,000 held-out digits wrong; ${peak.toFixed(1)} GiB at most, features included`)
