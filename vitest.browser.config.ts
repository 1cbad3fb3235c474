// Tests that need a browser, apart from `pnpm test`, which needs none: `*.browser.test.ts` in pages of Chromium that are
// cross-origin isolated (shared memory, threads) and in pages that are not, those with `.isolated.` or `.unisolated.` in their
// names in one kind only; and `*.node.browser.test.ts`, which run in Node and drive a browser, those of the site once it is built.
import { playwright } from '@vitest/browser-playwright'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { isolation, launchOptions } from './tools/browser/chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the page of a test is cross-origin isolated. */
    readonly isolated: boolean
    /** The stored case of kymatio in 2-D, an npz file in base64; null where SCATTERLAB_DATA has none. */
    readonly kymatio: string | null
  }
}

const golden = join(process.env.SCATTERLAB_DATA ?? '', 'kymatio-golden', 'test_data_2d.npz')
const kymatio = existsSync(golden) ? readFileSync(golden, 'base64') : null

const modules = '**/node_modules/**'

const pages = (name: string, isolated: boolean) => ({
  extends: true as const,
  cacheDir: `node_modules/.vite-${name}`,
  // what only a worker imports is not found through the tests
  optimizeDeps: { entries: ['apps/*/src/main.ts'] },
  ...(isolated && { server: { headers: isolation } }),
  test: {
    name,
    include: ['{packages,apps}/*/src/**/*.browser.test.ts', 'tools/**/*.browser.test.ts'],
    exclude: [modules, '**/*.node.browser.test.ts', `**/*.${isolated ? 'unisolated' : 'isolated'}.browser.test.ts`],
    // a GPU on a processor takes its time
    testTimeout: 120_000,
    provide: { isolated, kymatio },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
})

export default defineConfig({
  test: {
    projects: [
      pages('isolated', true),
      pages('not isolated', false),
      {
        extends: true,
        test: {
          name: 'node',
          include: ['tools/**/*.node.browser.test.ts'],
          exclude: [modules, 'tools/browser/site/**'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'site',
          include: ['tools/browser/site/**/*.node.browser.test.ts'],
          globalSetup: ['tools/browser/site/setup.ts'],
          testTimeout: 60_000,
        },
      },
    ],
    reporters: ['default', './tools/summary-reporter.ts'],
  },
})
