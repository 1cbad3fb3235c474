// `scatterlab invert` and `scatterlab synthesise`, a few iterations each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pgm, picture, run, writeFiles } from '../command.test.run.ts'
import { readArray } from '../formats/read-array.ts'

const root = mkdtempSync(join(tmpdir(), 'scatterlab-'))
afterAll(() => rmSync(root, { recursive: true }))
const folder = writeFiles(join(root, 'in'), { 'a.pgm': pgm(1), 'b.pgm': pgm(2) })

test('invert: with order 1 of small windows most of an image comes back', async () => {
  const features = join(root, 'f.npy')
  const options = ['--scales', '1', '--orientations', '4', '--oversampling', '1', '--threads', '1', '--quiet']
  expect((await run('transform', folder, '-o', features, ...options)).code).toBe(0)
  const out = join(root, 'b.npy')
  const { code, stdout } = await run(
    'invert',
    features,
    '-o',
    out,
    '--row',
    '1',
    '--iterations',
    '60',
    '--json',
    '--quiet',
  )
  expect(code).toBe(0)
  const { error } = JSON.parse(stdout) as { error: number }
  expect(error).toBeLessThan(0.05) // the noise that it starts from is at 0.5
  const { data, shape } = await readArray(out)
  expect(shape).toEqual([16, 16])
  const original = [...picture(2)].map((byte) => byte / 255)
  const distance = (to: (i: number) => number): number => Math.hypot(...original.map((v, i) => v - to(i)))
  const mean = original.reduce((sum, v) => sum + v, 0) / 256
  expect(distance((i) => data[i])).toBeLessThan(0.25 * distance(() => mean))
  expect((await run('invert', features, '-o', join(root, 'c.png'), '--row', '2')).stderr).toContain('has 2 rows')
})

test('synthesise: an image of other pixels and the same moments', async () => {
  const out = join(root, 'texture.png')
  const sizes = ['--size', '16', '--scales', '2', '--orientations', '2', '--iterations', '40', '--quiet', '--json']
  const { code, stdout } = await run('synthesise', join(folder, 'a.pgm'), '-o', out, ...sizes)
  expect(code).toBe(0)
  expect((JSON.parse(stdout) as { error: number }).error).toBeLessThan(0.2)
  expect((await run('synthesise', join(folder, 'a.pgm'), '-o', out, ...sizes)).stderr).toContain('--overwrite')
})
