import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lastResult, resultsFolder } from './results-folder.node.ts'
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
  const folder = resultsFolder(out, expect.unreachable)
  folder.take({ type: 'figure', name: 'curve', caption: '', svg: '<svg/>', png: new Uint8Array([1, 2]) })
  folder.take({ type: 'figure', name: 'disk', caption: '', svg: '<svg/>', png: null })
  folder.take({ type: 'file', name: 'weights.bin', content: new Uint8Array([3]) })
  expect(folder.finish(result)).toEqual({ written: result, lost: [] })
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

describe('a figure that cannot be written', () => {
  const figure = { type: 'figure', name: 'curve', caption: '', png: null } as const
  const whole = { ...result, figures: [{ name: 'curve', caption: '' }], files: ['weights.bin'] }

  test('leaves no half of a file, is told once, and written at the end as it was last', () => {
    mkdirSync(join(root, 'curve.svg'))
    const lines: string[] = []
    const folder = resultsFolder(root, (line) => lines.push(line))
    folder.take({ ...figure, svg: 'first' })
    folder.take({ ...figure, svg: 'second' })
    folder.take({ type: 'file', name: 'weights.bin', content: 'w' })
    expect(lines).toEqual([
      expect.stringMatching(
        /curve\.svg could not be written \((EISDIR|ENOTEMPTY|EEXIST).*make room in the folder of --out/,
      ),
    ])
    expect(readdirSync(root)).toEqual(['curve.svg', 'weights.bin'])
    rmSync(join(root, 'curve.svg'), { recursive: true })
    expect(folder.finish(whole)).toEqual({ written: whole, lost: [] })
    expect(readFileSync(join(root, 'curve.svg'), 'utf8')).toBe('second')
  })

  test('is in no result when it is still lost at the end', () => {
    mkdirSync(join(root, 'curve.svg'))
    const folder = resultsFolder(root, () => {})
    folder.take({ ...figure, svg: 'first' })
    const { written, lost } = folder.finish(whole)
    expect(written).toEqual({ ...whole, figures: [] })
    expect(lost).toEqual([
      { name: 'curve', reason: expect.stringContaining(`${join(root, 'curve.svg')} could not be written`) as string },
    ])
    expect(lastResult(root)).toEqual(written)
  })
})

test('a folder that takes nothing is told in the end, and nothing is thrown', () => {
  const out = join(root, 'out')
  writeFileSync(out, '')
  const { lost } = resultsFolder(out, () => {}).finish(result)
  expect(lost.map(({ name }) => name)).toEqual(['report.md', 'result.json'])
})

test('partial results replace what was there, but a complete result only when something was measured', () => {
  const folder = resultsFolder(root, expect.unreachable)
  const nothing: Result = { ...result, partial: true, rows: [] }
  expect(folder.finish(nothing).written).toEqual(nothing)
  folder.finish(result)
  expect(folder.finish(nothing).written).toBeUndefined()
  expect(lastResult(root)).toEqual(result)
  expect(folder.finish({ ...result, partial: true }).written).toBeDefined()
  expect(lastResult(root)?.partial).toBe(true)
})

test('a folder without a readable result has none', () => {
  expect(lastResult(root)).toBeUndefined()
  expect(lastResult(join(root, 'nowhere'))).toBeUndefined()
})
