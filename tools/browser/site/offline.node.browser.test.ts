// The site without a network, served from a sub-path: what was kept after the first page opens, runs, and shares memory; the next build
// takes the place of the one before; and all of it can be removed.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { type Server, base, serveSite } from './built-site.ts'

/** A busy machine takes its time. */
const PATIENCE = { timeout: 120_000, interval: 200 }

let browser: Browser
let context: BrowserContext
let server: Server
let folder: string

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
}, 60_000)

afterAll(() => browser?.close())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scatterlab-offline-'))
  cpSync(inject('site'), folder, { recursive: true })
  server = await serveSite(folder, isolation)
  context = await browser.newContext()
})

afterEach(async () => {
  await context.close()
  server.close()
  rmSync(folder, { recursive: true })
})

const state = (page: Page) => page.locator('.offline-state').getByRole('status').textContent()
const caches = (page: Page) => page.evaluate(() => globalThis.caches.keys())

/** Opens the page that tells what is kept, and waits until all is. */
async function whole(page: Page): Promise<void> {
  await page.goto(`${server.address}guide/offline.html`)
  await expect
    .poll(() => state(page), PATIENCE)
    .toMatch(/^All \d+ files of the site are kept in this browser: [\d.]+ MB\.$/)
}

it('opens any page and runs a demo once it was loaded', { timeout: 300_000 }, async () => {
  const page = await context.newPage()
  const early: string[] = []
  const note = (request: { url(): string; serviceWorker(): unknown }) => {
    if (request.serviceWorker()) early.push(request.url())
  }
  context.on('request', note)
  await page.goto(server.address, { waitUntil: 'load' })
  // nothing but the first page before it is there
  expect(early).toEqual([])
  context.off('request', note)
  await whole(page)

  server.close()
  await context.setOffline(true)
  await page.reload()
  expect(await page.locator('h1').textContent()).toContain('Offline')
  // a page by its address, and others by links
  await page.goto(server.address)
  expect(await page.locator('h1').textContent()).toContain('A lecture on deep networks')
  await page.locator('a[href$="experiments/mnist.html"]').first().click()
  await expect.poll(() => page.locator('.claim').count(), PATIENCE).toBe(1)
  for (const path of ['api/tensor.html', 'packages/nn.html', 'guide/phi.html', 'demos/']) {
    await page.goto(server.address + path)
    expect(await page.locator('h1').count()).toBe(1)
  }
  await page.goto(`${server.address}demos/filters.html`)
  await expect.poll(() => page.locator('[data-test=lower]').textContent(), PATIENCE).toMatch(/^\s*0\.348\s*$/)
  expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true)
  expect(await page.locator('.demo-foot').textContent()).toMatch(/thread/)
})

it('drops an older build once the next one is kept, and removes all when told to', { timeout: 300_000 }, async () => {
  let page = await context.newPage()
  await whole(page)
  const [first] = await caches(page)
  expect(first).toMatch(new RegExp(`^scatterlab ${base} [0-9a-f]{16}$`))

  // another build: its version is another, and one page is
  const version = first!.split(' ').at(-1)!
  const script = join(folder, 'sw.js')
  writeFileSync(script, readFileSync(script, 'utf8').replaceAll(version, 'f'.repeat(16)))
  const speed = join(folder, 'speed.html')
  writeFileSync(speed, `${readFileSync(speed, 'utf8')}<!-- the next build -->`)
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
  await expect
    .poll(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.ready).waiting)), PATIENCE)
    .toBe(true)
  expect(await caches(page)).toHaveLength(2)

  // it waits for the last page of the older one to be closed
  const anew = async () => {
    await page.close()
    page = await context.newPage()
    await whole(page)
    return caches(page)
  }
  await expect.poll(anew, PATIENCE).toEqual([`scatterlab ${base} ${'f'.repeat(16)}`])
  await context.setOffline(true)
  server.close()
  expect(await page.evaluate(async () => (await fetch('../speed.html')).text())).toContain('the next build')

  await page.getByRole('button', { name: 'Remove them' }).click()
  await expect.poll(() => state(page), PATIENCE).toMatch(/^All was removed/)
  expect(await caches(page)).toEqual([])
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
})
