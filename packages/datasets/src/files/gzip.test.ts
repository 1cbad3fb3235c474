import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DatasetError } from '../errors.ts'
import { gunzip, isGzip } from './gzip.ts'
import * as page from './inflate.browser.ts'

const codeOf = (bytes: Uint8Array): Promise<unknown> =>
  gunzip(bytes).then(
    () => 'no error',
    (error: unknown) => (error instanceof DatasetError ? error.code : error),
  )

const content = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i) % 251)
const compressed = new Uint8Array(gzipSync(content))

describe('gunzip', () => {
  it('gives back what zlib compressed, at any level', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 0, max: 9 }), async (bytes, level) => {
        const gz = new Uint8Array(gzipSync(bytes, { level }))
        expect(isGzip(gz)).toBe(true)
        expect(await gunzip(gz)).toEqual(new Uint8Array(bytes))
      }),
      { numRuns: 50 },
    )
  })

  it('reads a view into a larger buffer', async () => {
    const larger = new Uint8Array(compressed.length + 30)
    larger.set(compressed, 7)
    expect(await gunzip(larger.subarray(7, 7 + compressed.length))).toEqual(content)
  })

  it('knows a file that was cut short anywhere', async () => {
    for (const length of [3, 10, 17, 18, 100, compressed.length >> 1, compressed.length - 9, compressed.length - 1]) {
      expect(await codeOf(compressed.subarray(0, length)), `${length} bytes`).toBe('TRUNCATED')
    }
  })

  it('never gives wrong bytes for a damaged file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(compressed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = compressed.slice()
        damaged[at] ^= flip
        try {
          expect(await gunzip(damaged)).toEqual(content) // bytes of the header that say nothing of the content
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError)
        }
      }),
    )
    const otherCrc = compressed.slice()
    otherCrc[compressed.length - 5] ^= 1
    expect(await codeOf(otherCrc)).toBe('CORRUPT')
    expect(await codeOf(Uint8Array.of(...compressed, 1, 2, 3))).toBe('CORRUPT')
  })

  it('reads all members of a file, and passes over zeros after the last', async () => {
    // RFC 1952, section 2.2: a file is a series of members
    const three = Buffer.concat([gzipSync('ab'), gzipSync(content, { level: 0 }), gzipSync('')])
    const expected = new Uint8Array(Buffer.concat([Buffer.from('ab'), content]))
    expect(await gunzip(three)).toEqual(expected)
    expect(await gunzip(Buffer.concat([three, Buffer.alloc(700)]))).toEqual(expected)
    expect(await codeOf(Buffer.concat([three, compressed.subarray(0, 30)]))).toBe('TRUNCATED')
    expect(await codeOf(Buffer.concat([three, Buffer.from('more')]))).toBe('CORRUPT')
    expect(await codeOf(Buffer.concat([three, Buffer.alloc(9), Buffer.from('more')]))).toBe('CORRUPT')
    expect(await codeOf(Buffer.concat([three, Buffer.alloc(9), three]))).toBe('CORRUPT')
  })

  it('stops at the bytes that a file may hold, which its start may say', async () => {
    expect(await gunzip(compressed, 'a.gz', content.length)).toEqual(content)
    expect(await gunzip(compressed, 'a.gz', (start) => (start[1] === content[1] ? 20_000 : 0))).toEqual(content)
    const message = 'a.gz holds more than the 19999 bytes that belong in it: get it again'
    await expect(gunzip(compressed, 'a.gz', 19_999)).rejects.toThrow(message)
    await expect(gunzip(compressed, 'a.gz', () => 19_999)).rejects.toMatchObject({ code: 'CORRUPT', file: 'a.gz' })
  })

  it('reads one member in a page, and stops there too', async () => {
    const collected = async (bytes: Uint8Array) => {
      const chunks = []
      for await (const chunk of page.inflated(bytes)) chunks.push(chunk)
      return new Uint8Array(Buffer.concat(chunks))
    }
    expect(await collected(compressed)).toEqual(content)
    await expect(collected(compressed.subarray(0, -1))).rejects.toThrow(TypeError)
    for await (const _ of page.inflated(new Uint8Array(gzipSync(new Uint8Array(2 ** 24))))) break
  })

  it('names the file that is empty or no gzip', async () => {
    await expect(gunzip(new Uint8Array(0), 'a.gz')).rejects.toThrow(/a\.gz is empty/)
    expect(await codeOf(new Uint8Array(0))).toBe('EMPTY')
    expect(await codeOf(content)).toBe('FORMAT')
  })
})
