// `scatterlab transform` and `merge` on small folders: numbers, what is left out, shards, resuming.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { encodeWav } from '@scatterlab/datasets'
import { scattering1d, scattering2d } from '@scatterlab/scattering'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pgm, picture, run, writeFiles } from '../command.test.run.ts'
import { NUMPY_FILES } from '../formats/numpy-files.test.data.ts'
import { readArray } from '../formats/read-array.ts'

const root = mkdtempSync(join(tmpdir(), 'scatterlab-'))
afterAll(() => rmSync(root, { recursive: true }))

const small = ['--scales', '2', '--orientations', '4', '--threads', '1', '--quiet']
const bytesOf = (file: string): Buffer => readFileSync(file)
interface Table {
  readonly names: string[]
  readonly paths: { readonly order: number }[]
  readonly unreadable: { readonly name: string; readonly reason: string }[]
  readonly axes: string[]
}
const tableOf = (file: string): Table => JSON.parse(readFileSync(file, 'utf8')) as Table

const photos = writeFiles(join(root, 'photos é x'), {
  'cats/a 1.pgm': pgm(1),
  'cats/empty.jpg': '',
  'cats/torn.png': '\x89PNG\r\n\x1a\n',
  'dogs/ü.pgm': pgm(2),
  'dogs/bomb.pgm': 'P5 99999 99999 255 ',
  'notes.txt': 'no image',
  'top.pgm': pgm(3),
})

describe('a folder of images', () => {
  const out = join(root, 'out put.npy')

  test('gives the rows of scattering2d; what cannot be read is listed and counted in the exit code', async () => {
    const { code, stdout, stderr } = await run('transform', photos, '-o', out, ...small)
    expect(code).toBe(103)
    expect(stdout).toContain(`${out}: 3 × 25 × 4 × 4 of float32`)
    for (const name of ['cats/empty.jpg', 'cats/torn.png', 'dogs/bomb.pgm']) expect(stderr).toContain(name)
    expect(stderr).not.toContain('notes.txt')

    const { data, shape } = await readArray(out)
    expect(shape).toEqual([3, 25, 4, 4])
    const images = Float32Array.from([1, 2, 3].flatMap((seed) => [...picture(seed)].map((byte) => byte / 255)))
    const expected = scattering2d({ shape: [16, 16], scales: 2, orientations: 4 }).transform({
      data: images,
      shape: [3, 16, 16],
    })
    // the back ends agree to a few units of single precision
    for (let i = 0; i < data.length; i++) expect(Math.abs(data[i] - expected.data[i])).toBeLessThan(2e-6)

    const { names, paths, unreadable, axes } = tableOf(join(root, 'out put.npy.json'))
    expect(names).toEqual(['cats/a 1.pgm', 'dogs/ü.pgm', 'top.pgm'])
    expect(paths.map(({ order }) => order).filter((order) => order === 1)).toHaveLength(8)
    expect(unreadable).toHaveLength(3)
    expect(axes).toEqual(['row', 'path', 'vertical', 'horizontal'])
    expect(existsSync(`${out}.parts`)).toBe(false)
  })

  test('of another format, beside it, has a table of its own', async () => {
    const before = bytesOf(`${out}.json`)
    const other = join(root, 'out put.parquet')
    expect((await run('transform', photos, '-o', other, ...small, '--scales', '1')).code).toBe(103)
    expect(bytesOf(`${out}.json`)).toEqual(before)
    expect(tableOf(`${other}.json`).paths).toHaveLength(5)
    const info = await run('info', other, '--json')
    expect(JSON.parse(info.stdout)).toMatchObject({ kind: 'features', paths: 5, unreadable: 3 })
  })

  test('is not written over unasked', async () => {
    const before = bytesOf(out)
    expect((await run('transform', photos, '-o', out, ...small)).code).toBe(2)
    expect((await run('transform', photos, '-o', out, ...small, '--resume')).code).toBe(0)
    expect(bytesOf(out)).toEqual(before)
    expect((await run('transform', photos, '-o', out, ...small, '--overwrite')).code).toBe(103)
    expect(bytesOf(out)).toEqual(before)
  })

  test('of mixed sizes is an error that names --size', async () => {
    const mixed = writeFiles(join(root, 'mixed'), { 'a.pgm': pgm(1), 'b.pgm': pgm(2, 20, 18) })
    const { code, stderr } = await run('transform', mixed, '-o', join(root, 'mixed.npy'), ...small)
    expect(code).toBe(2)
    expect(stderr).toContain('b.pgm is 20×18 pixels, others are 16×16: give --size')
    const sized = await run('transform', mixed, '-o', join(root, 'sized.npy'), ...small, '--size', '12x16', '--json')
    expect(sized.code).toBe(0)
    expect(JSON.parse(sized.stdout)).toMatchObject({ shape: [2, 25, 3, 4], unreadable: [], items: 2 })
  })
})

test('what is no array, or holds objects, is refused, and nothing is left', async () => {
  const arrays = writeFiles(join(root, 'bad arrays'), {
    'objects.npy': Buffer.from(NUMPY_FILES.objects, 'base64'),
    'pickle.npy': Buffer.from(NUMPY_FILES.pickle, 'base64'),
    'empty.npy': '',
    'text.npy': 'no array',
    'cut.npz': Buffer.from(NUMPY_FILES.npz, 'base64').subarray(0, -40),
  })
  for (const [name, reason] of [
    ['objects.npy', 'an array of Python objects'],
    ['pickle.npy', 'a Python pickle, which is not opened'],
    ['empty.npy', 'the file is empty'],
    ['text.npy', 'no .npy file'],
    ['cut.npz', 'no .npz file, or one cut short'],
  ]) {
    const { code, stderr } = await run('transform', join(arrays, name), '-o', join(arrays, 'out.npy'), ...small)
    expect([code, stderr]).toEqual([1, expect.stringContaining(reason)])
    expect(stderr).toContain(name)
  }
  expect(readdirSync(arrays).filter((name) => name.startsWith('out'))).toEqual([])
})

test('sounds: the rows of scattering1d, at their rate', async () => {
  const tone = (f: number, n: number) => Float64Array.from({ length: n }, (_, i) => 0.5 * Math.sin(f * i))
  const sounds = writeFiles(join(root, 'sounds'), {
    'a.wav': encodeWav(tone(0.3, 512), { sampleRate: 8000 }),
    'b.wav': encodeWav(tone(0.7, 600), { sampleRate: 8000 }),
    'z.wav': encodeWav(tone(0.3, 512), { sampleRate: 2 ** 30 }),
    'c.wav': encodeWav(tone((0.3 * 8000) / 44_100, 4000), { sampleRate: 44_100 }), // the tone of a.wav
  })
  const out = join(root, 'sounds.npy')
  const options = ['--length', '512', '--scales', '4', '--q', '2', '--threads', '1']
  const refused = await run('transform', sounds, '-o', out, ...options)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('c.wav has 44100 samples a second, others 8000: give --rate, such as --rate 8000')
  const { code } = await run('transform', sounds, '-o', out, ...options, '--rate', '8000', '--overwrite')
  expect(code).toBe(101) // z.wav
  const { data, shape } = await readArray(out)
  const scatter = scattering1d({ length: 512, scales: 4, waveletsPerOctave: 2, sampleRate: 8000 })
  const first = Float32Array.from(tone(0.3, 512), (v) => Math.round(v * 2 ** 15) / 2 ** 15)
  const { data: expected } = scatter.transform({ data: first, shape: [1, 512] })
  expect(shape).toEqual([3, scatter.paths.length, 32])
  for (let i = 0; i < expected.length; i++) expect(Math.abs(data[i] - expected[i])).toBeLessThan(2e-6)
  // the same tone from a file of another rate: alike where the window is away from the ends of both
  for (let path = 0; path < scatter.paths.length; path++) {
    for (let t = 12; t < 20; t++) {
      const [a, c] = [data[32 * path + t], data[32 * (2 * scatter.paths.length + path) + t]]
      expect(Math.abs(a - c)).toBeLessThan(1e-4)
    }
  }
})

describe('shards', () => {
  const many = writeFiles(
    join(root, 'many'),
    Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.pgm`, i === 7 ? 'torn' : pgm(i)])),
  )
  const whole = join(root, 'whole.npy')
  const sharded = [...small, '--shard-size', '4']
  beforeAll(async () => void (await run('transform', many, '-o', whole, ...sharded)))

  test('of several tasks are joined to the same bytes', async () => {
    const out = join(root, 'tasks.npy')
    const merge = () => run('merge', `${out}.parts`, '-o', out)
    expect((await run('transform', many, '-o', out, ...sharded, '--shard', '2/2')).stderr).toContain('7.pgm')
    expect(await merge()).toMatchObject({ code: 1, stderr: expect.stringContaining('5 of 10 shards') as string })
    expect((await run('transform', many, '-o', out, ...sharded, '--shard', '1/2')).code).toBe(0)
    // a shard whose numbers are changed is found, and computed again
    const [numbers] = readdirSync(`${out}.parts`).filter((name) => name.endsWith('.f32'))
    const file = join(`${out}.parts`, numbers)
    const right = bytesOf(file)
    writeFileSync(file, Buffer.concat([Uint8Array.of(right[0] ^ 1), right.subarray(1)]))
    expect(await merge()).toMatchObject({ code: 1, stderr: expect.stringContaining('shard 0') as string })
    expect(existsSync(out)).toBe(false)
    expect((await run('transform', many, '-o', out, ...sharded, '--resume')).code).toBe(101)
    expect(bytesOf(out)).toEqual(bytesOf(whole))
    expect(bytesOf(join(root, 'tasks.npy.json'))).toEqual(bytesOf(join(root, 'whole.npy.json')))
  })

  test('a run that is killed goes on with --resume to the same bytes, and finished shards stay', async () => {
    const out = join(root, 'killed.npy')
    const bin = join(import.meta.dirname, '../bin.ts')
    const child = spawn(process.execPath, [bin, 'transform', many, '-o', out, ...sharded], { stdio: 'ignore' })
    const records = () =>
      existsSync(`${out}.parts`) ? readdirSync(`${out}.parts`).filter((name) => /\d\.json$/.test(name)) : []
    while (records().length === 0 && child.exitCode === null) await pause(5)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(records().length).toBeGreaterThan(0)
    expect(existsSync(out)).toBe(false)
    expect((await run('transform', many, '-o', out, ...sharded)).code).toBe(2)
    expect((await run('transform', many, '-o', out, ...sharded, '--scales', '3', '--resume')).stderr).toContain(
      'other inputs or options',
    )
    // a record that is cut, and numbers that are, are computed again
    truncateSync(join(`${out}.parts`, records()[0]), 20)
    const { code, stdout } = await run('transform', many, '-o', out, ...sharded, '--resume', '--json')
    expect(code).toBe(101)
    expect((JSON.parse(stdout) as { items: number }).items).toBeLessThanOrEqual(40)
    expect(bytesOf(out)).toEqual(bytesOf(whole))
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('a file that has changed is computed again', async () => {
    const folder = writeFiles(join(root, 'changing'), { 'a.pgm': pgm(1), 'b.pgm': pgm(2) })
    const out = join(root, 'changing.npy')
    const task = [...small, '--shard-size', '1', '--shard', '1/1', '--json']
    const itemsOf = async () =>
      (JSON.parse((await run('transform', folder, '-o', out, ...task)).stdout) as { items: number }).items
    expect(await itemsOf()).toBe(2)
    expect(await itemsOf()).toBe(0)
    writeFileSync(join(folder, 'a.pgm'), pgm(5))
    writeFileSync(join(folder, 'b.pgm'), pgm(2)) // the same bytes at another time
    expect(await itemsOf()).toBe(1)
    appendFileSync(join(folder, 'a.pgm'), 'x')
    expect((await run('transform', folder, '-o', out, ...task)).stderr).toContain('other inputs or options')
  })

  test('a file of other content, but of the same name, size and time, is found by merge and by --resume', async () => {
    const folder = writeFiles(join(root, 'rewritten'), { 'a.pgm': pgm(1), 'b.pgm': pgm(2) })
    const out = join(root, 'rewritten.npy')
    const options = [...small, '--shard-size', '1']
    const rewrite = (seed: number): void => {
      const { atime, mtime } = statSync(join(folder, 'a.pgm'))
      writeFileSync(join(folder, 'a.pgm'), pgm(seed))
      utimesSync(join(folder, 'a.pgm'), atime, mtime)
    }
    const fresh = async (name: string): Promise<Buffer> => {
      await run('transform', folder, '-o', join(root, name), ...options)
      return bytesOf(join(root, name))
    }
    const task = () => run('transform', folder, '-o', out, ...options, '--shard', '1/1', '--json')
    await task()
    rewrite(5)
    const refused = await run('merge', `${out}.parts`, '-o', out)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('files of 1 of 2 shards') as string })
    expect(existsSync(out)).toBe(false)
    // the shard is no longer counted as finished
    expect((await run('merge', `${out}.parts`, '-o', out)).stderr).toContain('1 of 2 shards')
    expect((JSON.parse((await task()).stdout) as { items: number }).items).toBe(1)
    expect((await run('merge', `${out}.parts`, '-o', out)).code).toBe(0)
    expect(bytesOf(out)).toEqual(await fresh('fresh-5.npy'))

    expect((await run('transform', folder, '-o', out, ...options, '--resume')).stderr).toContain('is finished')
    writeFileSync(join(folder, 'b.pgm'), pgm(2)) // the same bytes at another time
    expect((await run('transform', folder, '-o', out, ...options, '--resume')).stderr).toContain('is finished')
    rewrite(6)
    expect((await run('transform', folder, '-o', out, ...options, '--resume')).code).toBe(0)
    expect(bytesOf(out)).toEqual(await fresh('fresh-6.npy'))

    // where the input is not to be seen, that is said
    rmSync(out)
    await task()
    renameSync(folder, `${folder}.away`)
    const merged = await run('merge', `${out}.parts`, '-o', out)
    expect(merged).toMatchObject({ code: 0, stderr: expect.stringContaining('not to be seen') as string })
  })
})
