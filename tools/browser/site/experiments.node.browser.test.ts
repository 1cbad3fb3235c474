// Experiments in a page without files of the visitor, on the built site: something that one measured comes, and it stops when it is told to,
// with what there is by then. Not all that run in a page stand here yet.
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { type Server, serveSite } from './built-site.ts'
import { visit } from './visitor.ts'

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

/** A busy machine takes its time. */
const PATIENCE = { timeout: 200_000, interval: 100 }

it.each(['curse', 'linearization', 'simplified-network'])(
  '%s: a row or a figure comes, and it stops',
  { timeout: 300_000 },
  async (app) => {
    const { page, complaints, close } = await visit(browser, server.address)
    page.setDefaultTimeout(PATIENCE.timeout)
    await page.goto(`${server.address}experiments/${app}.html`, { waitUntil: 'load', timeout: 120_000 })
    const run = page.locator('section.run')
    const measured = run.locator('tbody tr, figure')
    const status = run.locator('.controls').getByRole('status')
    await run.getByRole('button', { name: 'Run', exact: true }).click()
    await expect.poll(() => measured.count(), PATIENCE).toBeGreaterThan(0)
    expect(await run.locator('.error').allTextContents()).toEqual([])
    const reached = await measured.count()
    const stop = run.getByRole('button', { name: 'Stop' })
    if (await stop.isVisible()) await stop.click()
    await expect.poll(() => status.textContent(), { timeout: 20_000 }).toMatch(/^(stopped: what there is|done in)/)
    expect(await measured.count()).toBeGreaterThanOrEqual(reached)
    expect(await run.locator('.backend').textContent()).toMatch(/^(wasm|reference)/)
    expect(await run.getByRole('button', { name: 'Run again' }).isEnabled()).toBe(true)
    expect(complaints).toEqual([])
    await close()
  },
)
