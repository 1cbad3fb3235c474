import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { bytePng } from '../folders/png.test.builder.ts'
import { caltech101 } from './photographs.ts'

// the content of a file tells its kind, not its name
const red = bytePng(2, 2, 3, [200, 10, 20, 200, 10, 20, 200, 10, 20, 200, 10, 20])
const grey = bytePng(2, 2, 1, [77, 77, 77, 77])
/** Left half black, right half white, twice as wide as high. */
const wide = bytePng(4, 2, 1, [0, 0, 255, 255, 0, 0, 255, 255])
const few = { 'lotus/image_0001.jpg': red, 'beaver/image_0002.jpg': grey, 'beaver/image_0001.jpg': red }

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'caltech-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}
const below = (place: string, files: Readonly<Record<string, Uint8Array | string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${place}/${path}`, content]))

it('reads a folder a class, by class and then by name; grey pictures get three channels', async () => {
  const set = await caltech101({ folder: folderOf({ ...few, 'beaver/notes.txt': 'no', 'x.jpg': red }), size: 1 })
  expect(set.classes).toEqual(['beaver', 'lotus'])
  expect(set.files).toEqual(['beaver/image_0001.jpg', 'beaver/image_0002.jpg', 'lotus/image_0001.jpg'])
  expect([...set.labels]).toEqual([0, 0, 1])
  expect(set.images).toEqual({ data: Uint8Array.of(200, 10, 20, 77, 77, 77, 200, 10, 20), shape: [3, 3, 1, 1] })
  expect(set.source).toMatch(/^Caltech-101: 3 photographs of 2 classes \(beaver, lotus\), from /)
})

it.each(['caltech101', 'caltech101-slide', 'caltech101/101_ObjectCategories', 'caltech-101/101_ObjectCategories'])(
  'finds it in %s',
  async (place) => {
    const { labels } = await caltech101({ folder: folderOf(below(place, few)), size: 2 })
    expect(labels).toHaveLength(3)
  },
)

it.each([
  ['caltech101-slide.tar.gz', 'lotus beaver'],
  ['101_ObjectCategories.tar.gz', '101_ObjectCategories'],
])('reads the archive %s to the same pictures', async (name, inside) => {
  const place = inside === '101_ObjectCategories' ? inside : '.'
  const own = folderOf(below(place, few))
  const root = folderOf({ 'caltech101/readme.txt': '' })
  execFileSync('tar', ['-czf', join(root, 'caltech101', name), '-C', own, ...inside.split(' ')])
  const [archive, folder] = [await caltech101({ folder: root, size: 2 }), await caltech101({ folder: own, size: 2 })]
  expect(archive.images).toEqual(folder.images)
  expect(archive.source).toContain(`from ${root}/caltech101/${name}`)
})

it('reads the classes that are asked for, in their order, and the background only then', async () => {
  const folder = folderOf({ ...few, 'BACKGROUND_Google/image_0001.jpg': grey })
  expect((await caltech101({ folder, size: 1 })).classes).toEqual(['beaver', 'lotus'])
  const { labels, files } = await caltech101({ folder, size: 1, classes: ['lotus', 'BACKGROUND_Google'] })
  expect(files.map((file, i) => [file, labels[i]])).toEqual([
    ['lotus/image_0001.jpg', 0],
    ['BACKGROUND_Google/image_0001.jpg', 1],
  ])
})

it('keeps all of a picture, or the aspect of its middle', async () => {
  const folder = folderOf({ ...few, 'lotus/image_0001.jpg': wide })
  const whole = await caltech101({ folder, size: 2, classes: ['lotus', 'beaver'] })
  expect([...whole.images.data.subarray(0, 4)]).toEqual([0, 255, 0, 255])
  const large = await caltech101({ folder, size: 4, classes: ['lotus', 'beaver'] })
  const middle = await caltech101({ folder, size: 4, classes: ['lotus', 'beaver'], fit: 'crop' })
  expect([...large.images.data.subarray(0, 4)]).toEqual([0, 0, 255, 255])
  expect(middle.images.data[0]).toBe(0)
  expect([...middle.images.data.subarray(1, 3)].every((value) => value > 0 && value < 255)).toBe(true)
})

it.each([
  ['no set', { 'readme.txt': 'text' }, {}, 'NOT_FOUND', /into FOLDER\/caltech101 and give `folder: FOLDER`/],
  ['one class', { 'lotus/image_0001.jpg': red }, {}, 'MISMATCH', /1 classes to read \(lotus\): give from two/],
  ['a class twice', few, { classes: ['lotus', 'lotus'] }, 'MISMATCH', /different ones/],
  ['a class that is not there', few, { classes: ['lotus', 'anchor'] }, 'MISMATCH', /no class anchor: get it, or ask/],
  ['a damaged picture', { ...few, 'lotus/image_0001.jpg': 'x' }, {}, 'CORRUPT', /^lotus\/image_0001.jpg cannot be/],
  ['an archive of something else', { 'caltech101-slide.tar.gz': 'text' }, {}, 'FORMAT', /caltech101-slide.tar.gz/],
])('refuses %s', async (_, files, options, code, message) => {
  const error: unknown = await caltech101({ folder: folderOf(files), ...options }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'DatasetError', code, message: expect.stringMatching(message) as string })
})

it('stops when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(caltech101({ folder: folderOf(few), signal })).rejects.toThrow('enough')
})

const real = process.env['SCATTERLAB_DATA']
it.skipIf(!real)('reads the five classes of the slide, counts as published', { timeout: 60_000 }, async () => {
  const classes = ['beaver', 'joshua_tree', 'lotus', 'nautilus', 'water_lilly']
  const { labels, images } = await caltech101({ folder: real!, classes, size: 32 })
  expect(classes.map((_, k) => labels.filter((label) => label === k).length)).toEqual([46, 64, 66, 55, 37])
  expect(images.shape).toEqual([268, 3, 32, 32])
})
