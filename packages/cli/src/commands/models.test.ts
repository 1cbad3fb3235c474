// `scatterlab fit`, `predict`, `evaluate`, `info` and `filters` on two classes of small pictures.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filterBank2d, toGrid } from '@scatterlab/wavelets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, writeFiles } from '../command.test.run.ts'
import { readArray } from '../formats/read-array.ts'

const root = mkdtempSync(join(tmpdir(), 'scatterlab-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Stripes that run across or down, at a phase of their own: no pixel tells them apart, their orientation does. */
const stripes = (down: boolean, seed: number): Uint8Array =>
  Buffer.concat([
    Buffer.from('P5 16 16 255 '),
    Uint8Array.from({ length: 256 }, (_, i) => 128 + 100 * Math.sin(1.5 * (down ? Math.floor(i / 16) : i % 16) + seed)),
  ])
const folderOf = (name: string, from: number): string =>
  writeFiles(
    join(root, name),
    Object.fromEntries(
      Array.from({ length: 24 }, (_, i) => [
        `${i % 2 ? 'down, "so"' : 'across'}/${i}.pgm`,
        stripes(i % 2 === 1, from + i),
      ]),
    ),
  )
const [train, later] = [folderOf('train', 0), folderOf('later', 0.4)]
const quiet = ['--quiet', '--threads', '1']
const phi = ['--scales', '2', '--orientations', '4', '--averaging', 'global']

describe('a model', () => {
  const model = join(root, 'model.safetensors')
  beforeAll(async () => void (await run('fit', train, '-o', model, ...phi, '--classifier', 'ridge', ...quiet)))

  test('with its transform in it tells the classes of later images', async () => {
    const { code, stdout } = await run('evaluate', model, later, ...quiet)
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^errors: 0 of 24 /) as string })
    const json = JSON.parse((await run('evaluate', model, later, '--json', ...quiet)).stdout) as {
      confusion: number[]
    }
    expect(json.confusion).toEqual([12, 0, 0, 12])
  })

  test('says the class of each file as CSV', async () => {
    writeFileSync(join(later, 'torn.jpg'), 'torn')
    const { code, stdout, stderr } = await run('predict', model, later, ...quiet)
    rmSync(join(later, 'torn.jpg'))
    expect(code).toBe(101)
    expect(stderr).toContain('torn.jpg')
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe('name,class')
    expect(lines).toContain('across/0.pgm,across')
    expect(lines).toContain('"down, ""so""/1.pgm","down, ""so"""')
  })

  test('of features is the same as of the images they were made of', async () => {
    const features = join(root, 'features.npy')
    await run('transform', train, '-o', features, ...phi, ...quiet)
    const own = join(root, 'own.safetensors')
    const { code, stdout } = await run('fit', features, '-o', own, '--classifier', 'ridge', '--json', ...quiet)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      classes: ['across', 'down, "so"'],
      samples: 24,
      training: { errors: 0, of: 24 },
    })
    expect((await run('predict', own, later, ...quiet)).stdout).toBe(
      (await run('predict', model, later, ...quiet)).stdout,
    )
    expect((await run('info', own)).stdout).toContain('standardise, ridge')
    const other = await run(
      'transform',
      later,
      '-o',
      join(root, 'other.npy'),
      '--scales',
      '1',
      ...quiet,
      '--threads',
      '1',
    )
    expect(other.code).toBe(0)
    expect((await run('predict', own, join(root, 'other.npy'), ...quiet)).stderr).toContain('those of the model')
  })

  test('is refused settings of another classifier, labels that do not fit, and what is no model', async () => {
    const refused = async (...argv: string[]) => (await run(...argv)).stderr
    const out = join(root, 'never.safetensors')
    expect(await refused('fit', train, '-o', out, '--cost', '2', ...quiet)).toContain(
      '--cost is not for --classifier logistic',
    )
    const labels = join(root, 'labels.txt')
    writeFileSync(labels, 'a\nb\n')
    expect(await refused('fit', train, '-o', out, '--labels', labels, ...quiet, ...phi)).toContain(
      '2 labels for 24 rows',
    )
    expect(await refused('predict', labels, train, ...quiet)).toContain('no file of a model')
    expect(existsSync(out)).toBe(false)
  })
})

test('filters: a figure, and the bank as an array', async () => {
  const figure = join(root, 'bank.svg')
  const { code } = await run('filters', '-o', figure, '--scales', '2', '--orientations', '4', '--size', '16')
  expect(code).toBe(0)
  expect(readFileSync(figure, 'utf8')).toContain('<svg')
  const { data, shape } = await readArray(join(root, 'bank.npy'))
  expect(shape).toEqual([9, 16, 16])
  const bank = filterBank2d({ shape: [16, 16], scales: 2, orientations: 4 })
  expect([...data.subarray(5 * 256, 6 * 256)]).toEqual([...Float32Array.from(toGrid(bank.psi[5].atLevel(0)))])
  expect(data[8 * 256]).toBeCloseTo(1, 3)
  const sounds = await run(
    'filters',
    '-o',
    join(root, 'line.svg'),
    '--of',
    'sounds',
    '--scales',
    '4',
    '--q',
    '2',
    '--size',
    '256',
  )
  expect(sounds.code).toBe(0)
})

test('info: an input, an array with its table', async () => {
  expect(JSON.parse((await run('info', train, '--json')).stdout)).toMatchObject({
    kind: 'images',
    files: 24,
    folders: 2,
  })
  const array = JSON.parse((await run('info', join(root, 'bank.npy'), '--json')).stdout) as object
  expect(array).toMatchObject({ kind: 'array', shape: [9, 16, 16], type: 'float32' })
  expect((await run('info', join(root, 'nowhere'))).code).toBe(2)
})
