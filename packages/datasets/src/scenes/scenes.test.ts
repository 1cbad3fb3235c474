import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { bytePng } from '../folders/png.test.builder.ts'
import { SCENE_CLASSES, SCENE_COLOURS, UNLABELLED, camVid, streets } from './scenes.ts'

/** A set of one scene a drive, two pixels each, with other files in the place of some of these. */
function folderOf(change: Readonly<Record<string, Uint8Array | null>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'camvid-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const files: Record<string, Uint8Array | null> = {}
  for (const part of ['train', 'val', 'test']) {
    files[`camvid/${part}/a.png`] = bytePng(2, 1, 3, [1, 2, 3, 4, 5, 6])
    files[`camvid/${part}annot/a.png`] = bytePng(2, 1, 1, [3, UNLABELLED])
  }
  for (const [path, content] of Object.entries({ ...files, ...change })) {
    if (content === null) continue
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

it('reads pictures as planes beside their labels, in the order of names', async () => {
  const more = {
    'camvid/train/Seq05VD_b.png': bytePng(2, 1, 1, [7, 8]),
    // grey as a browser tells it
    'camvid/trainannot/Seq05VD_b.png': bytePng(2, 1, 3, [0, 0, 0, 10, 10, 10]),
    'camvid/train.txt': new Uint8Array(3),
  }
  const { train, validation, test, source, canonical } = await camVid({ folder: folderOf(more) })
  expect(train.names).toEqual(['Seq05VD_b', 'a'])
  expect(train.images).toEqual({ data: Uint8Array.of(7, 8, 7, 8, 7, 8, 1, 4, 2, 5, 3, 6), shape: [2, 3, 1, 2] })
  expect(train.labels).toEqual({ data: Uint8Array.of(0, 10, 3, 11), shape: [2, 1, 2] })
  expect([validation.names, test.names]).toEqual([['a'], ['a']])
  expect(source).toContain('CamVid, not all of it: 2 / 1 / 1 scenes')
  expect(canonical).toBe(false)
})

it.each([
  [
    'no set',
    Object.fromEntries(['train', 'val', 'test'].map((part) => [`camvid/${part}annot/a.png`, null])),
    'NOT_FOUND',
    /SCATTERLAB_DATA/,
  ],
  [
    'a picture without labels',
    { 'camvid/train/b.png': bytePng(2, 1, 3, [1, 2, 3, 4, 5, 6]) },
    'MISMATCH',
    /train\/b.png is a picture without labels/,
  ],
  ['labels without a picture', { 'camvid/val/a.png': null }, 'MISMATCH', /valannot\/a.png is labels without a picture/],
  [
    'a drive that is missing',
    { 'camvid/test/a.png': null, 'camvid/testannot/a.png': null },
    'MISMATCH',
    /no scenes in test/,
  ],
  [
    'a label beyond the list',
    { 'camvid/testannot/a.png': bytePng(2, 1, 1, [0, 12]) },
    'FORMAT',
    /testannot\/a.png has label 12 at row 0, column 1/,
  ],
  ['labels in colours', { 'camvid/testannot/a.png': bytePng(2, 1, 3, [1, 2, 3, 4, 5, 6]) }, 'FORMAT', /3 channels/],
  [
    'another size',
    { 'camvid/val/a.png': bytePng(1, 1, 3, [1, 2, 3]) },
    'MISMATCH',
    /val\/a.png is 1×1, the scenes before it 2×1/,
  ],
  [
    'labels of another size',
    { 'camvid/trainannot/a.png': bytePng(1, 1, 1, [1]) },
    'MISMATCH',
    /trainannot\/a.png is 1×1/,
  ],
  ['no picture', { 'camvid/train/a.png': Uint8Array.of(1, 2) }, 'CORRUPT', /train\/a.png cannot be decoded/],
])('refuses %s', async (_, change, code, message) => {
  const error: unknown = await camVid({ folder: folderOf(change) }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'DatasetError', code, message: expect.stringMatching(message) as string })
})

it('stops when it is told to', async () => {
  await expect(camVid({ folder: folderOf(), signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})

it('has a colour for every class and one for none', () => {
  expect(SCENE_CLASSES).toHaveLength(UNLABELLED)
  expect(new Set(SCENE_COLOURS.map(String)).size).toBe(UNLABELLED + 1)
})

it('makes streets from a seed: every class, sky above road, one drive to test on', () => {
  const options = { shape: [48, 64] as const, train: 24, validation: 2, test: 3 }
  const { train, validation, test, source } = streets(options)
  expect(train.labels.shape).toEqual([24, 48, 64])
  expect([validation.names.length, test.images.shape]).toEqual([2, [3, 3, 48, 64]])
  expect([...new Set(train.labels.data)].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i))
  for (let scene = 0; scene < 24; scene++) {
    const at = (row: number) => train.labels.data[(scene * 48 + row) * 64 + 32]
    expect(at(0)).toBe(SCENE_CLASSES.indexOf('Sky'))
    expect(at(47)).toBe(UNLABELLED)
    expect(at(44)).toBe(SCENE_CLASSES.indexOf('Road'))
  }
  expect(source).toContain('no photographs')
  // the same again from the same seed; others from another
  expect(streets(options).test).toEqual(test)
  expect(streets({ ...options, seed: 1 }).test.images.data).not.toEqual(test.images.data)
  // scenes of a drive are alike, and not the same
  const changed = (a: number, b: number) => {
    const of = (scene: number) => test.labels.data.subarray(scene * 48 * 64, (scene + 1) * 48 * 64)
    return of(a).filter((label, i) => label !== of(b)[i]).length
  }
  expect(changed(0, 1)).toBeGreaterThan(20)
  expect(changed(0, 1)).toBeLessThan((48 * 64) / 3)
})

it('makes no more than fits into memory', () => {
  expect(() => streets({ shape: [1024, 1024], train: 1000 })).toThrow(/fewer or smaller/)
})

const real = process.env['SCATTERLAB_DATA']
it.skipIf(!real)(
  'reads CamVid from its archive: counts and shares of the classes as published',
  { timeout: 60_000 },
  async () => {
    const { train, validation, test, canonical } = await camVid({ folder: real! })
    expect([train, validation, test].map(({ names }) => names.length)).toEqual([367, 101, 233])
    expect(train.labels.shape).toEqual([367, 180, 240])
    expect(canonical).toBe(true)
    const share = ({ labels }: typeof train, label: number) =>
      (100 * labels.data.reduce((sum, own) => sum + Number(own === label), 0)) / labels.data.length
    // class-frequencies.csv: Road, Bicyclist and Unlabelled of the training scenes, Sky of the test drive
    expect([share(train, 3), share(train, 10), share(train, 11), share(test, 0)]).toEqual([
      expect.closeTo(31.6, 1),
      expect.closeTo(0.29, 1),
      expect.closeTo(3.83, 1),
      expect.closeTo(17.19, 1),
    ])
  },
)
