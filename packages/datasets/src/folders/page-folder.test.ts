import { beforeEach, describe, expect, it, vi } from 'vitest'
import { encodeWav } from '../files/wav.ts'
import { mnistOrSample } from '../sets/mnist-or-sample.ts'
import { caltech101, photographOrLeaves } from '../sets/photographs.ts'
import { spokenDigits } from '../sets/spoken-digits.ts'
import { textureFolder } from '../textures/textures.ts'
import { labelledFolder } from './labelled-folder.ts'
import { pageFolder } from './page-folder.ts'
import { bytePng } from './png.test.builder.ts'

// the loaders as a page has them; images are decoded by Node
vi.mock('#storage', () => import('../files/storage.browser.ts'))
vi.mock('#image-folder', () => import('./image-folder.browser.ts'))
vi.mock('#texture-files', () => import('../textures/texture-files.browser.ts'))

beforeEach(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('this page asks nobody')))
})

type Content = Uint8Array | string

const give = (files: Readonly<Record<string, Content>>): void =>
  pageFolder(
    'given',
    Object.entries(files).map(([path, content]) => ({ path, content: new Blob([content as Uint8Array<ArrayBuffer>]) })),
  )

const idx = (axes: readonly number[], data: ArrayLike<number>): Uint8Array =>
  Uint8Array.of(0, 0, 8, axes.length, ...axes.flatMap((n) => [0, 0, n >> 8, n & 255]), ...Array.from(data))

const ofCount = (count: number, value: number) => idx([count, 28, 28], new Uint8Array(count * 784).fill(value))
const digits = {
  'train-images-idx3-ubyte': ofCount(3, 7),
  'train-labels-idx1-ubyte': idx([3], [1, 2, 3]),
  't10k-images-idx3-ubyte': ofCount(2, 9),
  't10k-labels-idx1-ubyte': idx([2], [4, 5]),
}
const png = (grey: number) => bytePng(2, 2, 1, [grey, grey, grey, grey])

describe('a folder of files that a page was given', () => {
  it.each(['', 'mnist/', './MNIST/raw/'])('holds digits in "%s"', async (place) => {
    give(Object.fromEntries(Object.entries(digits).map(([name, bytes]) => [place + name, bytes])))
    const { digits: found, note } = await mnistOrSample({ folder: 'given', cache: false })
    expect([...found.train.labels, ...found.test.labels]).toEqual([1, 2, 3, 4, 5])
    expect([found.train.images.data[0], found.test.images.data[0]]).toEqual([7, 9])
    expect(found.source).toMatch(/^not the canonical MNIST .* from the folder given$/)
    expect(note).toBeUndefined()
  })

  it('holds pictures by the names of photographs, and says that they are others', async () => {
    give({ 'photos/camera.png': png(51) })
    const { picture, note } = await photographOrLeaves('camera', { folder: 'given', cache: false, size: 4 })
    expect(picture.data[5]).toBeCloseTo(0.2, 6)
    expect(picture.source).toMatch(/^not the photograph 'camera' of scikit-image \(checksum differs\), 2×2 .*given$/)
    expect(note).toBeUndefined()
  })

  it('holds classes of Caltech-101', async () => {
    give({ 'caltech101/lotus/image_0001.jpg': png(7), 'caltech101/beaver/image_0001.jpg': png(9) })
    const { images, classes, source } = await caltech101({ folder: 'given', size: 1 })
    expect([classes, [...images.data]]).toEqual([
      ['beaver', 'lotus'],
      [9, 9, 9, 7, 7, 7],
    ])
    expect(source).toContain('from given/caltech101')
    give({ 'a.txt': 'text' })
    await expect(caltech101({ folder: 'given' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('holds images in folders of classes', async () => {
    give({ 'b/2.png': png(2), 'b/1.png': png(1), 'a/x.png': png(3), 'a/readme.txt': 'text', 'b/.x.png': png(9) })
    const folder = await labelledFolder('given', { size: 1 })
    expect(folder.files).toEqual(['a/x.png', 'b/1.png', 'b/2.png'])
    expect(folder.passedOver.map(({ file }) => file)).toEqual(['a/readme.txt', 'b/.x.png'])
    const { images, labels } = await folder.load()
    expect([...images.data]).toEqual([3, 3, 3, 1, 1, 1, 2, 2, 2])
    expect([...labels]).toEqual([0, 1, 1])
    const textures = await textureFolder('given')
    expect(textures.classes).toEqual(['a', 'b'])
    expect([...textures.pictures[1].data]).toEqual([1, 1, 1, 1])
  })

  it('holds recordings', async () => {
    const wav = encodeWav([0.25, 0.5], { sampleRate: 8000 })
    give({ 'recordings/7_theo_0.wav': wav, 'recordings/3_theo_9.wav': wav, 'recordings/notes.txt': 'text' })
    const { train, test, source } = await spokenDigits({ folder: 'given', cache: false })
    expect([...train.labels, ...test.labels]).toEqual([3, 7])
    expect([...test.signals[0]]).toEqual([0.25, 0.5])
    expect(source).toMatch(/from the folder given$/)
  })

  it('gives way to what stands for a set that it has nothing of, and to nothing else', async () => {
    give({ 'photos/moon.png': png(1) })
    expect((await mnistOrSample({ folder: 'given', cache: false })).note).toMatch(/^these are the first 1,000/)
    const leaves = await photographOrLeaves('coins', { folder: 'given', cache: false, size: 8 })
    expect(leaves.note).toMatch(/no photograph/)
    give({ ...digits, 't10k-labels-idx1-ubyte': 'nonsense' })
    await expect(mnistOrSample({ folder: 'given', cache: false })).rejects.toThrow(/t10k-labels-idx1-ubyte/)
    const { 'train-images-idx3-ubyte': _, ...three } = digits
    give(three)
    await expect(mnistOrSample({ folder: 'given', cache: false })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    give({ 'photos/camera.png': 'no picture' })
    const broken = photographOrLeaves('camera', { folder: 'given', cache: false })
    await expect(broken).rejects.toMatchObject({ code: 'CORRUPT' })
    give({ 'a/x.png': 'no picture' })
    const { load } = await labelledFolder('given')
    await expect(load()).rejects.toThrow(/given\/a\/x\.png cannot be decoded/)
  })

  it('reads no file beyond its limit, and says of one that is gone that it is', async () => {
    const gone = new Blob(['x'])
    gone.arrayBuffer = () => Promise.reject(new Error('it has changed'))
    gone.slice = () => gone
    pageFolder('given', [{ path: 'photos/camera.png', content: gone }])
    const asked = photographOrLeaves('camera', { folder: 'given', cache: false })
    await expect(asked).rejects.toThrow(/given\/photos\/camera\.png cannot be read \(it has changed\): give it again/)
    give({ ...digits, 'train-labels-idx1-ubyte': idx([3], new Uint8Array(2000)) })
    await expect(mnistOrSample({ folder: 'given', cache: false })).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('is refused with a slash in its name, of no files, and where it was not given', async () => {
    expect(() => pageFolder('a/b', [])).toThrow(/a\/b/)
    expect(() => pageFolder('a', [{ path: '' } as never])).toThrow(/a list of files/)
    pageFolder('some', [])
    await expect(labelledFolder('some/train')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(labelledFolder('elsewhere')).rejects.toThrow(/a page reads no folders, give it files by `pageFolder`/)
    await expect(textureFolder('elsewhere')).rejects.toThrow(/a page reads no folders/)
  })
})
