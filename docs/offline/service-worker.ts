// The site without a network. Pages come from the network where there is one, and from the cache where there is none; what has a hash in its
// name comes from the cache first. Each build has a cache of its own; the ones before it are dropped once it is in use.
import { COMPLETE, type Keep, type Whole, cachePrefix, fileOf, isLasting } from './requests.ts'

/** Written into this file by the build: see tools/offline.ts. */
declare const VERSION: string
declare const FILES: readonly string[]
declare const BYTES: number

/** What TypeScript's types of a page lack. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetched extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker {
  readonly registration: ServiceWorkerRegistration
  readonly clients: { claim(): Promise<void> }
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetched) => void): void
  addEventListener(type: 'message', listener: (event: Lasting & MessageEvent<Keep>) => void): void
}
const worker = globalThis as unknown as Worker

// the build writes the list where its name stands
const all: readonly string[] = FILES

const { scope } = worker.registration
const prefix = cachePrefix(new URL(scope).pathname)
const own = prefix + VERSION
const address = (file: string): string => new URL(file, scope).href
const before = async (): Promise<string[]> =>
  (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== own)

/** Fetches those of `files` that the cache lacks; what an older build has under the same lasting name is copied. Says so in the cache when
 * all of the site is there. */
async function keep(files: readonly string[]): Promise<void> {
  const cache = await caches.open(own)
  const older = await Promise.all((await before()).map((name) => caches.open(name)))
  for (const file of files) {
    if (await cache.match(address(file))) continue
    const copies = isLasting(file) ? await Promise.all(older.map((one) => one.match(address(file)))) : []
    const response = copies.find((copy) => copy) ?? (await fetch(address(file), { cache: 'no-cache' }))
    // the host may have another build by now: its own worker will come
    if (!response.ok) return
    await cache.put(address(file), response)
  }
  if (files !== all) return
  const whole: Whole = { files: all.length, bytes: BYTES }
  await cache.put(address(COMPLETE), Response.json(whole))
}

async function answer(request: Request, file: string): Promise<Response> {
  const cache = await caches.open(own)
  const kept = () => cache.match(address(file))
  const copy = isLasting(file) ? await kept() : undefined
  if (copy) return copy
  try {
    const response = await fetch(request)
    if (response.status === 200) await cache.put(address(file), response.clone())
    return response
  } catch (error) {
    const last = await kept()
    if (last) return last
    throw error
  }
}

// where a whole site was kept, the build that follows it takes over once it is whole too; until then the older one answers
worker.addEventListener('install', (event) =>
  event.waitUntil(
    before().then(async (names) => {
      const had = await Promise.all(names.map(async (name) => (await caches.open(name)).match(address(COMPLETE))))
      if (had.some((whole) => whole)) await keep(all)
    }),
  ),
)

worker.addEventListener('activate', (event) =>
  event.waitUntil(
    before()
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  ),
)

worker.addEventListener('message', (event) => {
  const { keep: wanted } = event.data
  const files = wanted === 'all' ? all : wanted.filter((file) => all.includes(file))
  event.waitUntil(keep(files))
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const file = fileOf(request.url, scope)
  if (request.method === 'GET' && file !== undefined) event.respondWith(answer(request, file))
})
