import { afterEach, describe, expect, it, vi } from 'vitest'
import * as browser from './storage.browser.ts'
import * as node from './storage.node.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const bytes = Uint8Array.of(1, 2, 3)

describe('the storage of pages', () => {
  /** The part of the Cache API that is used. */
  function cacheApi() {
    const caches = new Map<string, Map<string, Response>>()
    const open = async (name: string) => {
      const entries = caches.get(name) ?? new Map<string, Response>()
      caches.set(name, entries)
      return {
        match: async (url: string) => entries.get(url)?.clone(),
        put: async (url: string, response: Response) => void entries.set(url, response),
        delete: async (url: string) => entries.delete(url),
      }
    }
    return { caches, open }
  }

  it('keeps files in the Cache API', async () => {
    const api = cacheApi()
    vi.stubGlobal('caches', api)
    const cache = browser.openCache()
    expect(await cache.read('set/a.gz')).toBeUndefined()
    const part = await cache.openPart('set/a.gz')
    await part.append(bytes)
    expect(await cache.read('set/a.gz')).toBeUndefined()
    await part.commit()
    expect(await browser.openCache().read('set/a.gz')).toEqual(bytes)
    expect(await browser.openCache('another').read('set/a.gz')).toBeUndefined()
    await cache.remove('set/a.gz')
    expect(await cache.read('set/a.gz')).toBeUndefined()
    expect([...api.caches.keys()]).toEqual(['scatterlab', 'another'])
  })

  it('keeps the part of an interrupted download while the page lives', async () => {
    vi.stubGlobal('caches', cacheApi())
    const first = await browser.openCache().openPart('set/b.gz')
    await first.append(bytes)
    await first.leave()
    expect((await browser.openCache('another').openPart('set/b.gz')).size).toBe(0)
    const second = await browser.openCache().openPart('set/b.gz')
    expect(second.size).toBe(3)
    expect((await browser.openCache().openPart('set/b.gz')).size).toBe(0)
    await second.append(Uint8Array.of(4))
    expect([...(await second.bytes())]).toEqual([1, 2, 3, 4])
  })

  it('falls back to memory', async () => {
    vi.stubGlobal('caches', undefined)
    const part = await browser.openCache().openPart('set/c.gz')
    await part.append(bytes)
    await part.commit()
    expect(await browser.openCache().read('set/c.gz')).toEqual(bytes)
    expect(browser.openCache().place).toBe('memory')
  })

  it('says that a cache is full, and that pages read no folders', async () => {
    const full = { open: () => Promise.reject(new DOMException('quota', 'QuotaExceededError')) }
    vi.stubGlobal('caches', full)
    await expect(browser.openCache().read('set/d.gz')).rejects.toMatchObject({ code: 'CACHE' })
    expect(browser.dataFolder()).toBeUndefined()
    await expect(browser.readFirst('/data', [])).rejects.toThrow(
      /a page reads no folders, give it files by `pageFolder`/,
    )
  })
})

describe('the cache folder in Node', () => {
  it('is the one named, else the one of the environment, else the platform’s', () => {
    vi.stubEnv('SCATTERLAB_CACHE', '/named')
    vi.stubEnv('XDG_CACHE_HOME', '/xdg')
    expect(node.openCache('/given').place).toBe('/given')
    expect(node.openCache().place).toBe('/named')
    vi.stubEnv('SCATTERLAB_CACHE', '')
    expect(node.openCache().place).toBe('/xdg/scatterlab')
    vi.stubEnv('XDG_CACHE_HOME', '')
    expect(node.openCache().place).toMatch(/scatterlab/)
  })
})
