// Runs the code in the packages' READMEs, which are pages of the site: the blocks of one README after each other, each in a scope within the one before, so
// that it may use what stands there. The first block of each is also run from the packed tarball (tools/pack-check.ts). Long work is shortened. Not run:
// blocks that fetch a data set.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatWithOptions } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const docs = join(import.meta.dirname, '..')
const place = join(docs, '.cache/readme-code')
const packages = join(docs, '../packages')

/** What the blocks of a README take for given. */
const given: Readonly<Record<string, string>> = {
  datasets: `const input = {}`,
  scattering: `
import { covariances2d, invert, rotoTranslation2d, scattering1d, scatteringStream, synthesise, timeFrequencyScattering } from '@scatterlab/scattering'
import { lbfgs } from '@scatterlab/optim'
import { take, toFloat32 } from '@scatterlab/datasets'
import { mnistSample } from '@scatterlab/datasets/mnist-sample'
const noise = (length) => Float32Array.from({ length }, (_, i) => Math.sin(i * i))
const sounds = noise(2048)
const pieces = [noise(5000), noise(5000)]
const image = { data: noise(1024).map((v) => (v + 1) / 2), shape: [32, 32] }
const texture = { data: noise(4096), shape: [64, 64] }
const digits = take((await mnistSample()).test, 2).images
const { signal, onProgress } = { signal: new AbortController().signal, onProgress: () => {} }`,
}

/** Less of the same. */
const shorter: readonly (readonly [RegExp, string])[] = [
  [/\[(?:100|4), 8192\]/g, '[1, 2048]'],
  [/(?<=(scattering1d|Scattering)\(\{ )length: 8192/g, 'length: 2048'],
  [/scatteringStream\(\{ scales: 8/g, 'scatteringStream({ scales: 4'],
  [/iterations: (?:50|150)/g, 'iterations: 2'],
  [/shape: \[128, 128\], scales: 6/g, 'shape: [64, 64], scales: 3'],
  [/'imagenet\//g, `'${place}/imagenet/`],
  [/from 'scatterlab'/g, `from '${join(packages, 'cli/src/index.ts')}'`],
]

const blocksOf = (name: string): string[] =>
  [...readFileSync(join(packages, name, 'README.md'), 'utf8').matchAll(/^```(?:ts|js)\n([\s\S]*?)^```/gm)]
    .map(([, code]) => shorter.reduce((text, [from, to]) => text.replaceAll(from, to), code!))
    .filter((code) => !code.includes('photograph('))

/** One module: what all import, once, and each block inside the one before. */
function moduleOf(blocks: readonly string[]): string {
  const imports = new Map<string, Set<string>>()
  const bodies = blocks.map((code) =>
    code
      .replaceAll(/^import \{ (.*) \} from '(.*)'$/gm, (_, names: string, from: string) => {
        const known = imports.get(from) ?? new Set()
        for (const name of names.split(', ')) known.add(name)
        imports.set(from, known)
        return ''
      })
      .replaceAll(/^export /gm, ''),
  )
  const heads = [...imports].map(([from, names]) => `import { ${[...names].join(', ')} } from '${from}'`)
  return [...heads, bodies.join('\n{\n'), '}'.repeat(bodies.length - 1)].join('\n')
}

const readmes = globSync('*/README.md', { cwd: packages })
  .map((path) => path.split('/')[0]!)
  .sort()
  .filter((name) => blocksOf(name).length > 0)

beforeAll(() => {
  const stripes = Buffer.concat([Buffer.from('P5 16 16 255 '), Buffer.alloc(256, 'stripes')])
  for (const folder of ['train/a', 'train/b', 'val/a', 'val/b']) {
    mkdirSync(join(place, 'imagenet', folder), { recursive: true })
    for (const file of ['1.jpg', '2.jpg']) writeFileSync(join(place, 'imagenet', folder, file), stripes)
  }
})
afterAll(() => rmSync(place, { recursive: true }))

test.each(readmes)('the code of %s runs', { timeout: 120_000 }, async (name) => {
  const blocks = [...(name in given ? [`${given[name]!.trim()}\n`] : []), ...blocksOf(name)]
  const file = join(place, `${name}.ts`)
  writeFileSync(file, moduleOf(blocks))
  const printed: string[] = []
  const log = vi
    .spyOn(console, 'log')
    .mockImplementation((...values) => void printed.push(formatWithOptions({ colors: false }, ...values)))
  try {
    await import(file)
  } finally {
    log.mockRestore()
  }
  const promised = blocks.flatMap((code) =>
    [...code.matchAll(/^console\.log\(.*\) \/\/ (\[ .*)$/gm)].map(([, shape]) => shape!),
  )
  expect(printed).toEqual(expect.arrayContaining(promised))
})
