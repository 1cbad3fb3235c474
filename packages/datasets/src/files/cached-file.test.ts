import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cachedFile, decodePublished, type CachedFileOptions } from './cached-file.ts'
import type { DownloadProgress } from './download.ts'
import type { FileCache } from './storage.ts'
import { memoryCache } from './memory-cache.ts'
import { openCache } from './storage.node.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

// noise enough to come in several pieces
const content = Uint8Array.from({ length: 300_000 }, (_, i) => Math.imul(i, i ^ 0x9e3779b9) >>> 20)
const gz = new Uint8Array(gzipSync(content))
const checksum = createHash('sha256').update(content).digest('hex')
const decode = (bytes: Uint8Array<ArrayBuffer>) => decodePublished(bytes, 'numbers.gz', checksum)
const half = gz.length >> 1

let folder: string
const closers: (() => void)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cached-file-'))
})
afterEach(() => {
  for (const close of closers.splice(0)) close()
  rmSync(folder, { recursive: true })
})

/** A server of its own; `requests` holds the Range header of each request, or '-'. */
async function mirror(handler: Handler): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.headers.range ?? '-')
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sets`, requests }
}

/** Serves `body`, ranges too, as any static server does. */
const serving =
  (body: Uint8Array = gz): Handler =>
  ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    if (start >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
    } else if (start > 0) {
      const range = `bytes ${start}-${body.length - 1}/${body.length}`
      response
        .writeHead(206, { 'content-range': range, 'content-length': body.length - start })
        .end(body.subarray(start))
    } else {
      response.writeHead(200, { 'content-length': body.length }).end(body)
    }
  }

const held: ServerResponse[] = []

/** Promises all of the file, sends half of it, and then nothing. */
const stalling: Handler = (_, response) => {
  response.writeHead(200, { 'content-length': gz.length })
  response.write(gz.subarray(0, half))
  held.push(response)
}

/** Ends the connections that are stalled, once half of the file has been received. */
const breakHalfway = ({ received }: DownloadProgress) => {
  if (received === half) for (const response of held.splice(0)) response.destroy()
}

const bomb = gzipSync(new Uint8Array(1e8))
/** Sends `bytes` again and again as long as somebody listens. */
const endless = (response: ServerResponse, bytes: Uint8Array): void => {
  while (response.writable && response.write(bytes));
  if (response.writable) response.once('drain', () => endless(response, bytes))
}
const failing =
  (status: number): Handler =>
  (_, response) => {
    response.writeHead(status).end('<html>no</html>')
  }

const get = (options: Partial<CachedFileOptions>) =>
  cachedFile('numbers.gz', decode, 'Ways: none', {
    cache: openCache(folder),
    directory: 'set',
    mirrors: [],
    most: content.length,
    ...options,
  })

const kept = () => readdirSync(join(folder, 'set')).sort()
const leave = (name: string, bytes: Uint8Array) => {
  mkdirSync(join(folder, 'set'), { recursive: true })
  writeFileSync(join(folder, 'set', name), bytes)
}

describe('a download', () => {
  it('is kept whole, with nothing beside it, and not repeated', async () => {
    const { url, requests } = await mirror(serving())
    const progress: DownloadProgress[] = []
    const first = await get({ mirrors: [url], onProgress: (event) => progress.push(event) })
    expect(first).toEqual({ content, origin: `downloaded from ${url}/` })
    expect(kept()).toEqual(['numbers.gz'])
    expect(progress.at(-1)).toEqual({
      file: 'numbers.gz',
      url: `${url}/numbers.gz`,
      received: gz.length,
      total: gz.length,
    })
    const again = await get({ mirrors: [url] })
    expect(again).toEqual({ content, origin: `cached in ${folder}` })
    expect(requests).toEqual(['-'])
  })

  it('goes on where the connection broke', async () => {
    const { url, requests } = await mirror((request, response) =>
      (requests.length === 1 ? stalling : serving())(request, response),
    )
    expect((await get({ mirrors: [url], onProgress: breakHalfway })).content).toEqual(content)
    expect(requests).toEqual(['-', `bytes=${half}-`])
    expect(kept()).toEqual(['numbers.gz'])
  })

  it('starts again where the server knows no ranges', async () => {
    const { url, requests } = await mirror((request, response) => {
      if (requests.length === 1) stalling(request, response)
      else response.writeHead(200).end(gz)
    })
    expect((await get({ mirrors: [url], onProgress: breakHalfway })).content).toEqual(content)
    expect(requests).toHaveLength(2)
  })

  it('starts again where the server sends another range than the one asked for', async () => {
    const { url, requests } = await mirror((request, response) => {
      if (request.headers.range === undefined && requests.length === 1) stalling(request, response)
      else if (request.headers.range === undefined) response.writeHead(200).end(gz)
      else response.writeHead(206, { 'content-range': `bytes 5-9/${gz.length}` }).end(gz.subarray(5, 10))
    })
    expect((await get({ mirrors: [url], onProgress: breakHalfway })).content).toEqual(content)
    expect(requests).toEqual(['-', `bytes=${half}-`, '-'])
  })

  it('goes on from one mirror to the next, with what is there', async () => {
    const first = await mirror((_, response) => {
      if (first.requests.length === 1) stalling(_, response)
      else response.writeHead(503).end()
    })
    const second = await mirror(serving())
    const result = await get({ mirrors: [first.url, second.url], onProgress: breakHalfway })
    expect(result).toEqual({ content, origin: `downloaded from ${second.url}/` })
    expect(second.requests).toEqual([`bytes=${half}-`])
  })

  it.each<[string, Handler]>([
    ['answers 404', failing(404)],
    ['answers 500', failing(500)],
    ['has a file cut short', serving(gz.subarray(0, half))],
    ['has an empty file', serving(new Uint8Array(0))],
    ['has other content', serving(new Uint8Array(gzipSync('other')))],
    ['shows a page instead', (_, response) => void response.writeHead(200).end('<html>sign in</html>')],
  ])('takes the second mirror where the first %s', async (_, handler) => {
    const [first, second] = [await mirror(handler), await mirror(serving())]
    expect((await get({ mirrors: [first.url, `${second.url}/`] })).content).toEqual(content)
    expect(first.requests).toEqual(['-'])
    expect(second.requests).toEqual(['-'])
    expect(kept()).toEqual(['numbers.gz'])
  })

  it.each<[string, Handler]>([
    ['without an end', (_, response) => endless(response.writeHead(200), gz)],
    ['compressed to nothing', (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)],
    ['that says it is long', (_, response) => void response.writeHead(200, { 'content-length': 1e12 }).write('x')],
  ])('stops a file %s at the published size, and takes the next mirror', async (_, handler) => {
    const [first, second] = [await mirror(handler), await mirror(serving())]
    let most = 0
    const onProgress = ({ received }: DownloadProgress) => (most = Math.max(most, received))
    expect((await get({ mirrors: [first.url, second.url], onProgress })).content).toEqual(content)
    expect(most).toBeLessThanOrEqual(content.length)
    expect(first.requests).toEqual(['-'])
    expect(second.requests).toEqual(['-'])
    expect(kept()).toEqual(['numbers.gz'])
    const alone = get({ mirrors: [first.url], cache: memoryCache() })
    await expect(alone).rejects.toThrow(`it has more than the ${content.length} bytes of the published file`)
  })

  it('does not read a file in the cache that is too long', async () => {
    leave('numbers.gz', new Uint8Array(0))
    truncateSync(join(folder, 'set/numbers.gz'), 2 ** 40)
    await expect(get({})).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(kept()).toEqual([])
  })

  it('accepts a file that the server decompressed on the way', async () => {
    const { url } = await mirror((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': gz.length }).end(gz)
    })
    const progress: DownloadProgress[] = []
    const result = await get({ mirrors: [url], onProgress: (event) => progress.push(event) })
    expect(result.content).toEqual(content)
    expect(progress.at(-1)?.total).toBeUndefined()
  })

  it('that fails everywhere says why, of each, and leaves nothing', async () => {
    const [first, second] = [await mirror(failing(404)), await mirror(serving(gz.subarray(0, half)))]
    const unreachable = 'http://127.0.0.1:1/sets'
    const attempt = get({ mirrors: [first.url, second.url, unreachable] })
    await expect(attempt).rejects.toMatchObject({ code: 'DOWNLOAD', file: 'numbers.gz' })
    const message = await attempt.catch((error: Error) => error.message)
    expect(message).toContain(`${first.url}/numbers.gz: HTTP 404`)
    expect(message).toContain(`${second.url}/numbers.gz: numbers.gz ends too early`)
    expect(message).toContain(`${unreachable}/numbers.gz: `)
    expect(message).toContain('Ways: none')
    expect(kept()).toEqual([])
  })
})

describe('a download that was stopped', () => {
  it.each<[string, () => FileCache]>([
    ['a folder', () => openCache(folder)],
    ['memory', () => memoryCache()],
  ])('by its signal keeps its part in %s, and goes on from it', async (_, open) => {
    const cache = open()
    const stop = new AbortController()
    const slow = await mirror(stalling)
    const onProgress = ({ received }: DownloadProgress) => {
      if (received === half) stop.abort(new Error('stopped'))
    }
    await expect(get({ cache, mirrors: [slow.url], signal: stop.signal, onProgress })).rejects.toThrow('stopped')
    expect(await cache.read('set/numbers.gz')).toBeUndefined()
    const fast = await mirror(serving())
    expect((await get({ cache, mirrors: [fast.url] })).content).toEqual(content)
    expect(fast.requests).toEqual([`bytes=${half}-`])
    expect((await get({ cache })).content).toEqual(content)
  })

  it('before it began asks nobody', async () => {
    const { url, requests } = await mirror(serving())
    await expect(get({ mirrors: [url], signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never')
    expect(requests).toEqual([])
  })

  it('by Ctrl-C goes on in the next program', async () => {
    const slow = await mirror(stalling)
    const program = `
      const { cachedFile } = await import(${JSON.stringify(new URL('./cached-file.ts', import.meta.url).href)})
      const { openCache } = await import(${JSON.stringify(new URL('./storage.node.ts', import.meta.url).href)})
      await cachedFile('numbers.gz', async () => {}, '', {
        cache: openCache(${JSON.stringify(folder)}), directory: 'set', mirrors: [${JSON.stringify(slow.url)}], most: 1e6,
        onProgress: ({ received }) => { if (received === ${half}) process.kill(process.pid, 'SIGINT') },
      })`
    const signal = await new Promise((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', program], (error) => resolve(error?.signal))
    })
    expect(signal).toBe('SIGINT')
    const fast = await mirror(serving())
    expect((await get({ mirrors: [fast.url] })).content).toEqual(content)
    expect(fast.requests).toEqual([`bytes=${half}-`])
    expect(kept()).toEqual(['numbers.gz'])
  })

  it('after its last byte is finished without another', async () => {
    leave('numbers.gz.part', gz)
    const { url, requests } = await mirror(serving())
    expect((await get({ mirrors: [url] })).content).toEqual(content)
    expect(requests).toEqual([`bytes=${gz.length}-`])
  })

  it.each([
    ['holds other bytes', new Uint8Array(half)],
    ['is longer than the file', new Uint8Array(gz.length + 5)],
  ])('starts again where its part %s', async (_, part) => {
    leave('numbers.gz.part', part)
    const { url, requests } = await mirror(serving())
    expect((await get({ mirrors: [url] })).content).toEqual(content)
    expect(requests).toEqual([`bytes=${part.length}-`, '-'])
    expect(kept()).toEqual(['numbers.gz'])
  })

  it('is left alone while its program runs, unless it has slept for long', async () => {
    const used = `numbers.gz.part-${process.pid}-abcd1234`
    leave(used, gz.subarray(0, half))
    const { url, requests } = await mirror(serving())
    await get({ mirrors: [url] })
    expect(requests).toEqual(['-'])
    expect(kept()).toEqual(['numbers.gz', used])
    rmSync(join(folder, 'set/numbers.gz'))
    utimesSync(join(folder, 'set', used), 0, 0)
    await get({ mirrors: [url] })
    expect(requests).toEqual(['-', `bytes=${half}-`])
    expect(kept()).toEqual(['numbers.gz'])
  })
})

it('two downloads at once do not disturb each other', async () => {
  const { url } = await mirror(serving())
  const results = await Promise.all([get({ mirrors: [url] }), get({ mirrors: [url] }), get({ mirrors: [url] })])
  for (const result of results) expect(result.content).toEqual(content)
  expect(kept()).toEqual(['numbers.gz'])
  expect(new Uint8Array(readFileSync(join(folder, 'set/numbers.gz')))).toEqual(gz)
})

describe('a damaged file in the cache', () => {
  const damaged = gz.slice()
  damaged[half] ^= 1

  it.each([
    ['damaged', damaged],
    ['cut short', gz.subarray(0, half)],
    ['empty', new Uint8Array(0)],
    ['of another set', new Uint8Array(gzipSync('other'))],
  ])('(%s) is downloaded again, or else removed with an error', async (_, bytes) => {
    leave('numbers.gz', bytes)
    const { url } = await mirror(serving())
    expect((await get({ mirrors: [url] })).origin).toBe(`downloaded from ${url}/`)
    leave('numbers.gz', bytes)
    await expect(get({})).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('has been removed'),
    })
    expect(kept()).toEqual([])
    await expect(get({})).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('Ways: none') })
  })
})

it('a cache that cannot be written names its folder and the fix', async () => {
  writeFileSync(join(folder, 'set'), 'a file where a folder should be')
  const { url } = await mirror(serving())
  const attempt = get({ mirrors: [url] })
  await expect(attempt).rejects.toMatchObject({ code: 'CACHE' })
  await expect(attempt).rejects.toThrow(/cache .*cached-file-.* does not work .*SCATTERLAB_CACHE/)
})
