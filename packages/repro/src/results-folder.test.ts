import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastResult, resultsFolder } from './results-folder.ts'
import type { Result } from './result.ts'
import { errorRow } from './row.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'repro-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const result: Result = {
  app: 'mnist',
  slide: 'A Slide',
  claim: 'a claim',
  mode: 'quick',
  seed: 1,
  backend: 'reference',
  data: 'digits',
  protocol: 'one split',
  seconds: 1,
  peakMemoryMB: null,
  phases: {},
  rows: [errorRow({ method: 'k-NN', settings: {}, count: 3, total: 100 })],
  figures: [],
  files: [],
  startedAt: '2026-11-23T10:00:00.000Z',
  machine: null,
}

test('figures and files are kept as they come, the result at the end, and nothing else is left', () => {
  const out = join(root, 'results/mnist')
  const folder = resultsFolder(out)
  folder.take({ type: 'figure', name: 'curve', caption: '', svg: '<svg/>', png: new Uint8Array([1, 2]) })
  folder.take({ type: 'figure', name: 'disk', caption: '', svg: '<svg/>', png: null })
  folder.take({ type: 'file', name: 'weights.bin', content: new Uint8Array([3]) })
  expect(folder.finish(result)).toBe(true)
  expect(readdirSync(out).sort()).toEqual([
    'curve.png',
    'curve.svg',
    'disk.svg',
    'report.md',
    'result.json',
    'weights.bin',
  ])
  expect([...readFileSync(join(out, 'curve.png'))]).toEqual([1, 2])
  expect(lastResult(out)).toEqual(result)
})

test('a write that fails leaves no half of a file', () => {
  mkdirSync(join(root, 'curve.svg'))
  const folder = resultsFolder(root)
  const write = () => folder.take({ type: 'figure', name: 'curve', caption: '', svg: '<svg/>', png: null })
  expect(write).toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
  expect(readdirSync(root)).toEqual(['curve.svg'])
})

test('partial results replace what was there, but a complete result only when something was measured', () => {
  const folder = resultsFolder(root)
  const nothing: Result = { ...result, partial: true, rows: [] }
  expect(folder.finish(nothing)).toBe(true)
  folder.finish(result)
  expect(folder.finish(nothing)).toBe(false)
  expect(lastResult(root)).toEqual(result)
  expect(folder.finish({ ...result, partial: true })).toBe(true)
  expect(lastResult(root)?.partial).toBe(true)
})

test('a folder without a readable result has none', () => {
  expect(lastResult(root)).toBeUndefined()
  expect(lastResult(join(root, 'nowhere'))).toBeUndefined()
})
