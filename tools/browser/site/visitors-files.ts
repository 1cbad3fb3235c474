// Files as a visitor of the site may have them, small and made here: whole ones, and how they are given to a page.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import type { Page } from 'playwright'

/** A file; its name may say where it lies in a folder. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

function idx(axes: readonly number[], data: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * axes.length))
  header.setUint32(0, 0x0800 + axes.length)
  axes.forEach((n, i) => header.setUint32(4 + 4 * i, n))
  return joined(new Uint8Array(header.buffer), data)
}

/** Pictures of 28×28 with a bright square for each of ten classes, and the classes. */
function squares(count: number): { images: Uint8Array; labels: Uint8Array } {
  const labels = new Uint8Array(count).map((_, i) => i % 10)
  const images = new Uint8Array(count * 784).map((_, at) => {
    const [i, row, column] = [Math.floor(at / 784), Math.floor((at % 784) / 28), at % 28]
    const [top, left] = [6 * (labels[i]! % 4) + (i % 3), 8 * Math.floor(labels[i]! / 4) + (i % 4)]
    return row >= top && row < top + 5 && column >= left && column < left + 5 ? 255 : (7 * at) % 40
  })
  return { images, labels }
}

/** A small set in MNIST's form. */
export const digitFiles = (training: number, tests: number): NamedBytes[] =>
  [['train', training] as const, ['t10k', tests] as const].flatMap(([part, count]) => {
    const { images, labels } = squares(count)
    return [
      { name: `${part}-images-idx3-ubyte`, bytes: idx([count, 28, 28], images) },
      { name: `${part}-labels-idx1-ubyte`, bytes: idx([count], labels) },
    ]
  })

/** The six files of CIFAR-10 with so few images in each. */
export const cifarFiles = (perBatch: number): NamedBytes[] =>
  ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'].map((name, b) => ({
    name: `${name}.bin`,
    bytes: new Uint8Array(perBatch * 3073).map((_, at) =>
      at % 3073 === 0 ? Math.floor(at / 3073) % 10 : (b + 31 * at + (at % 3073) * (at % 7)) % 256,
    ),
  }))

/** A grey picture. */
export const pgm = (width: number, height: number, seed = 0): Uint8Array =>
  joined(
    Buffer.from(`P5 ${width} ${height} 255\n`),
    new Uint8Array(width * height).map((_, i) => (37 * (i % width) + (11 + seed) * Math.floor(i / width)) % 256),
  )

/** A picture as PNG: grey values, or three of each pixel. */
export function png(width: number, height: number, channels: 1 | 3, value: (at: number) => number): Uint8Array {
  const chunk = (name: string, data: Uint8Array): Uint8Array => {
    const body = joined(Buffer.from(name, 'latin1'), data)
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return joined(length, body, sum)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8)
  const row = channels * width
  const rows = new Uint8Array((row + 1) * height).map((_, at) =>
    at % (row + 1) === 0 ? 0 : value(Math.floor(at / (row + 1)) * row + (at % (row + 1)) - 1),
  )
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  return joined(signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0)))
}

/** Scenes laid out as CamVid: road below, sky above, and a few other classes. */
export const sceneFiles = (width: number, height: number): NamedBytes[] =>
  (
    [
      ['train', 4],
      ['val', 2],
      ['test', 2],
    ] as const
  ).flatMap(([part, count]) =>
    Array.from({ length: count }, (_, i) => [
      { name: `${part}/scene-${i}.png`, bytes: png(width, height, 3, (at) => (at * (i + 3)) % 251) },
      {
        name: `${part}annot/scene-${i}.png`,
        bytes: png(width, height, 1, (at) => (at > (width * height) / 2 ? 3 : at % width > width / 2 ? 1 : 0)),
      },
    ]).flat(),
  )

/** Two classes of textures, so many pictures of each. */
export const textureFiles = (perClass: number): NamedBytes[] =>
  ['waves', 'grains'].flatMap((name, k) =>
    Array.from({ length: perClass }, (_, i) => ({ name: `${name}/${i}.pgm`, bytes: pgm(64, 64, 17 * k + i) })),
  )

/** A sound of 16 bits. */
export function wav(samples: number, { rate = 8000, channels = 1 } = {}): Uint8Array {
  const size = 2 * channels * samples
  const bytes = Buffer.alloc(44 + size)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(36 + size, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(2 * channels * rate, 28)
  bytes.writeUInt16LE(2 * channels, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(size, 40)
  for (let i = 0; i < samples; i++) bytes.writeInt16LE(Math.round(9000 * Math.sin(i / 5)), 44 + 2 * channels * i)
  return new Uint8Array(bytes)
}

/** Spoken digits by two speakers, a take to train on and one to test on. */
export const recordingFiles = (): NamedBytes[] =>
  ['anna', 'theo'].flatMap((speaker) =>
    ['3', '7'].flatMap((digit) =>
      [0, 5].map((take) => ({ name: `${digit}_${speaker}_${take}.wav`, bytes: wav(3000) })),
    ),
  )

/** Drops files on the page. */
export async function drop(page: Page, files: readonly NamedBytes[]): Promise<void> {
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

/** Chooses files by the button for files. */
export const choose = (page: Page, files: readonly NamedBytes[]): Promise<void> =>
  page
    .getByLabel('files', { exact: true })
    .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType: '', buffer: Buffer.from(bytes) })))

/** Chooses a folder of files by the button for a folder. */
export async function chooseFolder(page: Page, files: readonly NamedBytes[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scatterlab-given-'))
  try {
    for (const { name, bytes } of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), bytes)
    }
    await page.getByLabel('a folder', { exact: true }).setInputFiles(folder)
    // the page reads them when they are wanted
    await page.locator('.given, .wrong').first().waitFor()
  } finally {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  }
}
