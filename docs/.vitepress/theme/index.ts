// The theme: VitePress' own, with the site's fonts, colours and first page.
import DefaultTheme from 'vitepress/theme-without-fonts'
// after the theme's own: these are laid over it
import '@fontsource-variable/source-serif-4'
import './style.css'
import { type Theme, defineClientComponent } from 'vitepress'
import { keepForOffline } from '../../offline/register.ts'
import Home from './Home.vue'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('SiteHome', Home)
    if (import.meta.env.PROD && !import.meta.env.SSR) keepForOffline(import.meta.env.BASE_URL)
    // what computes is loaded where a page shows it, and never while pages are rendered
    app.component(
      'ExperimentRun',
      defineClientComponent(() => import('../../live/ExperimentRun.vue')),
    )
  },
} satisfies Theme
