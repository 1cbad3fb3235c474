// The theme's sidebar, which takes up its work once the page is idle: its links lead on before that, and the page is there sooner.
import { defineAsyncComponent, hydrateOnIdle } from 'vue'

export default defineAsyncComponent({
  loader: () => import('vitepress/dist/client/theme-default/components/VPSidebar.vue'),
  hydrate: hydrateOnIdle(2000),
  suspensible: false,
})
