import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { random } from '@scatterlab/tensor'
import { encode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jpegFixtures } from './jpeg-fixtures.test.data.ts'
import { labelledFolder, type SkippedImage } from './labelled-folder.ts'
import { prefetch } from '../batches/prefetch.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'labelled-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (path: string, bytes: Uint8Array | string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), bytes)
}
/** A PNG of one colour. */
const flat = (colour: readonly number[], width = 6, height = 4): Uint8Array =>
  encode({
    width,
    height,
    channels: colour.length,
    data: Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length]),
  })
const collected = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Two classes with three and two images, among other things. */
function writeSet() {
  write('cat/b.png', flat([10, 20, 30]))
  write('cat/a.PNG', flat([40], 3, 9))
  write('cat/c.png', flat([50, 60, 70, 0], 9, 3))
  write('cat/notes.txt', 'not an image')
  write('cat/.hidden.png', 'hidden')
  write('dog/1.jpeg', jpegFixtures.colour)
  write('dog/2.JPEG', flat([80, 90, 100]))
  write('.thumbnails/x.png', 'hidden')
  write('labels.csv', 'not a class')
}
const firstPixels = {
  'cat/a.PNG': [40, 40, 40],
  'cat/b.png': [10, 20, 30],
  'cat/c.png': [50, 60, 70],
  'dog/2.JPEG': [80, 90, 100],
}

describe('labelledFolder', () => {
  it('lists classes and images in the order of their names, and nothing else', async () => {
    writeSet()
    const set = await labelledFolder(folder)
    expect(set).toMatchObject({ folder, classes: ['cat', 'dog'], length: 5, skipped: [] })
    expect(set.files).toEqual(['cat/a.PNG', 'cat/b.png', 'cat/c.png', 'dog/1.jpeg', 'dog/2.JPEG'])
    expect(set.labels).toEqual(Uint16Array.of(0, 0, 0, 1, 1))
  })

  it('follows links to folders and to images', async () => {
    writeSet()
    write('elsewhere/more/m.png', flat([1]))
    const set = join(folder, 'set')
    mkdirSync(join(set, 'own'), { recursive: true })
    symlinkSync(join(folder, 'cat'), join(set, 'linked'))
    symlinkSync(join(folder, 'elsewhere/more/m.png'), join(set, 'own/link.png'))
    const { files, load } = await labelledFolder(set, { size: 2 })
    expect(files).toEqual(['linked/a.PNG', 'linked/b.png', 'linked/c.png', 'own/link.png'])
    expect((await load({ indices: [3] })).images.data).toEqual(new Uint8Array(12).fill(1))
  })

  it('gives batches as `batches` does: floats, labels, places', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: [2, 3] })
    const passed = await collected(set.batches({ size: 2 }))
    expect(passed.map(({ images }) => images.shape)).toEqual([
      [2, 3, 2, 3],
      [2, 3, 2, 3],
      [1, 3, 2, 3],
    ])
    expect(passed.map(({ labels }) => labels)).toEqual([Uint16Array.of(0, 0), Uint16Array.of(0, 1), Uint16Array.of(1)])
    expect(passed.map(({ indices }) => [...indices])).toEqual([[0, 1], [2, 3], [4]])
    for (const { images, indices } of passed)
      for (const [i, index] of indices.entries()) {
        const colour = firstPixels[set.files[index] as keyof typeof firstPixels] ?? [201, 40, 30]
        const own = [0, 1, 2].map((plane) => images.data[(i * 3 + plane) * 6])
        expect(own).toEqual(colour.map((value) => Math.fround(value / 255)))
      }
  })

  it('takes the options of batches, and some images only', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 4, threads: 2 })
    const numbers = async (options: Parameters<typeof set.batches>[0]) =>
      (await collected(set.batches(options))).flatMap(({ indices }) => [...indices])
    expect(await numbers({ size: 2, drop: true })).toEqual([0, 1, 2, 3])
    expect(await numbers({ size: 3, shuffle: random(4) })).toEqual([...random(4).permutation(5)])
    expect(await numbers({ size: 3, indices: [4, 1] })).toEqual([4, 1])
    const [{ images }] = await collected(set.batches({ size: 1, indices: [1], scale: 1, pad: [4, 4], crop: 2 }))
    expect(images.shape).toEqual([1, 3, 4, 4])
    expect([...images.data.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 10, 10, 0])
  })

  it('loads into memory, also more than at once', async () => {
    writeSet()
    for (let i = 0; i < 300; i++) write(`many/${String(i).padStart(3, '0')}.png`, flat([i % 256], 1, 1))
    const { labels, indices, images } = await (await labelledFolder(folder, { size: 1 })).load()
    expect(images.shape).toEqual([305, 3, 1, 1])
    expect([...labels]).toEqual([0, 0, 0, 1, 1, ...new Array<number>(300).fill(2)])
    expect([...indices]).toEqual([...Array(305).keys()])
    expect([...images.data.subarray(15)]).toEqual(Array.from({ length: 900 }, (_, i) => Math.floor(i / 3) % 256))
  })

  it('fits by cutting or by stretching', async () => {
    write(
      'a/wide.png',
      encode({ width: 6, height: 2, channels: 1, data: Uint8Array.of(0, 0, 9, 9, 0, 0, 0, 0, 9, 9, 0, 0) }),
    )
    const values = async (fit: 'crop' | 'stretch') =>
      new Set((await (await labelledFolder(folder, { size: [2, 2], fit })).load()).images.data)
    expect(await values('crop')).toEqual(new Set([9]))
    expect(await values('stretch')).toEqual(new Set([3]))
  })

  it('numbers classes as it is told, and more than 256 of them', async () => {
    writeSet()
    const { labels, classes } = await labelledFolder(folder, { classes: ['fox', 'dog', 'cat'] })
    expect([classes, [...labels]]).toEqual([
      ['fox', 'dog', 'cat'],
      [2, 2, 2, 1, 1],
    ])
    const attempt = labelledFolder(folder, { classes: ['cat', 'fox'] })
    await expect(attempt).rejects.toMatchObject({ code: 'MISMATCH', file: `${folder}/dog` })
    for (let i = 0; i < 300; i++) write(`set/n${1000 + i}/x.png`, flat([1]))
    const many = await labelledFolder(join(folder, 'set'), { size: 1 })
    expect(many.labels.at(-1)).toBe(299)
    expect((await many.load({ indices: [299] })).labels).toEqual(Uint16Array.of(299))
  })

  it.each([
    ['no folder', 'nowhere', 'NOT_FOUND', /nowhere is no folder that can be read/],
    ['an empty folder', 'empty', 'FORMAT', /empty holds no class folders: lay the images out as/],
    ['images without classes', 'flat', 'FORMAT', /flat holds no class folders/],
    ['a class without images', 'hollow', 'EMPTY', /hollow holds no images in b: fill/],
  ])('refuses %s', async (_, name, code, message) => {
    mkdirSync(join(folder, 'empty'))
    write('flat/x.png', flat([1]))
    write('hollow/a/x.png', flat([1]))
    write('hollow/b/notes.txt', '')
    const attempt = labelledFolder(join(folder, name))
    await expect(attempt).rejects.toMatchObject({ code })
    await expect(attempt).rejects.toThrow(message)
  })

  it.each([
    [{ size: 0 }, /size 0×0: give whole numbers/],
    [{ size: [3, 1.5] as const }, /size 3×1\.5/],
    [{ threads: 0 }, /threads 0/],
    [{ fit: 'cover' as 'crop' }, /fit cover: give 'crop' or 'stretch'/],
    [{ classes: ['cat', 'cat', 'dog'] }, /3 classes, 2 of them different/],
  ])('refuses %j', async (options, message) => {
    writeSet()
    await expect(labelledFolder(folder, options)).rejects.toMatchObject({ code: 'VALUE' })
    await expect(labelledFolder(folder, options)).rejects.toThrow(message)
  })

  it('refuses batches that cannot be', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 8 })
    expect(() => set.batches({ size: 0 })).toThrow(/size 0/)
    expect(() => set.batches({ size: 1, crop: 9 })).toThrow(/crop 9×9: the images are 8×8/)
    expect(() => set.batches({ size: 1, indices: [5] })).toThrow(/indices\[0\] is 5: the folder holds 5 images/)
    await expect(set.load({ crop: [1, 0] })).rejects.toThrow(/crop 1×0/)
    await expect(set.load({ indices: [-1] })).rejects.toThrow(/indices\[0\] is -1/)
  })
})

describe('an image that cannot be decoded', () => {
  const bad = {
    'cat/d.png': flat([1, 2, 3]).subarray(0, 40),
    'dog/0.jpg': jpegFixtures.colour.subarray(0, -9),
    'dog/3.gif': Uint8Array.from('GIF89a', (c) => c.charCodeAt(0)),
    'dog/4.png': new Uint8Array(0),
  }
  const writeBad = () => {
    writeSet()
    for (const [path, bytes] of Object.entries(bad)) write(path, bytes)
  }

  it.each(Object.entries(bad))('ends the pass and is named: %s', async (file, bytes) => {
    writeSet()
    write(file, bytes)
    const set = await labelledFolder(folder, { size: 2 })
    const expected = { code: 'CORRUPT', file: `${folder}/${file}` }
    await expect(set.load()).rejects.toMatchObject(expected)
    await expect(collected(set.batches({ size: 2 }))).rejects.toMatchObject(expected)
    await expect(set.load()).rejects.toThrow(/cannot be decoded \(.+\): get it again, remove it, or .*skipUndecodable/)
    expect(set.skipped).toEqual([])
  })

  it('is the first of its batch, of several', async () => {
    writeBad()
    const set = await labelledFolder(folder, { size: 2, threads: 2 })
    await expect(set.load()).rejects.toMatchObject({ file: `${folder}/cat/d.png` })
  })

  it('is skipped on request, and reported once', async () => {
    writeBad()
    const told: SkippedImage[] = []
    const set = await labelledFolder(folder, { size: 2, skipUndecodable: true, onSkip: (skip) => told.push(skip) })
    expect(set.length).toBe(9)
    const { images, labels, indices } = await set.load()
    expect(images.shape).toEqual([5, 3, 2, 2])
    expect(indices.length).toBe(5)
    expect([...indices].map((i) => set.files[i])).toEqual([
      'cat/a.PNG',
      'cat/b.png',
      'cat/c.png',
      'dog/1.jpeg',
      'dog/2.JPEG',
    ])
    expect([...labels]).toEqual([0, 0, 0, 1, 1])
    const passed = await collected(set.batches({ size: 2 }))
    expect(passed.map(({ labels }) => labels.length)).toEqual([2, 1, 1, 1])
    expect(set.skipped.map(({ file }) => file)).toEqual(Object.keys(bad))
    expect(told).toEqual(set.skipped)
    for (const { index, file, error } of told) {
      expect(set.files[index]).toBe(file)
      expect(error).toMatchObject({ code: 'CORRUPT', file: `${folder}/${file}` })
    }
  })

  it('is not one that is gone, which always ends the pass', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 2, skipUndecodable: true })
    rmSync(join(folder, 'cat/b.png'))
    await expect(set.load()).rejects.toMatchObject({ code: 'NOT_FOUND', file: `${folder}/cat/b.png` })
  })
})

describe('a pass', () => {
  it('is prepared ahead by prefetch', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 2 })
    const ahead = await collected(prefetch(set.batches({ size: 2, shuffle: random(1) })))
    expect(ahead).toEqual(await collected(set.batches({ size: 2, shuffle: random(1) })))
    expect(ahead).toHaveLength(3)
  })

  it('stops when its signal says so', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 2 })
    const controller = new AbortController()
    const pass = set.batches({ size: 1, signal: controller.signal })
    await pass.next()
    const next = pass.next()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    expect(await pass.next()).toEqual({ done: true, value: undefined })
    await expect(set.load({ signal: controller.signal })).rejects.toThrow('enough')
  })

  it.each(['left early', 'left without an end', 'read to its end'])('keeps no program alive when %s', (how) => {
    writeSet()
    const program = `
      import { labelledFolder } from '@scatterlab/datasets/folder'
      const set = await labelledFolder(${JSON.stringify(folder)}, { size: 2 })
      const pass = set.batches({ size: 2 })
      if (${how === 'read to its end'}) for await (const _ of pass);
      else await pass.next()
      if (${how === 'left early'}) await pass.return()
      console.log('done')
    `
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      timeout: 20_000,
    })
    expect(output.toString()).toBe('done\n')
  })
})
