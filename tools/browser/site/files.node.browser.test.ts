// Files of a visitor in the live part of an experiment's page, on the built site: dropped or chosen, the app computes from them; what is
// wrong with them is said.
import type { Locator, Page } from 'playwright'
import { expect, it } from 'vitest'
import { violationsOn } from './accessibility.ts'
import { experimentPages } from './experiment-page.ts'

const onPageOf = experimentPages()

/** A busy machine takes its time. */
const PATIENCE = { timeout: 120_000, interval: 100 }

interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

const idx = (axes: readonly number[], data: Uint8Array): Uint8Array => {
  const header = new DataView(new ArrayBuffer(4 + 4 * axes.length))
  header.setUint32(0, 0x0800 + axes.length)
  axes.forEach((n, i) => header.setUint32(4 + 4 * i, n))
  return new Uint8Array(Buffer.concat([new Uint8Array(header.buffer), data]))
}

/** Pictures of 28×28 with a bright square for each of ten classes, and the classes. */
function pictures(count: number): { images: Uint8Array; labels: Uint8Array } {
  const labels = new Uint8Array(count).map((_, i) => i % 10)
  const images = new Uint8Array(count * 784).map((_, at) => {
    const [i, row, column] = [Math.floor(at / 784), Math.floor((at % 784) / 28), at % 28]
    const [top, left] = [6 * (labels[i]! % 4) + (i % 3), 8 * Math.floor(labels[i]! / 4) + (i % 4)]
    return row >= top && row < top + 5 && column >= left && column < left + 5 ? 255 : (7 * at) % 40
  })
  return { images, labels }
}

/** A small set in MNIST's form. */
const digitFiles = (training: number, tests: number): NamedBytes[] =>
  [['train', training] as const, ['t10k', tests] as const].flatMap(([part, count]) => {
    const { images, labels } = pictures(count)
    return [
      { name: `${part}-images-idx3-ubyte`, bytes: idx([count, 28, 28], images) },
      { name: `${part}-labels-idx1-ubyte`, bytes: idx([count], labels) },
    ]
  })

const drop = async (page: Page, files: readonly NamedBytes[]): Promise<void> => {
  const plain = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }))
  const dataTransfer = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer()
    for (const { name, base64 } of all) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name))
    }
    return transfer
  }, plain)
  await page.locator('[data-test=drop]').dispatchEvent('drop', { dataTransfer })
}

const choose = (page: Page, files: readonly NamedBytes[]): Promise<void> =>
  page
    .getByLabel('files', { exact: true })
    .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType: '', buffer: Buffer.from(bytes) })))

/** What a run says that it ran on; nothing before it says so. */
const saidOf = (run: Locator) => () =>
  run
    .locator('dl')
    .textContent()
    .catch(() => '')

it('digits that are dropped are what an app measures', { timeout: 300_000 }, async () => {
  const { page, complaints, close, run, start } = await onPageOf('linearization')
  await drop(page, digitFiles(120, 40))
  await expect.poll(() => run.locator('.given').textContent(), PATIENCE).toContain('4 files of yours')
  expect(await violationsOn(page)).toEqual([])
  await start()
  await expect.poll(saidOf(run), PATIENCE).toMatch(/120 training and 40 test images, from the folder your files/)
  await expect.poll(() => run.locator('tbody tr').count(), PATIENCE).toBeGreaterThan(0)
  expect(await run.locator('.note').count()).toBe(0)
  await run.getByRole('button', { name: 'Stop' }).click()
  expect(complaints).toEqual([])
  await close()
})

it('a picture that is chosen takes the place of a photograph', { timeout: 300_000 }, async () => {
  const { page, complaints, close, run, start } = await onPageOf('wavelet-transform')
  const grey = new Uint8Array(64 * 48).map((_, i) => (37 * (i % 64) + 11 * (i >> 6)) % 256)
  const pgm = new Uint8Array(Buffer.concat([Buffer.from('P5 64 48 255\n'), grey]))
  await choose(page, [
    { name: 'mine.pgm', bytes: pgm },
    { name: 'notes.txt', bytes: new Uint8Array(3) },
  ])
  await expect
    .poll(() => run.locator('.given').textContent(), PATIENCE)
    .toMatch(/1 file of yours.*Left out: notes\.txt/s)
  await start()
  await expect.poll(saidOf(run), PATIENCE).toMatch(/not the photograph 'camera' .*64×48 .*from the folder your files/)
  await expect.poll(() => run.locator('tbody tr').count(), PATIENCE).toBeGreaterThan(0)
  await run.getByRole('button', { name: 'Stop' }).click()
  expect(complaints).toEqual([])
  await close()
})
