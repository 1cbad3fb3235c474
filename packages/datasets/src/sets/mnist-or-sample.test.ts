import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { mnistOrSample } from './mnist-or-sample.ts'

afterEach(() => vi.unstubAllEnvs())

it('gives the embedded digits when they are asked for, and says what they are', async () => {
  const { digits, note } = await mnistOrSample({ folder: 'sample' })
  expect(digits.canonical).toBe(false)
  expect(digits.train.labels).toHaveLength(1000)
  expect(note).toMatch(/^these are the first 1,000 .*--data DIR$/)
})

it('gives them with the reason where nothing else can be had', async () => {
  vi.stubEnv('SCATTERLAB_DATA', undefined)
  const { digits, note } = await mnistOrSample({ cache: false, download: false })
  expect(digits.canonical).toBe(false)
  expect(note).toMatch(/--data DIR \(.+\)$/)
})

it('never stands in for a folder that was named, or for an interrupted run', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'scatterlab-digits-'))
  await expect(mnistOrSample({ folder: empty })).rejects.toThrow(empty)
  rmSync(empty, { recursive: true })
  vi.stubEnv('SCATTERLAB_DATA', undefined)
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(mnistOrSample({ cache: false, signal })).rejects.toThrow('stop')
})
