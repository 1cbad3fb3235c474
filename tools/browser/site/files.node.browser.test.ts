// Wrong and damaged files of a visitor in the live part of an experiment's page, on the built site: what is wrong is said, with the file's own
// name and what to do, and the page goes on. Whole files are given in live.node.browser.test.ts.
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { violationsOn } from './accessibility.ts'
import { experimentPages } from './experiment-page.ts'
import {
  type NamedBytes,
  choose,
  chooseFolder,
  cifarFiles,
  digitFiles,
  drop,
  png,
  recordingFiles,
  sceneFiles,
  textureFiles,
  wav,
} from './visitors-files.ts'

const onPageOf = experimentPages()

/** A busy machine takes its time. */
const PATIENCE = { timeout: 120_000, interval: 100 }

const text = new TextEncoder().encode('not what its name says')
const digits = digitFiles(120, 40)
const without = (name: string): NamedBytes[] => digits.filter((file) => file.name !== name)
const instead = (files: readonly NamedBytes[], name: string, bytes: Uint8Array): NamedBytes[] =>
  files.map((file) => (file.name === name ? { name, bytes } : file))

it.each<[what: string, app: string, give: (page: Page) => Promise<void>, says: RegExp]>([
  [
    'another kind of file',
    'linearization',
    (page) => drop(page, [{ name: 'notes.txt', bytes: text }]),
    /^None of these is a file that this experiment takes: notes\.txt\. Give such as the list names\.$/,
  ],
  [
    'an empty file',
    'wavelet-transform',
    (page) => choose(page, [{ name: 'cat.png', bytes: new Uint8Array(0) }]),
    /^cat\.png is empty and was left out: give it again\.$/,
  ],
])('%s is refused where it is given', { timeout: 300_000 }, async (_, app, give, says) => {
  const { page, complaints, close, run } = await onPageOf(app)
  await give(page)
  await expect.poll(() => run.locator('.wrong').textContent(), PATIENCE).toMatch(says)
  expect(await run.locator('.given').count()).toBe(0)
  expect(complaints).toEqual([])
  await close()
})

it.each<[what: string, app: string, give: (page: Page) => Promise<void>, says: RegExp]>([
  [
    'one file of four',
    'mnist',
    (page) => drop(page, without('train-images-idx3-ubyte')),
    /^your files holds only some of the files of MNIST, not train-images-idx3-ubyte\.gz\. Give these too\.$/,
  ],
  [
    'a text in the place of digits',
    'curse',
    (page) => drop(page, instead(digits, 't10k-images-idx3-ubyte', text)),
    /^t10k-images-idx3-ubyte is not an IDX file .*: give the original file$/,
  ],
  [
    'a text in the place of a picture',
    'wavelet-transform',
    (page) => choose(page, [{ name: 'cat.png', bytes: text }]),
    /^cat\.png cannot be decoded .*: get it again, or save it anew as PNG$/,
  ],
  [
    'a sound of another kind',
    'audio',
    (page) => choose(page, instead(recordingFiles(), '7_theo_5.wav', wav(3000, { rate: 44_100, channels: 2 }))),
    /^7_theo_5\.wav has 2 channels, 44100 samples a second: give one channel, 8000$/,
  ],
  [
    'a text in the place of a sound',
    'audio',
    (page) => choose(page, instead(recordingFiles(), '3_anna_0.wav', text)),
    /^3_anna_0\.wav is not a WAVE file: convert it/,
  ],
  [
    'too few pictures of a class',
    'textures',
    (page) => chooseFolder(page, textureFiles(3)),
    /^the class grains has 3 pictures: give more than 5 of each class$/,
  ],
  [
    'too few pictures of a set',
    'cifar10',
    (page) => choose(page, cifarFiles(10)),
    /the set holds 50 images, numbered from 0: ask for fewer, or give a larger set$/,
  ],
  [
    'a folder of two sizes',
    'scene-labelling',
    (page) =>
      chooseFolder(
        page,
        instead(
          sceneFiles(128, 96),
          'val/scene-1.png',
          png(64, 96, 3, (at) => at % 200),
        ),
      ),
    /val\/scene-1\.png is 64×96, the scenes before it 128×96: bring all to one size$/,
  ],
])('%s: the run says so', { timeout: 300_000 }, async (_, app, give, says) => {
  const { page, complaints, close, run, status, start } = await onPageOf(app)
  await give(page)
  await start()
  await expect.poll(() => run.locator('.error').textContent(), PATIENCE).toMatch(says)
  expect(await status.textContent()).toBe('failed')
  await run.getByRole('button', { name: 'Take them back' }).click()
  expect(await run.locator('.given').count()).toBe(0)
  expect(complaints).toEqual([])
  await close()
})

it('torn digits are refused, and whole ones in their place are taken', { timeout: 300_000 }, async () => {
  const { page, complaints, close, run, start } = await onPageOf('linearization')
  const [images] = digits
  await drop(page, instead(digits, images!.name, images!.bytes.subarray(0, 5000)))
  await expect.poll(() => run.locator('.given').textContent(), PATIENCE).toContain('4 files of yours')
  await start()
  await expect
    .poll(() => run.locator('.error').textContent(), PATIENCE)
    .toMatch(/^train-images-idx3-ubyte ends after 5000 of 94096 bytes: it was cut short, get it again$/)
  expect(await violationsOn(page)).toEqual([])
  await drop(page, digits)
  await start()
  await expect.poll(() => run.locator('tbody tr').count(), PATIENCE).toBeGreaterThan(0)
  expect(await run.locator('.error').count()).toBe(0)
  await run.getByRole('button', { name: 'Stop' }).click()
  expect(complaints).toEqual([])
  await close()
})
