import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimFolder } from './folder-lock.node.ts'

let root = ''
let out = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'repro-'))
  out = join(root, 'a/b')
})
afterEach(() => rmSync(root, { recursive: true }))

const lockOf = (holder: unknown): void => {
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, '.lock'), typeof holder === 'string' ? holder : JSON.stringify(holder))
}

test('makes the folder, holds it, and takes back what stayed empty', () => {
  const release = claimFolder(out)
  expect(readdirSync(out)).toEqual(['.lock'])
  expect(() => claimFolder(out)).toThrow(`process ${process.pid} on ${hostname()}`)
  release()
  expect(readdirSync(root)).toEqual([])
})

test('leaves a folder that was there, and one that holds something', () => {
  const release = claimFolder(out)
  writeFileSync(join(out, 'result.json'), '{}')
  release()
  expect(readdirSync(out)).toEqual(['result.json'])
  mkdirSync(join(root, 'c'))
  claimFolder(join(root, 'c'))()
  expect(existsSync(join(root, 'c'))).toBe(true)
})

test.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, host: hostname(), started: '1' }],
  ['another process with the same number', { pid: process.pid, host: hostname(), started: '1' }],
])('does not heed the claim of %s', (_, holder) => {
  lockOf(holder)
  claimFolder(out)
  expect(readFileSync(join(out, '.lock'), 'utf8')).toContain(`"pid":${process.pid}`)
  expect(readdirSync(out)).toEqual(['.lock'])
})

test('heeds the claim of a process on another machine, and says what to do', () => {
  lockOf({ pid: 1, host: 'another', started: '1' })
  expect(() => claimFolder(out)).toThrow(
    `process 1 on another): wait until it is over, or give another --out; if that run is gone, delete ${out}/.lock`,
  )
})

test('heeds a claim that is just being written, and no more when it is old', () => {
  lockOf('')
  expect(() => claimFolder(out)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'BUSY' }))
  utimesSync(join(out, '.lock'), 0, 0)
  claimFolder(out)()
})

test('releases only what is still its own', () => {
  const release = claimFolder(out)
  lockOf({ pid: 1, host: 'another', started: null })
  release()
  expect(readFileSync(join(out, '.lock'), 'utf8')).toContain('another')
})
