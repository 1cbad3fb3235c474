import { expect, test } from 'vitest'
import { apiPage, entriesOf, withoutHeading } from './api-page.ts'

test('every entry point of a package has its page, but those for tests', () => {
  const exports = {
    '.': './src/index.ts',
    './deep': './src/a/deep.ts',
    './cases': './src/x.test.cases.ts',
    './package.json': './package.json',
  }
  expect(entriesOf('packages/tensor', JSON.stringify({ name: '@scatterlab/tensor', exports }))).toEqual([
    { specifier: '@scatterlab/tensor', folder: 'tensor', file: 'packages/tensor/src/index.ts' },
    { specifier: '@scatterlab/tensor/deep', folder: 'tensor', file: 'packages/tensor/src/a/deep.ts' },
  ])
  expect(entriesOf('packages/x', JSON.stringify({ name: 'x', private: true, exports }))).toEqual([])
})

test('an export without its heading is named', () => {
  const markdown =
    '## Functions\n\n### fft()\n\n#### inner()\n\n### abstract Base\n\n### Pair&lt;A, B&gt;\n\n### a\\_b\n\n- [operations](x.md)\n'
  const names = ['fft', 'Base', 'Pair', 'a_b', 'operations', 'inner', 'ifft']
  expect(withoutHeading(markdown, names)).toEqual(['inner', 'ifft'])
})

test('a page leads to its package, where the package has a page', () => {
  const entry = { specifier: '@scatterlab/tensor/operations', folder: 'tensor', file: '' }
  expect(apiPage(entry, 'tensor/operations', '# @scatterlab/tensor/operations\n\nText.')).toBe(
    '# @scatterlab/tensor/operations\n\nWhat `@scatterlab/tensor/operations` exports, from its doc comments. What the package is for: ' +
      '[packages/tensor](../../packages/tensor.md).\n\nText.',
  )
  expect(apiPage({ ...entry, folder: 'nowhere' }, 'nowhere', '# x\n')).not.toContain('](')
})
