import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytePng } from '../folders/png.test.builder.ts'
import { PHOTOGRAPHS, TEXTURES, photograph, photographOrLeaves, texture } from './photographs.ts'

afterEach(() => vi.unstubAllEnvs())
const scratch = (): string => mkdtempSync(join(tmpdir(), 'scatterlab-photographs-'))
const shared = join(import.meta.dirname, '../../../../../shared/data')

describe('photograph', () => {
  it('takes the luminance of the picture in a folder, scaled and cut', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'photos'))
    // two columns, red and white
    writeFileSync(join(folder, 'photos/coins.png'), bytePng(2, 1, 3, [255, 0, 0, 255, 255, 255]))
    const { data, shape, source } = await photograph('coins', { folder, size: [1, 2] })
    expect(shape).toEqual([1, 2])
    expect(data[0]).toBeCloseTo(0.299, 6)
    expect(data[1]).toBeCloseTo(1, 6)
    expect(source).toContain(folder)
    rmSync(folder, { recursive: true })
  })

  it.skipIf(!existsSync(join(shared, 'photos')))('decodes every one of them, by checksum', async () => {
    const folder = scratch()
    vi.stubGlobal('fetch', async (url: string) => {
      const path = join(folder, 'a.png')
      copyFileSync(join(shared, 'photos', url.split('/').at(-1)!), path)
      return new Response(await (await import('node:fs/promises')).readFile(path))
    })
    vi.stubEnv('SCATTERLAB_DATA', undefined)
    for (const name of PHOTOGRAPHS) {
      const { data } = await photograph(name, { cache: false, size: 64 })
      const mean = data.reduce((sum, v) => sum + v, 0) / data.length
      expect(mean).toBeGreaterThan(0.2)
      expect(mean).toBeLessThan(0.7)
    }
    vi.unstubAllGlobals()
    rmSync(folder, { recursive: true })
  })

  it('names the file and the ways to get it where it is nowhere', async () => {
    const folder = scratch()
    await expect(photograph('moon', { folder })).rejects.toThrow(/photographs.*moon\.png/s)
    writeFileSync(join(folder, 'moon.png'), 'no picture')
    await expect(photograph('moon', { folder })).rejects.toThrow(/moon\.png cannot be decoded/)
    rmSync(folder, { recursive: true })
  })
})

describe('texture', () => {
  it.skipIf(!existsSync(join(shared, 'textures')))('decodes every one of them', async () => {
    for (const name of TEXTURES) {
      const { data, shape, source } = await texture(name, { folder: shared, size: 64 })
      expect(shape).toEqual([64, 64])
      expect(source).toContain(name)
      expect(new Set(data).size).toBeGreaterThan(1)
    }
  })

  it('names the file and the ways to get it where it is nowhere', async () => {
    const folder = scratch()
    await expect(texture('nuts', { folder })).rejects.toThrow(/nuts|textures/)
    rmSync(folder, { recursive: true })
  })
})

describe('photographOrLeaves', () => {
  it('gives a generated picture where it is asked for or nothing else can be had, and says so', async () => {
    const { picture, note } = await photographOrLeaves('camera', { folder: 'sample', size: 32 })
    expect(picture.shape).toEqual([32, 32])
    expect(picture.source).toMatch(/^generated/)
    expect(note).toMatch(/no photograph/)
    vi.stubEnv('SCATTERLAB_DATA', undefined)
    const offline = await photographOrLeaves('camera', { cache: false, download: false, size: 32 })
    expect(offline.note).toMatch(/no photograph.*\(.+\)$/)
  })

  it('never stands in for a folder that was named, or for an interrupted run', async () => {
    const empty = scratch()
    await expect(photographOrLeaves('camera', { folder: empty })).rejects.toThrow(empty)
    rmSync(empty, { recursive: true })
    vi.stubEnv('SCATTERLAB_DATA', undefined)
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(photographOrLeaves('camera', { cache: false, signal })).rejects.toThrow('stop')
  })
})
