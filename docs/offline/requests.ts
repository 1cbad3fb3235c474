// Which file of the site a request asks for, and what the worker's messages are. Shared by the pages and the worker.

/** What a page tells the worker: to fetch all files of the site, or only these, as paths from the site's base. */
export interface Keep {
  readonly keep: 'all' | readonly string[]
}

/** The names of the caches of the site at this base begin so: sites below other paths of one host keep to theirs. */
export const cachePrefix = (base: string): string => `scatterlab ${base} `

/** The file that `url` asks for, as a path from the site's base, such as `guide/index.html`; undefined outside the site. */
export function fileOf(url: string, scope: string): string | undefined {
  const { origin, pathname } = new URL(url)
  const site = new URL(scope)
  if (origin !== site.origin || !pathname.startsWith(site.pathname)) return undefined
  return decodeURIComponent(pathname.slice(site.pathname.length)).replace(/(^|\/)$/, '$1index.html')
}

/** Stands in the cache of a build once all its files do; says how many, and their bytes. */
export const COMPLETE = 'kept-for-offline'

/** What stands at `COMPLETE`. */
export interface Whole {
  readonly files: number
  readonly bytes: number
}

/** Files in assets have a hash of what they hold in their names: one that is kept stays true. */
export const isLasting = (file: string): boolean => file.startsWith('assets/')
