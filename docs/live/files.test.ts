import { expect, test } from 'vitest'
import { lecture } from '../experiments/lecture.ts'
import { inVisitorsNames, kindsOf, sorted } from './files.ts'

const given = (app: string, ...paths: readonly string[]) => {
  const { folder, leftOut } = sorted(
    paths.map((path) => ({ path, content: new Blob([path]) })),
    kindsOf(app),
  )
  return [folder.map(({ path }) => path), leftOut]
}

test('digits are known by their names, wherever they lie', () => {
  expect(
    given('mnist', 'MNIST/raw/train-images-idx3-ubyte', 't10k-labels-idx1-ubyte.gz', 'notes.txt', '.hidden'),
  ).toEqual([['train-images-idx3-ubyte', 't10k-labels-idx1-ubyte.gz'], ['notes.txt']])
})

test('pictures take the places of photographs in their order, and no more than there are', () => {
  expect(given('wavelet-transform', 'cat.jpg', 'dog.png')).toEqual([['photos/camera.png'], ['dog.png']])
  expect(given('reconstruction', 'a.webp', 'train-labels-idx1-ubyte', 'b/c.PNG')).toEqual([
    ['photos/camera.png', 'train-labels-idx1-ubyte', 'photos/astronaut.png'],
    [],
  ])
})

test('folders of classes and recordings keep what their names say', () => {
  expect(given('textures', 'wood/1.png', 'loose.png', 'kth-tips-grey.tar.gz')).toEqual([
    ['wood/1.png', 'kth-tips-grey.tar.gz'],
    ['loose.png'],
  ])
  expect(given('audio', '3_anna_0.wav', 'x/recordings/7_theo_12.wav', 'recordings.tar.gz', 'song.wav')).toEqual([
    ['recordings/3_anna_0.wav', 'recordings/7_theo_12.wav', 'recordings.tar.gz'],
    ['song.wav'],
  ])
  expect(given('cifar10', 'x/lotus/image_0001.jpg', 'caltech101-slide.tar.gz', 'test_batch', 'lotus/a.jpg')).toEqual([
    ['caltech101/lotus/image_0001.jpg', 'caltech101/caltech101-slide.tar.gz', 'test_batch'],
    ['lotus/a.jpg'],
  ])
  expect(given('resnet', 'cifar-10-batches-bin/data_batch_1.bin', 'test_batch', 'batches.meta.txt')).toEqual([
    ['data_batch_1.bin', 'test_batch'],
    ['batches.meta.txt'],
  ])
})

test('scenes keep the folders that say what they are', () => {
  expect(given('scene-labelling', 'CamVid/train/a.png', 'CamVid/trainannot/a.png', 'val/b.jpg', 'loose.png')).toEqual([
    ['train/a.png', 'trainannot/a.png', 'val/b.jpg'],
    ['loose.png'],
  ])
})

test('empty files are set aside, and errors call files as the visitor does', () => {
  const files = ['cat.jpg', 'train-labels-idx1-ubyte'].map((path) => ({ path, content: new Blob([path]) }))
  const found = sorted([{ path: 'none.png', content: new Blob([]) }, ...files], kindsOf('symmetries'))
  expect(found.empty).toEqual(['none.png'])
  expect(inVisitorsNames('your files/photos/astronaut.png cannot be decoded', found)).toBe('cat.jpg cannot be decoded')
  expect(inVisitorsNames('your files/./train-labels-idx1-ubyte ends early', found)).toBe(
    'train-labels-idx1-ubyte ends early',
  )
})

test('each experiment that needs data takes some', () => {
  const needy = lecture.filter(({ live }) => 'needs' in live).map(({ name }) => name)
  expect(needy.filter((name) => kindsOf(name).length === 0)).toEqual([])
})
