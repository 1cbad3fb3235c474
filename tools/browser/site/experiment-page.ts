// Pages of experiments on the built site, for tests of their live parts: one browser and one server for a file of tests.
import { type Browser, type Locator, chromium } from 'playwright'
import { afterAll, beforeAll, inject } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { type Server, serveSite } from './built-site.ts'
import { type Visit, visit } from './visitor.ts'

/** The page of an experiment, and its live part. */
export interface ExperimentPage extends Visit {
  readonly run: Locator
  /** What the live part says of its state. */
  readonly status: Locator
  /** Clicks Run, or Run again. */
  start(): Promise<void>
}

/** Starts a browser and servers for the tests of the file that calls it; what comes back opens the page of an experiment, which may share
 * memory or not. */
export function experimentPages(): (app: string, sharing?: 'shared' | 'alone') => Promise<ExperimentPage> {
  let browser: Browser
  let servers: Record<'shared' | 'alone', Server>
  beforeAll(async () => {
    browser = await chromium.launch(launchOptions)
    const folder = inject('site')
    servers = { shared: await serveSite(folder, isolation), alone: await serveSite(folder) }
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    for (const server of Object.values(servers ?? {})) server.close()
  })
  return async (app, sharing = 'shared') => {
    const server = servers[sharing]
    const visitor = await visit(browser, server.address)
    await visitor.page.goto(`${server.address}experiments/${app}.html`, { waitUntil: 'load', timeout: 120_000 })
    const run = visitor.page.locator('section.run')
    await run.waitFor()
    return {
      ...visitor,
      run,
      status: run.locator('.controls').getByRole('status'),
      start: () => run.getByRole('button', { name: /^Run/ }).click(),
    }
  }
}
