// Every page of the site, as it is built: it opens without an error, asks nothing of other hosts, fits a phone's width, and axe finds
// nothing wrong by day or by night. What a first visit loads stays small.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { violationsOn } from './accessibility.ts'
import { type Server, base, pagesIn, serveSite } from './built-site.ts'
import { type Visit, sizes, visit } from './visitor.ts'

const pages = pagesIn(inject('site')).filter((path) => path !== '404.html')
let browser: Browser
let server: Server
let visitor: Visit

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
  server = await serveSite(inject('site'), isolation)
  visitor = await visit(browser, server.address)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  server?.close()
})

/** The formulas that are cut off at the right of the window or of the text, outside of tables, which scroll. */
const formulasBeyond = (page: Page): Promise<string[]> =>
  page.locator('.vp-doc mjx-container').evaluateAll((formulas) =>
    formulas
      .filter((formula) => !formula.closest('table'))
      .filter((formula) => {
        const { right } = formula.querySelector('svg')!.getBoundingClientRect()
        const text = formula.getAttribute('display') === 'true' ? formula.getBoundingClientRect().right : innerWidth
        return right > Math.min(text + 1, innerWidth - 8)
      })
      .map((formula) => formula.querySelector('mjx-assistive-mml')?.textContent ?? 'a formula'),
  )

it.each(pages)('%s', async (path) => {
  const { page, complaints } = visitor
  const width = () => page.evaluate(() => document.documentElement.scrollWidth)
  complaints.length = 0
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(sizes.desktop)
  await page.goto(server.address + path, { waitUntil: 'load' })
  // all of it is looked at, though a visitor's browser leaves out what is far from the window
  await page.addStyleTag({ content: '.part { content-visibility: visible !important }' })
  expect(await page.locator('h1').count()).toBe(1)
  expect(await page.locator('.part .part').count()).toBe(0)
  expect(await width()).toBeLessThanOrEqual(sizes.desktop.width)
  expect(await violationsOn(page)).toEqual([])
  // nothing makes the page itself scroll sideways on a phone
  await page.setViewportSize(sizes.phone)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.waitForFunction(() => document.documentElement.classList.contains('dark'))
  expect(await width()).toBeLessThanOrEqual(sizes.phone.width)
  expect(await formulasBeyond(page)).toEqual([])
  // colours change over a moment
  await page.waitForTimeout(600)
  expect(await violationsOn(page, 'contrast')).toEqual([])
  expect(complaints).toEqual([])
})

it('loads less than 300 kB, compressed, for the first page', async () => {
  const { page, close } = await visit(browser, server.address)
  const paths = new Set<string>()
  page.on('response', (response) => {
    const { protocol, pathname } = new URL(response.url())
    if (protocol === 'http:') paths.add(pathname.slice(base.length) || 'index.html')
  })
  await page.goto(server.address, { waitUntil: 'networkidle' })
  const bytes = [...paths].reduce((sum, path) => {
    const body = readFileSync(join(inject('site'), path))
    return sum + (path.endsWith('.woff2') ? body.length : gzipSync(body).length)
  }, 0)
  console.info(`first page: ${paths.size} files, ${(bytes / 1000).toFixed(0)} kB as sent`)
  expect(bytes).toBeLessThan(300_000)
  await close()
})
