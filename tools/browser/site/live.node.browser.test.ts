// The live part of an experiment's page, used for real: an app's main.ts runs in a worker to its end, with threads and without; another is
// stopped; and what a first visit loads stays small.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { isolation, launchOptions } from '../chromium.ts'
import { base, serveSite } from './built-site.ts'
import { visit } from './visitor.ts'

/** A busy machine takes its time. */
const PATIENCE = { timeout: 150_000, interval: 200 }

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
}, 60_000)

afterAll(() => browser?.close())

/** A visitor of the page of `app`, served with `headers`. */
async function onPageOf(app: string, headers: Readonly<Record<string, string>>) {
  const server = await serveSite(inject('site'), headers)
  const visitor = await visit(browser, server.address)
  await visitor.page.goto(`${server.address}experiments/${app}.html`, { waitUntil: 'load', timeout: 120_000 })
  const run = visitor.page.locator('section.run')
  return {
    ...visitor,
    run,
    status: run.locator('.controls').getByRole('status'),
    leave: () => visitor.close().then(server.close),
  }
}

it('runs an app to its end: figures, and rows of its table', { timeout: 400_000 }, async () => {
  const { run, status, complaints, leave } = await onPageOf('morlet-families', isolation)
  await run.getByRole('button', { name: 'Run' }).click()
  await expect.poll(() => status.textContent(), PATIENCE).toMatch(/^done in [\d.]+ s$/)
  expect(await run.locator('figure [role=img]').count()).toBeGreaterThan(2)
  expect(await run.locator('tbody tr').count()).toBeGreaterThan(20)
  expect(await run.locator('tbody').textContent()).toContain('A(ω)')
  expect(complaints).toEqual([])
  await leave()
})

it.each([
  ['with shared memory', isolation, /^wasm: .*thread/],
  ['without shared memory', {}, /^wasm: .*one thread \(memory cannot be shared here\)/],
])('says what ran %s, and stops when it is told to', { timeout: 400_000 }, async (_, headers, ran) => {
  const { run, status, complaints, leave } = await onPageOf('mnist', headers)
  await run.getByRole('button', { name: 'Run' }).click()
  await expect.poll(() => run.locator('.backend').count(), PATIENCE).toBe(1)
  expect(await run.locator('.backend').textContent()).toMatch(ran)
  await run.getByRole('button', { name: 'Stop' }).click()
  await expect.poll(() => status.textContent(), { timeout: 10_000 }).toMatch(/^stopped/)
  expect(await run.getByRole('button', { name: 'Run again' }).isEnabled()).toBe(true)
  expect(complaints).toEqual([])
  await leave()
})

it('loads less than 300 kB, compressed, for the first page', async () => {
  const server = await serveSite(inject('site'))
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
  server.close()
})
