// A production build of a small page, minified, served as hosts serve one: with and without cross-origin isolation, and under
// content security policies. Runs in Node and drives a browser; the numbers are compared with the reference's.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { scattering2d } from '@scatterlab/scattering'
import { expectClose } from '@scatterlab/testing'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolation, launchOptions } from './chromium.ts'
import { images, transform } from './page/images.ts'
import type { Outcome } from './page/outcome.ts'
import { type ProductionPage, productionPage } from './production-page.ts'

let page: ProductionPage
let browser: Browser
let expected: ArrayLike<number>

beforeAll(async () => {
  page = await productionPage(join(import.meta.dirname, 'page'))
  browser = await chromium.launch(launchOptions)
  expected = scattering2d(transform).transform(images).data
}, 60_000)

afterAll(async () => {
  await browser?.close()
  page?.remove()
})

/** What the page and its worker made of the images. */
const visit = (headers: Record<string, string>): Promise<Outcome[]> => page.visit(browser, headers)

function checkNumbers(outcome: Outcome | undefined): void {
  expect(outcome).toMatchObject({ declined: [] })
  if (outcome === undefined || !('numbers' in outcome)) return
  // Single precision: a few roundings of values up to 1, through four transforms of a thousand points.
  expectClose(outcome.numbers, expected, { absolute: 1e-6 })
}

const policy = (workers: string, scripts: string) => ({
  'Content-Security-Policy': `default-src 'none'; script-src 'self' ${scripts}; worker-src 'self' ${workers}`,
})

describe('a production bundle', () => {
  it('is minified, and below a hundred kilobytes as sent', () => {
    const scripts = readdirSync(page.folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.js'),
    )
    expect(scripts).toHaveLength(2)
    for (const path of scripts) {
      const text = readFileSync(join(page.folder, path))
      // a function's own name; the names of exports stand in messages
      expect(text.toString()).not.toContain('describeArithmetic')
      expect(gzipSync(text).length).toBeLessThan(100_000)
      console.info(`${path}: ${text.length} bytes, ${gzipSync(text).length} gzipped`)
    }
  })

  it.each([
    ['isolated', isolation, /, 3 threads$/],
    ['isolated, under a policy', { ...isolation, ...policy('blob:', "'wasm-unsafe-eval'") }, /, 3 threads$/],
    [
      'isolated, under a policy that forbids the workers',
      { ...isolation, ...policy('', "'wasm-unsafe-eval'") },
      /, one thread \(2 could not start: .*worker-src blob:/,
    ],
    ['not isolated', {}, /, one thread \(memory cannot be shared here\)$/],
    [
      'not isolated, under a policy',
      policy('', "'wasm-unsafe-eval'"),
      /, one thread \(memory cannot be shared here\)$/,
    ],
  ])('%s: gives the numbers of the reference, in the page and in a worker', async (_, headers, description) => {
    const outcomes = await visit(headers)
    expect(outcomes).toHaveLength(2)
    for (const outcome of outcomes) {
      checkNumbers(outcome)
      expect(outcome).toMatchObject({ description: expect.stringMatching(description) })
    }
  })

  it('says what a policy lacks that forbids WebAssembly', async () => {
    for (const outcome of await visit({ ...isolation, ...policy('blob:', '') })) {
      expect(outcome).toEqual({ code: 'NO_SIMD', message: expect.stringContaining('wasm-unsafe-eval') })
    }
  })
})
