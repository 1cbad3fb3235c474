// What Python reads: NumPy and pandas, where they are. Debian's NumPy is python3-numpy of /usr/bin/python3; pandas reads Parquet and Arrow by pyarrow, which
// comes from pip.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pgm, run, writeFiles } from './command.test.run.ts'
import { readArray } from './formats/read-array.ts'

const having = (modules: string) =>
  ['/usr/bin/python3', 'python3'].find((program) => spawnSync(program, ['-c', `import ${modules}`]).status === 0)
const python = having('numpy')
const withPandas = having('pandas, pyarrow')
const root = mkdtempSync(join(tmpdir(), 'scatterlab-'))
afterAll(() => rmSync(root, { recursive: true }))

test.skipIf(python === undefined)('NumPy reads features in one line, and what it writes is read', async () => {
  const folder = writeFiles(join(root, 'in'), { 'a/1.pgm': pgm(1), 'b/2.pgm': pgm(2) })
  const options = ['--scales', '2', '--orientations', '4', '--threads', '1', '--quiet']
  for (const [file, load] of [
    ['f.npy', 'numpy.load("f.npy")'],
    ['f.npz', 'numpy.load("f.npz")["features"]'],
  ]) {
    const more = file === 'f.npz' ? ['--dtype', 'float16', '--overwrite'] : []
    expect((await run('transform', folder, '-o', join(root, file), ...options, ...more)).code).toBe(0)
    const { stdout } = spawnSync(
      python!,
      ['-c', `import numpy; x = ${load}; print(x.shape, x.dtype, x.astype("f8").sum())`],
      {
        cwd: root,
        encoding: 'utf8',
      },
    )
    const { data } = await readArray(join(root, file))
    const [, shape, type, sum] = /^\((.*)\) (\w+) (.*)\n$/.exec(stdout) ?? []
    expect([shape, type]).toEqual(['2, 25, 4, 4', file === 'f.npy' ? 'float32' : 'float16'])
    expect(Number(sum)).toBeCloseTo(
      Float64Array.from(data).reduce((total, v) => total + v, 0),
      6,
    )
  }

  // the same images in Fortran order, big-endian, from 0 to 1
  const images = `numpy.stack([numpy.frombuffer(open(f"in/{n}.pgm", "rb").read()[-256:], "u1").reshape(16, 16) for n in ("a/1", "b/2")])`
  const write = `import numpy; numpy.save("i.npy", numpy.asfortranarray(${images} / 255).astype(">f8", order="F"))`
  expect(spawnSync(python!, ['-c', write], { cwd: root }).status).toBe(0)
  expect((await run('transform', join(root, 'i.npy'), '-o', join(root, 'g.npy'), ...options)).code).toBe(0)
  const [{ data: ours }, { data: own }] = [await readArray(join(root, 'f.npy')), await readArray(join(root, 'g.npy'))]
  expect([...own]).toEqual([...ours])
})

test.skipIf(withPandas === undefined)('pandas reads Parquet and Arrow in one line', async () => {
  const folder = writeFiles(join(root, 'tables'), { 'a/1.pgm': pgm(1), 'b/2.pgm': pgm(2) })
  const options = ['--scales', '2', '--orientations', '4', '--threads', '1', '--quiet']
  for (const file of ['t.npy', 't.parquet', 't.arrow'])
    expect((await run('transform', folder, '-o', join(root, file), ...options)).code).toBe(0)
  const { data } = await readArray(join(root, 't.npy'))
  for (const load of ['pandas.read_parquet("t.parquet")', 'pandas.read_feather("t.arrow")']) {
    const script = `import json, pandas; x = ${load}; print(json.dumps([list(x["name"]), [float(v) for row in x["features"] for v in row]]))`
    const { stdout, stderr } = spawnSync(withPandas!, ['-c', script], { cwd: root, encoding: 'utf8' })
    expect(JSON.parse(stdout), stderr).toEqual([['a/1.pgm', 'b/2.pgm'], [...data]])
  }
})
