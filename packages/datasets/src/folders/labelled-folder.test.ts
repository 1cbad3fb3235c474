import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { random } from '@scatterlab/tensor'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imageFixtures, picture } from './image-fixtures.test.data.ts'
import { jpegFixtures } from './jpeg-fixtures.test.data.ts'
import { labelledFolder, type SkippedImage } from './labelled-folder.ts'
import { bytePng } from './png.test.builder.ts'
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
  bytePng(
    width,
    height,
    colour.length,
    Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length]),
  )
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
    write('a/wide.png', bytePng(6, 2, 1, [0, 0, 9, 9, 0, 0, 0, 0, 9, 9, 0, 0]))
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
    [
      'a class without images',
      'hollow',
      'EMPTY',
      /hollow holds no images in b \(b\/notes\.txt: its name does not end .*\): fill/,
    ],
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
    [{ size: 0 }, /size is 0: it must be a whole number from 1 to 8192/],
    [{ size: [3, 1.5] as const }, /size is \[3, 1\.5\]/],
    [{ threads: 0 }, /threads is 0/],
    [{ fit: 'cover' as 'crop' }, /fit is 'cover': it must be one of 'crop', 'stretch'/],
    [{ classes: ['cat', 'cat', 'dog'] }, /3 classes, 2 of them different/],
  ])('refuses %j', async (options, message) => {
    writeSet()
    await expect(labelledFolder(folder, options)).rejects.toMatchObject({ code: 'VALUE' })
    await expect(labelledFolder(folder, options)).rejects.toThrow(message)
  })

  it('refuses batches that cannot be', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 8 })
    expect(() => set.batches({ size: 0 })).toThrow(/size is 0/)
    expect(() => set.batches({ size: 1, crop: 9 })).toThrow(/crop 9×9: the images are 8×8/)
    expect(() => set.batches({ size: 1, indices: [5] })).toThrow(/indices\[0\] is 5: the folder holds 5 images/)
    await expect(set.load({ crop: [1, 0] })).rejects.toThrow(/crop is \[1, 0\]/)
    await expect(set.load({ indices: [-1] })).rejects.toThrow(/indices\[0\] is -1/)
  })
})

describe('what people have in their folders', () => {
  it('is read whatever the kind and the ending, JPEG under its other names too', async () => {
    const { bmp, gif, webp, tiff, pngTurned } = imageFixtures
    const pgm = Buffer.from('P2 1 1 255 9')
    const files = { 'a.bmp': bmp, 'b.gif': gif, 'c.WebP': webp, 'd.tif': tiff, 'e.png': pngTurned, 'f.pgm': pgm }
    for (const [name, bytes] of Object.entries(files)) write(`c/${name}`, bytes)
    for (const name of ['g.jfif', 'h.jpe', 'i.JPG']) write(`c/${name}`, jpegFixtures.colour)
    const set = await labelledFolder(folder, { size: [3, 5], fit: 'stretch' })
    expect(set.files).toHaveLength(9)
    expect(set.passedOver).toEqual([])
    const { images, labels } = await set.load()
    expect(labels).toHaveLength(9)
    const red = [0, 1, 2, 3].map((i) => [...images.data.subarray(i * 45, i * 45 + 15)])
    expect(red).toEqual(new Array(4).fill(picture.map(([r]) => r)))
    expect(new Set(images.data.subarray(5 * 45, 6 * 45))).toEqual(new Set([9]))
  })

  it('is listed with a reason where it is not read', async () => {
    writeSet()
    write('cat/more/x.png', flat([1]))
    symlinkSync('gone', join(folder, 'fox'))
    symlinkSync('cat/gone.png', join(folder, 'cat/e.png'))
    symlinkSync('f.png', join(folder, 'cat/f.png'))
    symlinkSync('/dev/zero', join(folder, 'dog/device.png'))
    const { passedOver, files } = await labelledFolder(folder)
    expect(files).toHaveLength(5)
    expect(Object.fromEntries(passedOver.map(({ file, reason }) => [file, reason]))).toEqual({
      '.thumbnails': 'it is hidden',
      'cat/.hidden.png': 'it is hidden',
      'cat/e.png': 'it is a link to nothing',
      'cat/f.png': 'it is a link that leads back to itself',
      'cat/more': 'it is a folder in a class: give `nested: true` to read the images in it',
      'cat/notes.txt': 'its name does not end as that of an image, such as .jpg',
      'dog/device.png': 'it is neither a file nor a folder',
      fox: 'it is a link to nothing',
      'labels.csv': 'it is in no class folder',
    })
    rmSync(join(folder, 'cat'), { recursive: true })
    write('cat/faces/1.png', flat([1]))
    await expect(labelledFolder(folder)).rejects.toThrow(
      /no images in cat \(cat\/faces: it is a folder in a class: give/,
    )
  })

  it('is read in folders below the classes on request, links that lead back left out', async () => {
    write('cat/1/b.png', flat([1], 1, 1))
    write('cat/1/2/a.png', flat([2], 1, 1))
    write('cat/z.png', flat([3], 1, 1))
    write('dog/a/b/c/d.png', flat([4], 1, 1))
    symlinkSync('../..', join(folder, 'cat/1/up'))
    symlinkSync('../../dog/a', join(folder, 'cat/1/side'))
    const set = await labelledFolder(folder, { nested: true, size: 1 })
    expect(set.files).toEqual(['cat/1/2/a.png', 'cat/1/b.png', 'cat/1/side/b/c/d.png', 'cat/z.png', 'dog/a/b/c/d.png'])
    expect([...set.labels]).toEqual([0, 0, 0, 0, 1])
    expect(set.passedOver).toEqual([{ file: 'cat/1/up', reason: 'it is a link to a folder above it' }])
    expect([...(await set.load()).images.data].filter((_, i) => i % 3 === 0)).toEqual([2, 1, 4, 3, 4])
  })

  it('may have names that are no text', async () => {
    const latin = (path: string) => Buffer.from(join(folder, path), 'latin1')
    for (const [at, kind] of ['caf\xe9', 'caf\xe8'].entries()) {
      mkdirSync(latin(kind))
      writeFileSync(latin(`${kind}/ol\xe9.png`), flat([at + 1], 1, 1))
      writeFileSync(latin(`${kind}/plain.png`), flat([at + 5], 1, 1))
    }
    const set = await labelledFolder(folder, { size: 1 })
    expect(set.classes).toEqual(['caf\\xe8', 'caf\\xe9'])
    expect(set.files[0]).toBe('caf\\xe8/ol\\xe9.png')
    expect([...(await set.load()).images.data].filter((_, i) => i % 3 === 0)).toEqual([2, 6, 1, 5])
  })

  it('may be larger than is decoded', async () => {
    writeSet()
    const set = await labelledFolder(folder, { size: 2, maxPixels: 26 })
    await expect(set.load()).rejects.toThrow(
      /cat\/a\.PNG cannot be decoded \(its 3×9 pixels are more than `maxPixels`, 26\)/,
    )
    await expect(labelledFolder(folder, { maxPixels: 0 })).rejects.toThrow(/maxPixels is 0/)
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
