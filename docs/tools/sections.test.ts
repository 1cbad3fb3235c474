import { createMarkdownRenderer } from 'vitepress'
import { expect, test } from 'vitest'
import { sections } from './sections.ts'

const md = await createMarkdownRenderer(import.meta.dirname, { config: sections })
const heightsIn = (html: string) => [...html.matchAll(/--height: (\d+)px/g)].map(([, height]) => Number(height))

test('what follows a heading of level 2 or 3 is a part; headings, and what is before the first, are not', async () => {
  const html = await md.renderAsync('# a\n\nlead\n\n## b\n\none\n\n#### c\n\ntwo\n\n### d\n\n> ## e\n\n## f\n')
  expect(html.replaceAll(/ <a class="header-anchor".*?<\/a>| style="[^"]*"| id="\w"| tabindex="-1"|\n/g, '')).toBe(
    '<h1>a</h1><p>lead</p><h2>b</h2><div class="part"><p>one</p><h4>c</h4><p>two</p></div>' +
      '<h3>d</h3><div class="part"><blockquote><h2>e</h2></blockquote></div><h2>f</h2>',
  )
})

test('heights grow with lines of text, rows and code; targets of links take no room', async () => {
  const heightOf = async (text: string) => heightsIn(await md.renderAsync(`## a\n\n${text}`))[0]!
  const line = await heightOf('word')
  expect(await heightOf('word '.repeat(60))).toBeGreaterThan(2 * line)
  expect(await heightOf(`[word](https://example.org/${'x'.repeat(500)})`)).toBe(line)
  const table = (rows: number) => heightOf(`| a |\n| --- |\n${'| 1 |\n'.repeat(rows)}`)
  expect((await table(20)) / (await table(1))).toBeCloseTo(21 / 2, 6)
  expect(await heightOf(`~~~\n${'x\n'.repeat(50)}~~~`)).toBeGreaterThan(1000)
})
