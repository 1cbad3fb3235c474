// The regular files in a tar archive (ustar, and what GNU tar and pax write for ordinary names). No links, no long
// names, and nothing is written to disk.

import { DatasetError } from '../errors.ts'

const BLOCK = 512

/**
 * The files in the (decompressed) tar archive `bytes` by their paths, as views; `archive` is its name in errors. Throws
 * DatasetError: TRUNCATED if a file in it ends too early, CORRUPT if the checksum or the size in a header is wrong.
 * Source: POSIX.1-1988, ustar interchange format.
 */
export function tarFiles(bytes: Uint8Array, archive = 'tar archive'): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  let at = 0
  while (at + BLOCK <= bytes.length && bytes[at] !== 0) {
    const header = bytes.subarray(at, at + BLOCK)
    const size = octal(header, 124, 12)
    if (size === undefined || octal(header, 148, 8) !== checksum(header)) {
      throw new DatasetError('CORRUPT', `${archive} is not a tar archive, or is damaged: get it again`, {
        file: archive,
      })
    }
    const start = at + BLOCK
    if (start + size > bytes.length) {
      throw new DatasetError('TRUNCATED', `${archive} ends too early: it was cut short, get it again`, {
        file: archive,
      })
    }
    const type = header[156]
    const isFile = type === 0 || type === '0'.charCodeAt(0)
    if (isFile) files.set(pathIn(header), bytes.subarray(start, start + size))
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

function pathIn(header: Uint8Array): string {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : ''
  const name = text(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** The sum of a header's bytes, its checksum field counted as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0)
}

/** The octal digits in a field; undefined for anything else, signs and binary numbers among it. */
function octal(header: Uint8Array, at: number, length: number): number | undefined {
  const digits = text(header, at, length).trim()
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : undefined
}

function text(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}
