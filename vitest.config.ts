// One vitest run over the whole workspace: a project for each package and app and the site, named as the package, and one for the tools.
// Tests that need a browser (`*.browser.test.ts`) are not run here.
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { defineConfig } from 'vitest/config'

const manifests = globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: import.meta.dirname }).sort()

const nameIn = (manifest: string): string =>
  (JSON.parse(readFileSync(`${import.meta.dirname}/${manifest}`, 'utf8')) as { name: string }).name

// The files of a project share a worker and its modules, which is faster; those of datasets do not, as some put a page's modules in the place of Node's.
const project = (name: string, root: string, include: string) => ({
  extends: true as const,
  test: {
    name,
    root,
    include: [include],
    exclude: ['**/node_modules/**', '**/*.browser.test.ts'],
    isolate: name === '@scatterlab/datasets',
  },
})

export default defineConfig({
  test: {
    projects: [
      ...manifests.map((manifest) => project(nameIn(manifest), dirname(manifest), 'src/**/*.test.ts')),
      project('@scatterlab/docs', 'docs', '**/*.test.ts'),
      project('tools', 'tools', '**/*.test.ts'),
    ],
    // whole data sets are read and hashed; a busy machine takes its time over that
    testTimeout: 60_000,
    maxWorkers: 2,
    pool: 'threads',
    // programs that tests start find their modules compiled
    env: { NODE_COMPILE_CACHE: `${import.meta.dirname}/node_modules/.cache/compiled` },
    reporters: ['default', './tools/summary-reporter.ts'],
  },
})
