import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { repositoryRoot } from './workspace.ts'

/** The last line that a vitest run over these made-up test files prints. */
function closingLine(files: Record<string, string>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'summary-reporter-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
  const reporter = join(import.meta.dirname, 'summary-reporter.ts')
  const run = spawnSync(process.execPath, [vitest, 'run', '--globals', '--root', folder, '--reporter', reporter], {
    encoding: 'utf8',
    cwd: folder,
  })
  return run.stdout.trimEnd().split('\n').at(-1)
}

test('every way to pass, fail and be skipped is counted', { timeout: 30_000 }, () => {
  const files = {
    'tests.test.ts': `test('a', () => {}); test('b', () => {}); test('c', () => { throw new Error() }); test.skip('d', () => {})`,
    'hook.test.ts': `describe('s', () => { beforeAll(() => { throw new Error() }); test('e', () => {}) })`,
    'load.test.ts': `throw new Error('does not load')`,
    'late.test.ts': `test('f', () => { void Promise.reject(new Error('nobody waits')) })`,
  }
  expect(closingLine(files)).toBe('3 passed, 4 failed, 2 skipped')
})
