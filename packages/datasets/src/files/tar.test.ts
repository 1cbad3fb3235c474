import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { tarFiles } from './tar.ts'

const folder = mkdtempSync(join(tmpdir(), 'tar-'))
afterAll(() => rmSync(folder, { recursive: true }))

const contents: Record<string, Uint8Array> = {
  'set/empty.bin': new Uint8Array(0),
  'set/block.bin': new Uint8Array(512).fill(3),
  'set/more.bin': new Uint8Array(1300).map((_, i) => i % 256),
  [`set/${'deep/'.repeat(25)}name.bin`]: Uint8Array.of(9),
}
for (const [path, bytes] of Object.entries(contents)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), bytes)
}
// the system's tar is the oracle
const archive = new Uint8Array(execFileSync('tar', ['--format=ustar', '-cf', '-', '-C', folder, 'set']))

describe('tarFiles', () => {
  it('gives what the system’s tar put in, without its folders', () => {
    expect(Object.fromEntries(tarFiles(archive))).toEqual(contents)
  })

  it('has nothing in an archive of nothing', () => {
    expect(tarFiles(new Uint8Array(1024)).size).toBe(0)
  })

  it.each([
    ['TRUNCATED', () => archive.subarray(0, archive.lastIndexOf(255))],
    ['CORRUPT', () => archive.with(0, archive[0] + 1)],
    ['CORRUPT', () => new Uint8Array(2000).fill(65)],
  ])('throws %s and names the archive', (code, damaged) => {
    expect(() => tarFiles(damaged(), 'a.tar')).toThrow(expect.objectContaining({ code, file: 'a.tar' }))
  })

  it.each(['-1000', '-1', '+1', ' ', '99999999999', '1x', '0x10', '1e3', '\x80\0\0\0\0\0\0\0\0\0\x02\0'])(
    'refuses the size %j in a header that is right otherwise',
    (size) => {
      const damaged = archive.slice()
      const file = damaged.findLastIndex((byte, i) => i % 512 === 156 && byte === 0x30) - 156
      damaged.fill(0, file + 124, file + 136)
      for (let i = 0; i < size.length; i++) damaged[file + 124 + i] = size.charCodeAt(i)
      damaged.fill(32, file + 148, file + 156)
      const sum = damaged.subarray(file, file + 512).reduce((total, byte) => total + byte, 0)
      damaged.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), file + 148)
      expect(() => tarFiles(damaged, 'a.tar')).toThrow(expect.objectContaining({ code: 'CORRUPT', file: 'a.tar' }))
    },
  )
})
