import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sourceViolations } from './arrows.ts'
import { appFiles, withReference, writeApp } from './new-app.ts'
import { readManifest, readMembers, readSources, repositoryRoot } from './workspace.ts'

const app = { name: 'made-up', slide: "Euler's Disk", claim: '50 % of all disks stop' }

/** An empty repository, gone after the test. */
function emptyRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'new-app-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'apps'))
  writeFileSync(join(root, 'tsconfig.json'), readFileSync(join(repositoryRoot, 'tsconfig.json')))
  return root
}

test('writes an app that is a member of the workspace, within the arrows, and referenced', () => {
  const root = emptyRepository()
  writeApp(app, root)
  const [written] = readMembers(root)
  if (!written) throw new Error('nothing was written')
  expect(written).toMatchObject({ kind: 'app', title: 'made-up', manifest: { name: '@scatterlab/app-made-up' } })
  const members = [...readMembers(), written]
  for (const file of readSources(written, root)) expect(sourceViolations(file, written, members)).toEqual([])
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { references: object[] }
  expect(references.at(-2)).toEqual({ path: 'apps/made-up' })
})

test('writes what the apps that exist have', () => {
  const files = appFiles(app)
  const written = JSON.parse(files['package.json'] ?? '') as Record<string, unknown>
  for (const { kind, folder } of readMembers()) {
    if (kind === 'app') expect(Object.keys(readManifest(folder))).toEqual(Object.keys(written))
  }
  expect(Object.keys(files)).toEqual(['package.json', 'tsconfig.json', 'README.md', 'src/main.ts', 'src/main.test.ts'])
})

test('quotes what the slide says', () => {
  expect(appFiles(app)['src/main.ts']).toContain(`slide: "Euler's Disk"`)
})

test.each([
  ['a name in capitals', { ...app, name: 'MadeUp' }],
  ['a path as name', { ...app, name: '../made-up' }],
  ['an empty claim', { ...app, claim: ' ' }],
  ['a slide of two lines', { ...app, slide: 'a\nb' }],
])('refuses %s', (_, wrong) => {
  expect(() => appFiles(wrong)).toThrow(RangeError)
})

test('refuses to write over an app', () => {
  const root = emptyRepository()
  writeApp(app, root)
  expect(() => writeApp(app, root)).toThrow('apps/made-up exists')
})

test('says so when the root tsconfig.json is not as expected', () => {
  expect(() => withReference('{}', 'made-up')).toThrow('no reference to "tools"')
})
