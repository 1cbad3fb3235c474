import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished, vi } from 'vitest'
import { fitsFile } from '../files/fits.test.builder.ts'
import { dustMap } from './photographs.ts'

function folderOf(path: string, bytes: Uint8Array): string {
  const root = mkdtempSync(join(tmpdir(), 'dust-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), bytes)
  return root
}
const numbers = Array.from({ length: 512 * 512 }, (_, i) => Math.floor(i / 512) + (i % 512) / 1024)
const file = (header = {}): Uint8Array =>
  fitsFile({ BITPIX: -32, NAXIS: 2, NAXIS1: 512, NAXIS2: 512, ...header }, numbers)

it.each([
  ['ism-dust-maps/I_1.fits.gz', gzipSync(file())],
  ['I_1.fits', file()],
])('reads %s, by means over blocks', async (path, bytes) => {
  const folder = folderOf(path, bytes)
  const { data, shape, source } = await dustMap('intensity', { folder, size: 2 })
  expect(shape).toEqual([2, 2])
  // means of rows 0 to 255 and of columns 0 to 255
  expect([...data]).toEqual(
    [127.5 + 127.5 / 1024, 127.5 + 383.5 / 1024, 383.5 + 127.5 / 1024, 383.5 + 383.5 / 1024].map(Math.fround),
  )
  expect(source).toContain(folder)
})

it.each<[string, Uint8Array, string]>([
  ['another size', file({ NAXIS1: 256 }), 'MISMATCH'],
  ['a damaged archive', gzipSync(file()).subarray(0, 900), 'TRUNCATED'],
  ['numbers of another kind', file({ BITPIX: 16 }), 'FORMAT'],
])('refuses %s', async (_, bytes, code) => {
  const folder = folderOf('Q_1.fits', bytes)
  await expect(dustMap('polarisation', { folder })).rejects.toMatchObject({ code })
})

it('says where to get it', async () => {
  await expect(dustMap('intensity', { folder: folderOf('a.txt', file()) })).rejects.toThrow(/pywst.*--data FOLDER/)
  vi.stubEnv('SCATTERLAB_DATA', undefined)
  await expect(dustMap('intensity')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  vi.unstubAllEnvs()
})

const dataFolder = process.env.SCATTERLAB_DATA
it.skipIf(!dataFolder)('reads the published maps', async () => {
  const [intensity, polarisation] = await Promise.all(
    (['intensity', 'polarisation'] as const).map((name) => dustMap(name, { folder: dataFolder, size: 512 })),
  )
  const ends = ({ data }: { data: Float32Array }): number[] => [
    data.reduce((a, v) => Math.min(a, v)),
    data.reduce((a, v) => Math.max(a, v)),
  ]
  // ranges as those who published them print
  ends(intensity).forEach((v, i) => expect(v).toBeCloseTo([0.036, 1.064][i], 3))
  ends(polarisation).forEach((v, i) => expect(v).toBeCloseTo([-0.121, 0.165][i], 3))
})
