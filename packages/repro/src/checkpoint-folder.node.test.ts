import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkpointFolder } from './checkpoint-folder.node.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'repro-'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('keeps the latest of each name, and nothing else', () => {
  const folder = checkpointFolder(join(root, 'mnist/checkpoints'))
  expect(folder.read('network')).toBeUndefined()
  folder.write('network', Uint8Array.of(1, 2, 3))
  folder.write('network', Uint8Array.of(4, 5))
  folder.write('optimiser', Uint8Array.of(6))
  expect(readdirSync(join(root, 'mnist/checkpoints')).sort()).toEqual(['network', 'optimiser'])
  expect([...(folder.read('network') ?? [])]).toEqual([4, 5])
})

test('a write that fails leaves what was there, and no half of a file', () => {
  const folder = checkpointFolder(root)
  folder.write('network', Uint8Array.of(1))
  mkdirSync(join(root, `.network.${process.pid}.tmp`))
  expect(() => folder.write('network', Uint8Array.of(2))).toThrow(/EISDIR/)
  expect([...(folder.read('network') ?? [])]).toEqual([1])
})

test('removes its folder with all that is in it, and nothing beside it', () => {
  writeFileSync(join(root, 'weights.bin'), 'w')
  const folder = checkpointFolder(join(root, 'checkpoints'))
  folder.remove()
  folder.write('network', Uint8Array.of(1))
  folder.remove()
  expect(existsSync(join(root, 'checkpoints'))).toBe(false)
  expect(readdirSync(root)).toEqual(['weights.bin'])
  expect(folder.read('network')).toBeUndefined()
})

test('where no folder can be, nothing is found', () => {
  writeFileSync(join(root, 'file'), '')
  expect(checkpointFolder(join(root, 'file')).read('network')).toBeUndefined()
})
