// The service worker of a built site: docs/offline/service-worker.ts, with the list of all files and a version that changes with any of them.
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** What is kept of a site. */
export interface Kept {
  /** Paths from the base, pages first, then what they are made of, the smallest first. */
  readonly files: readonly string[]
  /** A hash of all of them. */
  readonly version: string
  readonly bytes: number
}

/** All files of the site in `folder` that a browser may ask for. */
export function keptFiles(folder: string): Kept {
  const entries = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ file: path.slice(folder.length + 1).replaceAll('\\', '/'), body: readFileSync(path) }))
    .filter(({ file }) => !['sw.js', 'hashmap.json', '404.html'].includes(file))
    .sort((a, b) => a.body.length - b.body.length || (a.file < b.file ? -1 : 1))
  const hash = createHash('sha256')
  for (const { file, body } of entries) hash.update(`${file}\n`).update(body)
  const pages = entries.filter(({ file }) => file.endsWith('.html'))
  return {
    files: [...pages, ...entries.filter(({ file }) => !file.endsWith('.html'))].map(({ file }) => file),
    version: hash.digest('hex').slice(0, 16),
    bytes: entries.reduce((sum, { body }) => sum + body.length, 0),
  }
}

/** Writes `sw.js` into the site in `folder`. */
export async function writeServiceWorker(folder: string): Promise<Kept> {
  const kept = keptFiles(folder)
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { VERSION: JSON.stringify(kept.version), FILES: JSON.stringify(kept.files), BYTES: `${kept.bytes}` },
    build: {
      outDir: folder,
      emptyOutDir: false,
      lib: {
        entry: join(import.meta.dirname, '../offline/service-worker.ts'),
        formats: ['es'],
        fileName: () => 'sw.js',
      },
    },
  })
  return kept
}
