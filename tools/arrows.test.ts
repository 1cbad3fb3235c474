import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { arrowViolations, manifestViolations, oneFileViolations, sourceViolations, tableViolations } from './arrows.ts'
import { house } from './arrows-table.ts'
import { readMembers, readSources, repositoryRoot } from './workspace.ts'
import type { Manifest, Member } from './workspace.ts'

const member = (folder: string, manifest: Partial<Manifest> = {}): Member => {
  const [parent, title = ''] = folder.split('/')
  return {
    kind: parent === 'apps' ? 'app' : 'package',
    title,
    folder,
    manifest: { name: `@scatterlab/${title}`, ...manifest },
  }
}
const dependenciesOf = (title: string): Partial<Manifest> => ({
  bin: { [title]: './src/bin.ts' },
  dependencies: Object.fromEntries(house.packages[title]?.libraries.map((library) => [library, '1.0.0']) ?? []),
})
const madeUp = [
  ...Object.keys(house.packages).map((title) => member(`packages/${title}`, dependenciesOf(title))),
  member('apps/digits'),
]

/** The violations of one made-up source file. */
function inSource(path: string, text: string): string[] {
  const owner = madeUp.find(({ folder }) => path.startsWith(`${folder}/`))
  if (!owner) throw new Error(`no member owns ${path}`)
  return sourceViolations({ path, text }, owner, madeUp)
}

/** The violations of one made-up package.json. */
const inManifest = (folder: string, manifest: Partial<Manifest>): string[] =>
  manifestViolations(member(folder, manifest), madeUp)

describe('the repository', () => {
  const members = readMembers()
  const sources = new Map(members.map((each) => [each, readSources(each)]))

  test('is read: members and their sources are found', () => {
    expect(members.length).toBeGreaterThan(5)
    for (const [each, files] of sources) expect(files, each.folder).not.toHaveLength(0)
  })

  test('keeps to the arrows', () => {
    expect(arrowViolations(members, sources)).toEqual([])
  })

  test('has an architecture page with the same packages and arrows as the table', () => {
    const page = readFileSync(join(repositoryRoot, 'docs/architecture.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `([a-z]+)`[^|]*\|([^|]*)\|([^|]*)\|/gm)]
    const names = (cell: string | undefined) => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name)
    const onPage = Object.fromEntries(
      rows.map(([, title, imports, libraries]) => [title, [names(imports), names(libraries)]]),
    )
    const inTable = Object.fromEntries(
      Object.entries(house.packages).map(([title, { imports, libraries }]) => [title, [imports, libraries]]),
    )
    expect(onPage).toEqual(inTable)
  })
})

describe('an import is refused', () => {
  test.each([
    ['against an arrow', 'packages/wavelets/src/bank.ts', `import { ridge } from '@scatterlab/learn'`],
    ['upwards', 'packages/tensor/src/fft.ts', `import { morlet } from '@scatterlab/wavelets'`],
    ['of types only', 'packages/wavelets/src/bank.ts', `import type { Model } from '@scatterlab/learn'`],
    ['in a re-export', 'packages/wavelets/src/index.ts', `export * from '@scatterlab/learn'`],
    ['in a named re-export', 'packages/wavelets/src/index.ts', `export { ridge } from '@scatterlab/learn'`],
    ['when dynamic', 'packages/wavelets/src/bank.ts', `const learn = await import('@scatterlab/learn')`],
    ['when dynamic, in a template', 'packages/wavelets/src/bank.ts', 'const learn = import(`@scatterlab/learn`)'],
    ['inside a type', 'packages/wavelets/src/bank.ts', `export type M = import('@scatterlab/learn').Model`],
    ['by a subpath', 'packages/wavelets/src/bank.ts', `import { mnist } from '@scatterlab/datasets/mnist'`],
    ['from a test too', 'packages/wavelets/src/bank.test.ts', `import { ridge } from '@scatterlab/learn'`],
    ['of itself by name', 'packages/wavelets/src/bank.ts', `import { morlet } from '@scatterlab/wavelets'`],
    ['of an app', 'packages/repro/src/run.ts', `import app from '@scatterlab/digits'`],
    ['of a package that does not exist', 'apps/digits/src/main.ts', `import x from '@scatterlab/nowhere'`],
    ['of the test package outside tests', 'packages/learn/src/ridge.ts', `import '@scatterlab/testing'`],
    ['of the test package in an app', 'apps/digits/src/main.ts', `import '@scatterlab/testing'`],
    [
      'of the test package where it stands on the importer',
      'packages/tensor/src/a.test.ts',
      `import '@scatterlab/testing'`,
    ],
    ['of a neighbour by path', 'packages/wavelets/src/bank.ts', `import { fft } from '../../tensor/src/fft.ts'`],
    ['of a neighbour by path, from a test', 'packages/wavelets/src/a.test.ts', `import '../../tensor/src/fft.ts'`],
    ['of a tool by path', 'packages/wavelets/src/bank.ts', `import '../../../tools/arrows.ts'`],
    [
      'of a neighbour by URL',
      'packages/wasm/src/pool.ts',
      `new Worker(new URL('../../tensor/src/w.ts', import.meta.url))`,
    ],
    ['of ndarray outside tensor', 'packages/scattering/src/paths.ts', `import type { NdArray } from 'ndarray'`],
    ['of ndarray in the tests of another package', 'packages/learn/src/a.test.ts', `import ndarray from 'ndarray'`],
    ['of fft.js outside tensor', 'packages/wavelets/src/bank.ts', `import FFT from 'fft.js'`],
    ['of fft.js by require', 'packages/wavelets/src/bank.ts', `const FFT = require('fft.js')`],
    ['of a plotting library outside figures', 'apps/digits/src/main.ts', `import * as Plot from '@observablehq/plot'`],
    ['of a library in no row', 'packages/wasm/src/gpu.ts', `import { GPU } from 'gpu.js'`],
    ['of the property-test library outside tests', 'packages/learn/src/ridge.ts', `import fc from 'fast-check'`],
    [
      "of Node's modules in a package for browsers",
      'packages/datasets/src/cache.ts',
      `import { readFile } from 'node:fs/promises'`,
    ],
    ["of Node's modules in the runner", 'packages/repro/src/run.ts', `import fs from 'node:fs'`],
    ["of Node's modules under their bare name", 'packages/datasets/src/cache.ts', `import fs from 'fs'`],
    ["of Node's modules in an app", 'apps/digits/src/main.ts', `const fs = await import('node:fs')`],
    [
      'of a file for Node from one for browsers',
      'packages/datasets/src/mnist.ts',
      `import { cache } from './cache.node.ts'`,
    ],
    ['of what only tests import', 'packages/figures/src/svg.ts', `import { read } from './pixels.test.reader.ts'`],
  ])('%s', (_, path, text) => {
    const violations = inSource(path, text)
    expect(violations).toHaveLength(1)
    expect(violations[0]).toContain(`${path}:1: `)
  })

  test('with the line and the arrows that there are', () => {
    expect(inSource('packages/scattering/src/paths.ts', `\n\nimport { ridge } from '@scatterlab/learn'`)).toEqual([
      'packages/scattering/src/paths.ts:3: depends on @scatterlab/learn: scattering may import wavelets, tensor',
    ])
  })
})

describe('an import is accepted', () => {
  test.each([
    ['along an arrow', 'packages/scattering/src/paths.ts', `import { morlet } from '@scatterlab/wavelets'`],
    ['inside the package', 'packages/wavelets/src/bank.ts', `import { gabor } from './deep/gabor.ts'`],
    [
      'of the test package in tests',
      'packages/learn/src/a.test.ts',
      `import '@scatterlab/testing'; import fc from 'fast-check'`,
    ],
    [
      'of the test package in benchmarks',
      'packages/learn/bench/a.ts',
      `import '@scatterlab/testing'; import 'node:os'`,
    ],
    ['of its own name in its tests', 'packages/learn/src/a.test.ts', `import { ridge } from '@scatterlab/learn'`],
    ['of the library of the package', 'packages/tensor/src/fft.ts', `import FFT from 'fft.js'`],
    [
      'of a subpath of that library',
      'packages/tensor/src/random.ts',
      `import { x } from 'pure-rand/generator/xoroshiro128plus'`,
    ],
    ["of Node's modules in a file for Node", 'packages/datasets/src/cache.node.ts', `import fs from 'node:fs'`],
    [
      "of Node's modules in tests",
      'packages/datasets/src/a.test.ts',
      `import fs from 'node:fs'; import './cache.node.ts'`,
    ],
    ["of Node's modules in what only tests import", 'packages/figures/src/a.test.reader.ts', `import 'node:crypto'`],
    ["of Node's modules in a package's own tools", 'packages/datasets/tools/pack.ts', `import 'node:fs'`],
    [
      "of the types of Node's modules",
      'packages/wasm/src/workers.ts',
      `type Threads = typeof import('node:worker_threads')`,
    ],
    ["of Node's modules in a program", 'packages/repro/src/bin.ts', `import 'node:fs'; import './command.node.ts'`],
    [
      'of any package by an app',
      'apps/digits/src/main.ts',
      `import '@scatterlab/repro'; import '@scatterlab/datasets/mnist'`,
    ],
    [
      'that only stands in a comment or a string',
      'packages/learn/src/a.ts',
      `// import 'fft.js'\nconst s = "import 'fft.js'"`,
    ],
  ])('%s', (_, path, text) => {
    expect(inSource(path, text)).toEqual([])
  })
})

describe('a package.json is refused', () => {
  test.each<[string, string, Partial<Manifest>]>([
    ['for an arrow that is not there', 'packages/wavelets', { dependencies: { '@scatterlab/learn': 'workspace:^' } }],
    ['for one among its peers', 'packages/wavelets', { peerDependencies: { '@scatterlab/learn': 'workspace:^' } }],
    ['for one among its tests', 'packages/wavelets', { devDependencies: { '@scatterlab/learn': 'workspace:*' } }],
    ['when it ships the test package', 'packages/wavelets', { dependencies: { '@scatterlab/testing': 'workspace:^' } }],
    [
      'when tensor tests with the test package',
      'packages/tensor',
      { devDependencies: { '@scatterlab/testing': 'workspace:*' } },
    ],
    ['for a library of another package', 'packages/wavelets', { dependencies: { ndarray: '1.0.19' } }],
    ['for a library in no row', 'apps/digits', { dependencies: { lodash: '4.0.0' } }],
  ])('%s', (_, folder, manifest) => {
    const violations = inManifest(folder, manifest)
    expect(violations).toHaveLength(1)
    expect(violations[0]).toContain(`${folder}/package.json: `)
  })

  test('but not for its arrows, its libraries and its tools', () => {
    const manifest = {
      dependencies: { '@scatterlab/tensor': 'workspace:^', 'ml-matrix': '6.15.1' },
      devDependencies: { '@scatterlab/testing': 'workspace:*', 'fast-check': 'catalog:', '@types/node': 'catalog:' },
    }
    expect(inManifest('packages/learn', manifest)).toEqual([])
  })
})

describe('the table is refused', () => {
  test('when a package has no row, and when a row has no package', () => {
    const withoutTensor = [...madeUp.filter(({ title }) => title !== 'tensor'), member('packages/extra')]
    expect(tableViolations(withoutTensor)).toEqual([
      'packages/extra: has no row in the table of arrows',
      'table of arrows: tensor is not a package',
    ])
  })

  test('when it names a library that the package does not depend on', () => {
    const withoutLibraries = madeUp.map((each) => (each.title === 'learn' ? member('packages/learn') : each))
    expect(tableViolations(withoutLibraries)).toEqual(['table of arrows: learn does not depend on ml-matrix'])
  })

  test('when its arrows go in a circle', () => {
    const tensor = { imports: ['wavelets'], libraries: [], node: false }
    const circular = { ...house, packages: { ...house.packages, tensor } }
    expect(tableViolations(madeUp, circular)).toContain('table of arrows: tensor reaches itself')
  })
})

test('a library for one file is refused in a second, tests aside', () => {
  const tensor = madeUp.find(({ title }) => title === 'tensor')
  if (!tensor) throw new Error('tensor is not in the table')
  const file = (name: string) => ({ path: `packages/tensor/src/${name}`, text: `import ndarray from 'ndarray'` })
  expect(oneFileViolations(madeUp, new Map([[tensor, [file('a.ts'), file('a.test.ts')]]]))).toEqual([])
  expect(oneFileViolations(madeUp, new Map([[tensor, [file('a.ts'), file('b.ts')]]]))).toEqual([
    'packages/tensor/src/a.ts, packages/tensor/src/b.ts: ndarray is wrapped by one file only',
  ])
})

test('a source that does not parse is an error that names it', () => {
  expect(() => inSource('packages/learn/src/a.ts', 'import {')).toThrow(/packages\/learn\/src\/a\.ts does not parse/)
})
