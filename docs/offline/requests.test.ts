import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptFiles } from '../tools/offline.ts'
import { fileOf, isLasting } from './requests.ts'

test.each([
  ['https://host/lecture/', 'index.html'],
  ['https://host/lecture/demos/?a=1#J=3', 'demos/index.html'],
  ['https://host/lecture/assets/a%40b.js', 'assets/a@b.js'],
  ['https://host/other/', undefined],
  ['https://elsewhere/lecture/', undefined],
])('%s asks for %s', (url, file) => {
  expect(fileOf(url, 'https://host/lecture/')).toBe(file)
})

test('a file with a hash in its name lasts; a page does not', () => {
  expect(isLasting('assets/app.4f0c.js')).toBe(true)
  expect(isLasting('index.html')).toBe(false)
})

test('the list has pages first, the small ones before the large; its version is that of all files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scatterlab-kept-'))
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text)
  try {
    mkdirSync(join(folder, 'assets'))
    write('index.html', 'long page')
    write('a.html', 'page')
    write('assets/x.js', '1')
    write('sw.js', 'itself')
    write('404.html', 'no page')
    const { files, bytes, version } = keptFiles(folder)
    expect(files).toEqual(['a.html', 'index.html', 'assets/x.js'])
    expect(bytes).toBe(14)
    write('sw.js', 'itself, again')
    expect(keptFiles(folder).version).toBe(version)
    write('assets/x.js', '2')
    expect(keptFiles(folder).version).not.toBe(version)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
