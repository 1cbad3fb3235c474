// A production build of a small page, minified, served as hosts serve one: with and without cross-origin isolation, and under
// content security policies. Runs in Node and drives a browser; the numbers are compared with the reference's.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { scattering2d } from '@scatterlab/scattering'
import { expectClose } from '@scatterlab/testing'
import { type Browser, chromium } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolation, launchOptions } from './chromium.ts'
import { images, transform } from './page/images.ts'
import type { Outcome } from './page/outcome.ts'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
const folder = mkdtempSync(join(tmpdir(), 'scatterlab-bundle-'))
let browser: Browser
let expected: ArrayLike<number>

beforeAll(async () => {
  await build({
    root: join(import.meta.dirname, 'page'),
    configFile: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, modulePreload: false },
  })
  browser = await chromium.launch(launchOptions)
  expected = scattering2d(transform).transform(images).data
}, 60_000)

afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

/** A plain file server on the bundle that adds `headers` to every answer. */
async function serve(headers: Record<string, string>): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = url === '/' ? '/index.html' : url
    try {
      const body = readFileSync(join(folder, path))
      response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', ...headers })
      response.end(body)
    } catch {
      response.writeHead(404, headers).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** What the page and its worker made of the images. */
async function visit(headers: Record<string, string>): Promise<Outcome[]> {
  const server = await serve(headers)
  const page = await browser.newPage()
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.outcomes')
    return (await page.evaluate('globalThis.outcomes')) as Outcome[]
  } finally {
    await page.close()
    server.close()
  }
}

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
    const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))
    expect(scripts).toHaveLength(2)
    for (const path of scripts) {
      const text = readFileSync(join(folder, path))
      expect(text.toString()).not.toContain('createWasmBackend')
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
