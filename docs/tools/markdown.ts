// A README of the repository as part of a page of the site: its links and pictures lead to where they are here.
import type { MarkdownRenderer } from 'vitepress'

/** Where the text stands in the repository, such as `apps/mnist`. */
export interface Origin {
  readonly folder: string
  readonly down?: number
}

/** The README without its first heading, its other headings `down` levels down, its links as those of a page in `docs/experiments` or
 * `docs/packages`. */
export function readmeAsPart(readme: string, { folder, down = 0 }: Origin): string {
  return readme
    .replace(/^# .*\n+/, '')
    .replaceAll(/^##+ /gm, (heading) => '#'.repeat(down) + heading)
    .replaceAll(/\]\(([^)\s]+)\)/g, (_, target: string) => `](${linkFrom(folder, target)})`)
}

/** The target of a link in the README of `folder`, as a page one folder below `docs` reaches it. */
export function linkFrom(folder: string, target: string): string {
  if (/^[a-z]+:|^#/.test(target)) return target
  const path = new URL(target, `file:///${folder}/`).pathname.slice(1)
  const [, kind, name] = /^(apps|packages)\/([\w-]+)(?:\/README\.md)?(?:#.*)?$/.exec(path) ?? []
  if (kind === 'apps') return `../experiments/${name}.md`
  if (kind === 'packages') return `../packages/${name}.md`
  if (path.startsWith('docs/')) return `../${path.slice('docs/'.length)}`
  const [, run] = /^apps\/[\w-]+\/summaries\/([\w-]+)\.json$/.exec(path) ?? []
  if (run !== undefined) return run === 'quick' || run === 'full' ? `#the-${run}-run` : `#the-recipe-${run}`
  if (path.startsWith('packages/')) return `https://www.npmjs.com/package/@scatterlab/${path.split('/')[1]}`
  throw new Error(
    `${folder}/README.md links to ${target}, which is no page of the site: link to an app, a package or docs/`,
  )
}

/** Rows as a table of Markdown, the first one its head. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Makes an empty cell in the head of a table a plain cell, as it heads nothing, and indented code reachable by the keyboard, as it may
 * have to be scrolled. */
export function accessible(md: MarkdownRenderer): void {
  md.renderer.rules['code_block'] = (tokens, i) =>
    `<pre class="plain" tabindex="0"><code>${md.utils.escapeHtml(tokens[i]!.content)}</code></pre>\n`
  md.core.ruler.push('plain empty heads', ({ tokens }) => {
    for (const [i, token] of tokens.entries()) {
      if (token.type !== 'th_open' || tokens[i + 1]?.content !== '') continue
      token.tag = 'td'
      tokens[i + 2]!.tag = 'td'
    }
  })
}
