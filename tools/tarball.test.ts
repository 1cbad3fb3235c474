import { expect, test } from 'vitest'
import { entryPoints, firstExample, misplacedFiles } from './tarball.ts'

const whole = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts']

test('a whole tarball is accepted', () => {
  expect(misplacedFiles([...whole, 'dist/attest.js', 'src/latest.ts'])).toEqual([])
})

test.each(['src/fft.test.ts', 'dist/fft.test.js', 'dist/fft.test.d.ts.map', '.tsbuildinfo', 'bench/fft.ts'])(
  '%s is refused',
  (path) => {
    expect(misplacedFiles([...whole, path])).toEqual([`${path} does not belong in the tarball`])
  },
)

test.each(whole)('%s is missed', (path) => {
  expect(misplacedFiles(whole.filter((each) => each !== path))).toEqual([`${path} is missing`])
})

test('the first ts block of a README is its example', () => {
  const readme = 'Text\n\n```sh\nnpm i\n```\n\n```ts\nconst a = 1\nconsole.log(a)\n```\n\n```ts\nconst b = 2\n```\n'
  expect(firstExample(readme)).toBe('const a = 1\nconsole.log(a)\n')
  expect(firstExample('No example')).toBeUndefined()
})

test('entry points are what is exported, by its name for an import', () => {
  expect(entryPoints('@a/b', ['.', './c', './package.json'])).toEqual(['@a/b', '@a/b/c'])
})
