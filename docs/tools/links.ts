// Every link within the built site leads to a file that is there, and to a place on it that is there.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Throws where a link in the site in `folder`, served from `base`, leads nowhere. */
export function checkLinks(folder: string, base: string): void {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) =>
    join(parentPath, name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/'),
  )
  const pages = new Map(
    paths.filter((path) => path.endsWith('.html')).map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )
  const broken = brokenLinks(pages, new Set(paths), base)
  if (broken.length > 0) throw new Error(`${broken.length} links of the site lead nowhere:\n${broken.join('\n')}`)
}

/** The links in `pages`, by path, that lead to none of `paths`, or to a place that the page lacks: one line each. What stands after # with a
 * = is the state of a demo. */
export function brokenLinks(pages: ReadonlyMap<string, string>, paths: ReadonlySet<string>, base: string): string[] {
  const placesOn = new Map<string, Set<string>>()
  for (const [path, html] of pages)
    placesOn.set(path, new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => plain(id!))))
  return [...pages].flatMap(([page, html]) => {
    const targets = new Set([...html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)].map(([, href]) => plain(href!)))
    return [...targets].flatMap((href) => {
      const { origin, pathname, hash } = new URL(href, `http://site${base}${page}`)
      if (origin !== 'http://site') return []
      const path = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, '$1index.html')
      const place = decodeURIComponent(hash.slice(1))
      if (!pathname.startsWith(base)) return [`${page}: ${href}: ${pathname} is outside of ${base}`]
      if (!paths.has(path)) return [`${page}: ${href}: there is no ${path}`]
      if (place === '' || place.includes('=') || placesOn.get(path)?.has(place)) return []
      return [`${page}: ${href}: there is no #${place}`]
    })
  })
}

/** A value of an attribute as it is meant. */
const plain = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
