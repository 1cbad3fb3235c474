// The site: pages in docs/, one more for each app, the packages from source. `pnpm site` runs it.
import { defineConfig } from 'vitepress'
import { lecture } from '../experiments/lecture.ts'
import { typeset } from '../tools/formulas.ts'
import { accessible } from '../tools/markdown.ts'
import { packageNames, present } from '../tools/present.ts'
import { sections } from '../tools/sections.ts'
import { demos } from '../demos/demos.ts'
import { apiPages } from '../tools/api-page.ts'
import { isolation } from '../tools/isolation.ts'
import { lateParts } from '../tools/late-parts.ts'
import { withPolicy } from '../tools/policy.ts'

const experiments = present(lecture).map(({ name, title }) => ({ text: title, link: `/experiments/${name}` }))

const packages = packageNames().map((name) => ({ text: name, link: `/packages/${name}` }))

const guide = [
  { text: 'Quickstart', link: '/guide/quickstart' },
  { text: 'What Φ is, in pictures', link: '/guide/phi' },
  { text: 'From kymatio, PyTorch, scikit-learn', link: '/guide/coming-from' },
  { text: 'Back ends', link: '/guide/back-ends' },
  { text: 'Adding to it', link: '/guide/adding' },
  { text: 'Offline', link: '/guide/offline' },
  { text: 'Many machines', link: '/guide/many-machines' },
  { text: 'Architecture', link: '/architecture' },
  { text: 'Speed', link: '/speed' },
  { text: 'What is here, what is not', link: '/guide/features' },
]

// the icon is written into the page: it needs no address of its own under any base
const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#1f4e79"/>' +
      '<text x="16" y="23" font-family="Georgia,serif" font-size="20" text-anchor="middle" fill="#fff">Φ</text></svg>',
  )

const prepared = new WeakSet<object>()

export default defineConfig({
  title: 'scatterlab',
  description: 'A lecture on deep convolutional networks, as code that runs: wavelet scattering, networks, generation.',
  lang: 'en',
  srcExclude: ['tests/**', 'tools/**', 'experiments/ideas/**', '**/README.md'],
  cleanUrls: false,
  // by default every page is laid out four more times when it starts, so that colours change at once
  appearance: { disableTransition: false },
  markdown: {
    math: true,
    // braces in a README are sets and exponents, not attributes
    attrs: false,
    config(md) {
      // readers of pages that begin at the same time are handed the same renderer
      if (prepared.has(md)) return
      prepared.add(md)
      accessible(md)
      typeset(md)
      sections(md)
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: icon }]],
  transformHtml: withPolicy,
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/quickstart', activeMatch: '/guide/|/architecture|/speed' },
      { text: 'Experiments', link: '/experiments/', activeMatch: '/experiments/' },
      { text: 'Demos', link: '/demos/', activeMatch: '/demos/' },
      { text: 'API', link: '/api/', activeMatch: '/api/' },
    ],
    sidebar: {
      '/experiments/': [{ text: 'Experiments', link: '/experiments/', items: experiments }],
      '/demos/': [
        {
          text: 'Live demos',
          link: '/demos/',
          items: demos.map(({ name, title }) => ({ text: title, link: `/demos/${name}` })),
        },
      ],
      '/api/': [{ text: 'API', link: '/api/', items: apiPages() }],
      '/': [
        { text: 'Guide', items: guide },
        { text: 'Packages', items: packages },
      ],
    },
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    docFooter: { prev: 'Before', next: 'Next' },
  },
  vite: {
    worker: { format: 'es' },
    plugins: [
      lateParts,
      {
        name: 'cross-origin isolation in dev',
        configureServer(server) {
          server.middlewares.use((_, response, next) => {
            for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value)
            next()
          })
        },
      },
    ],
  },
})
