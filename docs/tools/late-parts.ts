// Parts of the theme that take up their work late, in the place of those that its layout imports.
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const late: Readonly<Record<string, string>> = { 'VPNav.vue': 'late-nav.ts', 'VPSidebar.vue': 'late-sidebar.ts' }

export const lateParts: Plugin = {
  name: 'parts of the theme that start late',
  enforce: 'pre',
  resolveId(id, importer) {
    const file = late[id.split('/').at(-1)!]
    if (file === undefined || !importer?.endsWith('theme-default/Layout.vue')) return undefined
    return fileURLToPath(new URL(`../.vitepress/theme/${file}`, import.meta.url))
  },
}
