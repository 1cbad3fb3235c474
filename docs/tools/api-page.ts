// What the pages of the API are made of, apart from TypeDoc.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageNames } from './present.ts'

/** Where the pages are written. */
export const apiFolder: string = join(import.meta.dirname, '../api')

/** An entry point of a package: what `import` names, and the file in the repository. */
export interface Entry {
  /** Such as `@scatterlab/tensor/operations`. */
  readonly specifier: string
  /** The folder in `packages`. */
  readonly folder: string
  /** From the root. */
  readonly file: string
}

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, string>>
}

/** The entry points that the package in `folder`, such as `packages/tensor`, publishes: none for one that is private. */
export function entriesOf(folder: string, manifest: string): Entry[] {
  const { name, exports, private: isPrivate } = JSON.parse(manifest) as Manifest
  if (isPrivate) return []
  return Object.entries(exports)
    .filter(([, file]) => file.endsWith('.ts') && !file.includes('.test.'))
    .map(([path, file]) => ({
      specifier: name + path.slice(1),
      folder: folder.split(/[\\/]/).at(-1)!,
      file: `${folder}/${file.slice(2)}`,
    }))
}

/** The page of an entry point in docs/api, without `.md`: `nn/index` where there are pages below it, else such as `tensor/operations`. */
export function pageOf({ specifier }: Pick<Entry, 'specifier'>): string {
  const path = specifier.replace(/^@scatterlab\//, '')
  return existsSync(join(apiFolder, `${path}.md`)) ? path : `${path}/index`
}

/** All pages in docs/api but the list of them, by title. */
export const apiPages = (): { text: string; link: string }[] =>
  globSync('**/*.md', { cwd: apiFolder })
    .filter((path) => path !== 'index.md')
    .map((path) => ({
      text: /^# (.*)/.exec(readFileSync(join(apiFolder, path), 'utf8'))![1]!,
      link: `/api/${path.replace(/(index)?\.md$/, '')}`,
    }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))

/** Those of `names` that the page has no heading for. */
export function withoutHeading(markdown: string, names: readonly string[]): string[] {
  const headings = [...markdown.matchAll(/^###? (?:abstract )?(.+)$/gim)]
  const linked = [...markdown.matchAll(/^- \[(.+?)\]\(/gm)]
  const present = new Set(
    [...headings, ...linked].map(([, text]) => text!.replaceAll('\\', '').replace(/(\(\)|&lt;.*)$/, '')),
  )
  return names.filter((name) => !present.has(name))
}

/** The page as the site has it: what to import, and the way to the package's own page if there is one, below the title. */
export function apiPage({ specifier, folder }: Entry, page: string, markdown: string): string {
  const up = '../'.repeat(page.split('/').length)
  const what = packageNames().includes(folder)
    ? ` What the package is for: [packages/${folder}](${up}packages/${folder}.md).`
    : ''
  const lead = `What \`${specifier}\` exports, from its doc comments.${what}`
  return markdown.replace(/^# .*\n/m, (title) => `${title}\n${lead}\n`)
}
