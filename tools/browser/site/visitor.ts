// A visitor of the site, who notes what goes wrong: errors on the console, exceptions, requests that fail or leave the site.
import type { Browser, BrowserContextOptions, Page } from 'playwright'

/** The widths at which pages are looked at. */
export const sizes = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const

/** A page, and what went wrong on it so far. */
export interface Visit {
  readonly page: Page
  readonly complaints: string[]
  close(): Promise<void>
}

/** A new visitor with an empty cache. */
export async function visit(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: sizes.desktop, serviceWorkers: 'block', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const { origin } = new URL(address)
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {}
    // what a page fetches ahead ends where the visitor goes on
    if (errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${errorText}`)
  })
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) complaints.push(`leaves the site: ${url}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`)
  })
  return { page, complaints, close: () => context.close() }
}
