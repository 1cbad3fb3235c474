// Every page of the site, as it is built: it opens without an error, asks nothing of other hosts, fits a phone's width, and axe finds
// nothing wrong by day or by night.
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { violationsOn } from './accessibility.ts'
import { type Server, pagesIn, serveSite } from './built-site.ts'
import { sizes, visit } from './visitor.ts'

const pages = pagesIn(inject('site')).filter((path) => path !== '404.html')
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

describe.each(pages)('%s', (path) => {
  it.each([
    ['desktop', 'light'],
    ['phone', 'dark'],
  ] as const)('on a %s, %s', async (size, colorScheme) => {
    const { page, complaints, close } = await visit(browser, server.address, { viewport: sizes[size], colorScheme })
    await page.goto(server.address + path, { waitUntil: 'load' })
    expect(complaints).toEqual([])
    expect(await page.locator('h1').count()).toBe(1)
    // nothing makes the page itself scroll sideways
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(sizes[size].width)
    expect(await violationsOn(page)).toEqual([])
    await close()
  })
})
