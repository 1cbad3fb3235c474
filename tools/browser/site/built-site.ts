// The site as it is published: built once for a sub-path, served by a plain file server with the headers that a host adds.
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '../../workspace.ts'

/** The path that the tests serve the site from. */
export const base = '/lecture/'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
}

/** Builds the site into `folder`. */
export async function buildSite(folder: string): Promise<void> {
  const site = join(repositoryRoot, 'docs/tools/site.ts')
  await promisify(execFile)(process.execPath, [site, 'build', '--base', base, '--out', folder])
}

/** The pages in `folder`, such as `guide/quickstart.html`. */
export const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html'))
    .sort()

/** A server of the site; `address` ends with its base. */
export interface Server {
  readonly address: string
  close(): void
}

/** Serves `folder` under the base, with `headers`. */
export async function serveSite(folder: string, headers: Readonly<Record<string, string>> = {}): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://here').pathname)
    const file = path.slice(base.length) || 'index.html'
    try {
      if (!path.startsWith(base) || file.includes('..')) throw new Error('outside the site')
      const body = readFileSync(join(folder, file.endsWith('/') ? `${file}index.html` : file))
      const type = types[extname(file)] ?? (file.endsWith('/') ? 'text/html' : 'application/octet-stream')
      response.writeHead(200, { 'Content-Type': type, ...headers }).end(body)
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain', ...headers }).end('there is no such page')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}${base}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
