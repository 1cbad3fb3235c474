import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksum } from './checksum.ts'

test('is the checksum of zlib', () => {
  expect(checksum(new TextEncoder().encode('123456789'))).toBe('cbf43926')
  fc.assert(fc.property(fc.uint8Array(), (bytes) => Number.parseInt(checksum(bytes), 16) === crc32(bytes)))
})
