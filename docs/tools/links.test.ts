import { expect, test } from 'vitest'
import { brokenLinks } from './links.ts'

const page = (...targets: string[]) =>
  `<h1 id="top">a</h1>${targets.map((to) => `<a class="x" href="${to}">b</a>`).join('')}`
const broken = (...targets: string[]) =>
  brokenLinks(
    new Map([
      ['index.html', page()],
      ['guide/one.html', page(...targets)],
      ['guide/index.html', '<h2 id="a&lt;b&quot;">'],
    ]),
    new Set(['index.html', 'guide/one.html', 'guide/index.html', 'guide/x.csv']),
    '/lecture/',
  )

test('links to pages, places on them, files, states of demos and other hosts lead somewhere', () => {
  expect(
    broken(
      '/lecture/',
      '#top',
      './',
      '../index.html#top',
      'x.csv',
      './#a%3Cb%22',
      'one.html#xi=0.5',
      'https://example.org/',
    ),
  ).toEqual([])
})

test.each([
  ['two.html', 'there is no guide/two.html'],
  ['/lecture/api/', 'there is no api/index.html'],
  ['../index.html#bottom', 'there is no #bottom'],
  ['#one', 'there is no #one'],
  ['/guide/one.html', '/guide/one.html is outside of /lecture/'],
])('a link to %s leads nowhere', (target, why) => {
  expect(broken(target)).toEqual([expect.stringContaining(`guide/one.html: ${target}: ${why}`)])
})
