// The theme's bar at the top, which takes up its work once the page is idle, in a task of its own.
import { defineAsyncComponent, hydrateOnIdle } from 'vue'

export default defineAsyncComponent({
  loader: () => import('vitepress/dist/client/theme-default/components/VPNav.vue'),
  hydrate: hydrateOnIdle(2000),
  suspensible: false,
})
