// What Python reads: NumPy, where there is one. Debian's is /usr/bin/python3 with python3-numpy.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pgm, run, writeFiles } from './command.test.run.ts'
import { readArray } from './formats/read-array.ts'

const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import numpy']).status === 0,
)
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
