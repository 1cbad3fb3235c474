import { expect, test } from 'vitest'
import { catalogsOf, versionClashes } from './versions.ts'
import type { Manifest } from './workspace.ts'

const clashes = (manifests: Record<string, Omit<Manifest, 'name'>>, catalog: Record<string, string> = {}) =>
  versionClashes(
    new Map(Object.entries(manifests).map(([folder, manifest]) => [folder, { name: folder, ...manifest }])),
    new Map([
      ['catalog:', new Map(Object.entries(catalog))],
      ['catalog:older', new Map([['vite', '7.0.0']])],
    ]),
  )

test('the same exact version everywhere is accepted, by the catalog or written out', () => {
  const a = { dependencies: { fflate: 'catalog:', ndarray: '1.0.19' } }
  const b = { devDependencies: { fflate: 'catalog:', ndarray: '1.0.19', '@scatterlab/testing': 'workspace:*' } }
  expect(clashes({ a, b }, { fflate: '0.8.3' })).toEqual([])
})

test('two versions of one dependency are refused, wherever they stand', () => {
  const a = { dependencies: { ndarray: '1.0.19' } }
  const b = { optionalDependencies: { ndarray: '1.0.18' } }
  expect(clashes({ a, b })).toEqual(['ndarray: 1.0.19 in a; 1.0.18 in b'])
})

test.each(['^1.0.19', '~1.0.19', '*', 'latest', '>=1.0.0'])('the range %s is refused', (range) => {
  expect(clashes({ a: { dependencies: { ndarray: range } } })).toEqual([
    `a: ndarray is ${range}, not one exact version`,
  ])
})

test('a version written out beside the catalog is refused, and one that the catalog lacks', () => {
  expect(clashes({ a: { dependencies: { vite: '8.3.8' } } }, { vite: '8.3.8' })).toEqual([
    'a: vite stands in the catalog: write "catalog:"',
  ])
  expect(clashes({ a: { dependencies: { vite: 'catalog:' } } })).toHaveLength(1)
})

test('a named catalog may give one more version, and nothing that it lacks', () => {
  const asks = (vite: string) => ({ a: { dependencies: { vite: 'catalog:' } }, b: { dependencies: { vite } } })
  expect(clashes(asks('catalog:older'), { vite: '8.3.8' })).toEqual([])
  expect(clashes(asks('catalog:oldest'), { vite: '8.3.8' })).toEqual([
    'b: vite is missing from catalog:oldest, not one exact version',
  ])
})

test('the catalogs are read from pnpm-workspace.yaml, quoted names and comments included', () => {
  const yaml = `packages:\n  - packages/*\ncatalog:\n  '@types/node': 24.19.2\n  vitest: 5.1.1 # note\ncatalogs:\n  # why\n  older:\n    vitest: 4.0.0\nother:\n  fflate: 1.0.0\n`
  const read = [...catalogsOf(yaml)].map(([asked, versions]) => [asked, Object.fromEntries(versions)])
  expect(read).toEqual([
    ['catalog:', { '@types/node': '24.19.2', vitest: '5.1.1' }],
    ['catalog:older', { vitest: '4.0.0' }],
  ])
})
