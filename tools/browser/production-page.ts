// A page as it is published: built and minified, served by a plain file server with the headers that a host adds.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Browser } from 'playwright'
import { build } from 'vite'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** A built page. */
export interface ProductionPage {
  /** Where its files lie. */
  readonly folder: string
  /** What the page leaves as `globalThis.outcomes`, served with these headers. */
  visit<T>(browser: Browser, headers: Record<string, string>, timeout?: number): Promise<T>
  /** Deletes the files. */
  remove(): void
}

/** Builds the page whose index.html lies in `root`. */
export async function productionPage(root: string): Promise<ProductionPage> {
  const folder = mkdtempSync(join(tmpdir(), 'scatterlab-bundle-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, modulePreload: false },
  })
  const server = (headers: Record<string, string>) =>
    createServer(({ url = '/' }, response) => {
      const path = url === '/' ? '/index.html' : url
      try {
        const body = readFileSync(join(folder, path))
        response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', ...headers })
        response.end(body)
      } catch {
        response.writeHead(404, headers).end()
      }
    })
  return {
    folder,
    visit: async <T>(browser: Browser, headers: Record<string, string>, timeout = 30_000) => {
      const host = server(headers)
      await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
      const page = await browser.newPage()
      try {
        await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`)
        await page.waitForFunction('globalThis.outcomes', undefined, { timeout })
        return (await page.evaluate('globalThis.outcomes')) as T
      } finally {
        await page.close()
        host.close()
      }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
