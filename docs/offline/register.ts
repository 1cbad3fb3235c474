// Starts the worker that keeps the site for offline, once the page is there and idle.
import { type Keep, fileOf } from './requests.ts'

/** Registers the worker of the site at `base`, and has it fetch what is not kept yet: all, or, for who saves data, what was visited. */
export function keepForOffline(base: string): void {
  // a host without https has none
  if (!('serviceWorker' in navigator)) return
  const idle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200))
  const start = () => idle(() => void register(base))
  if (document.readyState === 'complete') start()
  else addEventListener('load', start, { once: true })
}

async function register(base: string): Promise<void> {
  await navigator.serviceWorker.register(`${base}sw.js`, { scope: base })
  const { active } = await navigator.serviceWorker.ready
  active?.postMessage({ keep: savesData() ? visited(base) : 'all' } satisfies Keep)
}

/** Whether the visitor asked the browser to load little. */
export const savesData = (): boolean =>
  (navigator as { readonly connection?: { readonly saveData?: boolean } }).connection?.saveData === true

/** The files of the site that this page has loaded so far. */
function visited(base: string): string[] {
  const scope = new URL(base, location.href).href
  const urls = [location.href, ...performance.getEntriesByType('resource').map(({ name }) => name)]
  return urls.flatMap((url) => fileOf(url, scope) ?? [])
}
