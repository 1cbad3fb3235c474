// Builds the site once for all tests of it. SCATTERLAB_SITE may name the folder of one that was built for their sub-path before.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildSite } from './built-site.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built site. */
    readonly site: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const built = process.env.SCATTERLAB_SITE
  if (built) {
    provide('site', built)
    return () => {}
  }
  const folder = mkdtempSync(join(tmpdir(), 'scatterlab-site-'))
  await buildSite(folder)
  provide('site', folder)
  return () => rmSync(folder, { recursive: true })
}
