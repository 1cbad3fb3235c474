// What must not cost a run its results: streams, disks, checkpoints and other runs that misbehave. The command runs as a process.
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { repro, resultIn, writeWalk } from './command.test.run.ts'

const root = mkdtempSync(join(tmpdir(), 'repro-'))
afterAll(() => rmSync(root, { recursive: true }))

const app = writeWalk(join(root, 'walk'))
const walk = (out: string, ...args: string[]) => [app, '--seed', '3', '--out', join(root, out), ...args]
const interrupted = { signals: ['SIGINT'] as NodeJS.Signals[], heard: 'step 20\n' }

describe('streams', () => {
  test('a reader of standard error that leaves does not end the run', async () => {
    const { code, stdout } = await repro(walk('deaf'), { deaf: true })
    expect(code).toBe(0)
    expect(stdout).toContain(`in ${join(root, 'deaf')} (report.md, result.json`)
    expect(resultIn(join(root, 'deaf')).rows).toHaveLength(1)
  })

  test.skipIf(!existsSync('/dev/full')).each([[[]], [['--help']], [['coin', '--out', join(root, 'full')]]])(
    'standard output that cannot be written is an error: %o',
    async (args) => {
      const full = openSync('/dev/full', 'w')
      const { code, stderr } = await repro(args, { stdout: full })
      closeSync(full)
      expect(code).toBe(1)
      expect(stderr).toContain('standard output could not be written: ENOSPC')
    },
  )
})

describe('a checkpoint', () => {
  test('that was not kept is not promised, nor found by --resume', async () => {
    const out = join(root, 'no-room')
    mkdirSync(out)
    writeFileSync(join(out, 'checkpoints'), '') // a file where the folder should be
    const { code, stdout, stderr } = await repro(walk('no-room'), interrupted)
    expect(code).toBe(130)
    expect(stderr).toContain("checkpoint 'walk' could not be kept: ")
    expect(stdout).not.toContain('goes on from here')
    const resumed = await repro(walk('no-room', '--resume'))
    expect(resumed.code).toBe(0)
    expect(resumed.stderr).toContain('no interrupted run left a checkpoint here; this one starts anew')
    expect(resultIn(out)).not.toHaveProperty('resumed')
  })

  const damages: [string, (checkpoints: string) => void, string][] = [
    [
      'with a flipped bit',
      (at) => writeFileSync(join(at, 'walk'), flipped(readFileSync(join(at, 'walk')))),
      'walk is damaged',
    ],
    ['that is cut', (at) => truncateSync(join(at, 'walk'), 10), 'walk is damaged'],
    ['that is empty', (at) => truncateSync(join(at, 'walk')), 'walk is damaged'],
    ['that is gone', (at) => rmSync(join(at, 'walk')), 'walk is gone'],
    ['with a damaged record', (at) => writeFileSync(join(at, 'run.json'), 'x\n'), 'run.json is damaged'],
    ['with another record', (at) => writeFileSync(join(at, 'run.json'), '{"names":["walk"]}'), 'run.json is damaged'],
  ]
  const first = repro(walk('damaged'), interrupted)
  test.each(damages)('%s is refused before any work, and nothing is overwritten', async (what, damage, message) => {
    const out = what.replaceAll(' ', '-')
    const checkpoints = join(root, out, 'checkpoints')
    expect((await first).code).toBe(130)
    cpSync(join(root, 'damaged'), join(root, out), { recursive: true })
    damage(checkpoints)
    const before = contentsOf(checkpoints)
    const { code, stdout, stderr } = await repro(walk(out, '--resume'))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      `--resume: the checkpoint ${checkpoints}/${message}: put back what was there, or leave out --resume to start anew\n`,
    )
    expect(contentsOf(checkpoints)).toEqual(before)
  })
})

const flipped = (bytes: Buffer): Buffer => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 4 : byte)) as Buffer

const contentsOf = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])

describe('the folder of results', () => {
  test('that cannot take a figure does not end the run; the loss is told, and is an error', async () => {
    const out = join(root, 'figures')
    mkdirSync(join(out, 'coin.svg'), { recursive: true })
    const { code, stdout, stderr } = await repro(['coin', '--out', out])
    expect(code).toBe(1)
    expect(stderr).toContain(`${out}/coin.svg could not be written`)
    expect(stderr).toContain('it is tried again at the end\n')
    expect(stderr).toContain('it is lost; make room, or give another --out\n')
    expect(stdout).toContain(`in ${out} (report.md, result.json, coin.txt)`)
    expect(resultIn(out)).toMatchObject({ figures: [], files: ['coin.txt'], rows: [{}, {}] })
  })

  test('belongs to one run at a time', async () => {
    const out = join(root, 'shared')
    let second: Awaited<ReturnType<typeof repro>> | undefined
    const meanwhile = async () => (second = await repro(['coin', '--seed', '2', '--out', out]))
    const first = await repro(['endless', '--out', out], { signals: ['SIGINT'], meanwhile })
    expect(first.code).toBe(130)
    const { code, stderr } = second!
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^--out: another run writes into '.*shared' \(process \d+ on .+\): wait until it is over, or give another --out\n$/,
    )
    expect(resultIn(out).seed).toBe(1)
    expect(readdirSync(out)).not.toContain('.lock')
  })

  test('is free again when the run that had it was killed', async () => {
    const out = join(root, 'killed')
    expect((await repro(['endless', '--out', out], { signals: ['SIGKILL'] })).code).toBeNull()
    expect(existsSync(join(out, '.lock'))).toBe(true)
    expect((await repro(['coin', '--out', out])).code).toBe(0)
    expect(readdirSync(out)).not.toContain('.lock')
  })
})
