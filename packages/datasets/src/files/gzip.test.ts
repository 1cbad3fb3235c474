import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DatasetError } from '../errors.ts'
import { gunzip, isGzip } from './gzip.ts'

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

  it('names the file that is empty or no gzip', async () => {
    await expect(gunzip(new Uint8Array(0), 'a.gz')).rejects.toThrow(/a\.gz is empty/)
    expect(await codeOf(new Uint8Array(0))).toBe('EMPTY')
    expect(await codeOf(content)).toBe('FORMAT')
  })
})
