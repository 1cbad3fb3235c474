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

/** Starts a browser and a server for the tests of the file that calls it; what comes back opens the page of an experiment. */
export function experimentPages(): (app: string) => Promise<ExperimentPage> {
  let browser: Browser
  let server: Server
  beforeAll(async () => {
    browser = await chromium.launch(launchOptions)
    server = await serveSite(inject('site'), isolation)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })
  return async (app) => {
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
