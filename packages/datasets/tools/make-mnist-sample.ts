// Writes src/generated/mnist-sample-bytes.ts: the first 1,000 training and the first 1,000 test digits of the canonical
// MNIST, found as mnist() finds them. Run from the package's folder: `pnpm exec node tools/make-mnist-sample.ts`.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { mnist, take } from '../src/index.ts'

const COUNT = 1000
const { train, test, canonical, source } = await mnist()
if (!canonical) throw new Error(`the sample is cut from the canonical MNIST only: ${source}`)
const parts = [take(train, COUNT), take(test, COUNT)].flatMap(({ images, labels }) => [images.data, labels])
const base64 = gzipSync(Buffer.concat(parts), { level: 9, memLevel: 9 }).toString('base64')
const lines = base64.match(/.{1,4096}/g) ?? []
const file = join(import.meta.dirname, '../src/generated/mnist-sample-bytes.ts')
writeFileSync(
  file,
  `// Written by tools/make-mnist-sample.ts; licence in MNIST-LICENSE.md beside it.
// Gzip in base64 of ${COUNT} training images (28×28 bytes each), their labels, ${COUNT} test images, their labels.
export const mnistSampleBytes: string = \`
${lines.join('\n')}\`
`,
)
console.log(`${file}: ${base64.length} characters from ${source}`)
