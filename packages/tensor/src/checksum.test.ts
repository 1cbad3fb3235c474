import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksum } from './checksum.ts'

test('is the checksum of zlib, however the bytes are cut', () => {
  expect(checksum(new TextEncoder().encode('123456789'))).toBe('cbf43926')
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      expect(Number.parseInt(checksum(...parts), 16)).toBe(crc32(Buffer.concat(parts)))
    }),
  )
})
