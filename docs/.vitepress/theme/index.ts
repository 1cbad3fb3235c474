// The theme: VitePress' own, with the site's fonts, colours and first page.
import '@fontsource-variable/source-serif-4'
import './style.css'
import DefaultTheme from 'vitepress/theme-without-fonts'
import type { Theme } from 'vitepress'
import Home from './Home.vue'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('SiteHome', Home)
  },
} satisfies Theme
