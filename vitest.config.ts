import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'tools'],
    maxWorkers: 2,
    pool: 'threads',
    reporters: ['default', './tools/summary-reporter.ts'],
  },
})
