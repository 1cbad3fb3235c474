// The checksum that shows a damaged file before anything is computed with it.

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** The CRC-32 of gzip and PNG over all parts, one after the other, as 8 hexadecimal digits. ITU-T V.42, section 8.1.1.6.2. */
export function checksum(...parts: readonly Uint8Array[]): string {
  let crc = -1
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) crc = (crc >>> 8) ^ table[(crc ^ part[i]) & 255]
  }
  return (~crc >>> 0).toString(16).padStart(8, '0')
}
