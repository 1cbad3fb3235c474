import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decompressors } from './tiff-strips.node.ts'

/** LZW as TIFF 6.0, section 13, writes it: codes as texts of bits, wider one code early, a table of 4094 at most. */
function packedByLzw(bytes: Uint8Array): Uint8Array {
  let bits = ''
  let table = new Map<string, number>()
  const clear = () => {
    table = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]))
    // keys that are no texts of bytes
    table.set('\u0100', 256).set('\u0101', 257)
  }
  const write = (code: number) => {
    const width = table.size < 512 ? 9 : table.size < 1024 ? 10 : table.size < 2048 ? 11 : 12
    bits += code.toString(2).padStart(width, '0')
  }
  clear()
  write(256)
  let known = ''
  for (const byte of bytes) {
    const next = known + String.fromCharCode(byte)
    if (table.has(next)) {
      known = next
      continue
    }
    write(table.get(known)!)
    table.set(next, table.size)
    if (table.size === 4095) {
      write(256)
      clear()
    }
    known = String.fromCharCode(byte)
  }
  if (known !== '') {
    write(table.get(known)!)
    table.set('\u0102', table.size)
  }
  write(257)
  return Uint8Array.from(bits.match(/.{1,8}/g)!, (byte) => parseInt(byte.padEnd(8, '0'), 2))
}

it('undoes LZW, also beyond a full table', () => {
  const lengths = fc.integer({ min: 0, max: 20_000 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 256 }), fc.nat(), (length, values, seed) => {
      const bytes = Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, i ^ 0x9e3779b9) >>> 20) % values)
      const packed = packedByLzw(bytes)
      expect(decompressors[5](packed, length)).toEqual(bytes)
      // no more than is wanted
      expect(decompressors[5](packed, length >> 1)).toEqual(bytes.subarray(0, length >> 1))
    }),
    // bytes that end in the letters of 'end'
    { numRuns: 30, examples: [[1641, 121, 28]] },
  )
})

it('undoes runs of bytes as the specification has them', () => {
  // the example of TIFF 6.0, section 9
  const packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa]
  const unpacked = 'aaaaaa80002aaaaaaaaa80002a22aaaaaaaaaaaaaaaaaaaa'
  expect(Buffer.from(decompressors[32773](Uint8Array.from(packed), 24)).toString('hex')).toBe(unpacked)
  expect(decompressors[32773](Uint8Array.from(packed), 5)).toHaveLength(5)
})
