import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { bytePng } from '../folders/png.test.builder.ts'
import { kthTips, textureFolder } from './textures.ts'

/** A folder with these files, each picture one row of two grey values. */
function folderOf(files: Readonly<Record<string, string | readonly [number, number]>>): string {
  const root = mkdtempSync(join(tmpdir(), 'textures-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : bytePng(2, 1, 1, [...content]))
  }
  return root
}

it('reads a folder a class, in the order of names', async () => {
  const root = folderOf({ 'wood/b.png': [1, 2], 'felt/a.png': [3, 4], 'felt/c.png': [5, 6], 'felt/notes.txt': 'no' })
  const set = await textureFolder(root, { title: 'mine' })
  expect(set.classes).toEqual(['felt', 'wood'])
  expect([...set.labels]).toEqual([0, 0, 1])
  expect(set.pictures.map(({ data, shape }) => [...data, ...shape])).toEqual([
    [3, 4, 1, 2],
    [5, 6, 1, 2],
    [1, 2, 1, 2],
  ])
  expect(set.source).toContain('mine: 3 pictures')
})

it('reads classes out of the names of files, numbers in their order', async () => {
  const root = folderOf({ '10C01.png': [1, 1], '2C01.png': [2, 2], '2C02.png': [3, 3] })
  const { classes, labels, files } = await textureFolder(root)
  expect(classes).toEqual(['2', '10'])
  expect(files.map((file, i) => [file, labels[i]])).toEqual([
    ['10C01.png', 1],
    ['2C01.png', 0],
    ['2C02.png', 0],
  ])
})

it('reads published splits, whose lists name another ending', async () => {
  const root = folderOf({
    'images/000000.png': [1, 1],
    'images/000001.png': [2, 2],
    'images/000002.png': [3, 3],
    '000/train.txt': '2\n000000.ras 0\r\n000001.ras 1\n',
    '000/test.txt': '1\n000002.ras 1\n',
  })
  const { splits, labels, pictures } = await textureFolder(root)
  expect(splits.map(({ name, training, test }) => [name, [...training], [...test]])).toEqual([['000', [0, 1], [2]]])
  expect([...labels]).toEqual([0, 1, 1])
  expect(pictures[2].data[0]).toBe(3)
})

it.each([
  ['no folder', {}, 'nowhere', 'NOT_FOUND'],
  ['no classes', { 'a.png': [1, 2] as const }, '', 'FORMAT'],
  ['a list without its other half', { 'images/1.png': [1, 2] as const, '000/train.txt': '1.ras 0' }, '', 'MISMATCH'],
  ['a list of what is missing', { '000/train.txt': '1.ras 0', '000/test.txt': '' }, '', 'MISMATCH'],
  ['no picture', { 'a/1.png': 'text', 'b/2.png': 'text' }, '', 'CORRUPT'],
])('refuses %s', async (_, files, below, code) => {
  await expect(textureFolder(join(folderOf(files), below))).rejects.toMatchObject({ code })
})

it('says where KTH-TIPS belongs, and that it is not whole', async () => {
  await expect(kthTips({ folder: folderOf({ 'a.txt': '' }) })).rejects.toThrow(/into FOLDER\/kth-tips/)
  const some = folderOf({ 'KTH_TIPS_GRAY/cotton/46-scale_1_im_1_grey.png': [1, 2] })
  await expect(kthTips({ folder: some })).rejects.toMatchObject({ code: 'MISMATCH' })
})

const dataFolder = process.env.SCATTERLAB_DATA
it.skipIf(!dataFolder)('reads KTH-TIPS whole: 81 pictures of 10 classes, 63 of them smaller', async () => {
  const { classes, labels, pictures, files } = await kthTips({ folder: dataFolder })
  expect(classes).toHaveLength(10)
  for (let k = 0; k < 10; k++) expect(labels.filter((label) => label === k)).toHaveLength(81)
  expect(pictures.filter(({ shape }) => shape[0] !== 200 || shape[1] !== 200)).toHaveLength(63)
  expect(files[0]).toContain('scale_1_im_1_')
})
