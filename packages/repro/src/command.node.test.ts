// Runs the command as a process of its own, on the experiments under fixtures/apps.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fixtures, repro, resultIn, writeWalk } from './command.test.run.ts'

const root = mkdtempSync(join(tmpdir(), 'repro-'))
afterAll(() => rmSync(root, { recursive: true }))

describe('a run', () => {
  const out = join(root, 'coin')
  const running = repro(['coin', '--seed', '3', '--out', out, '--data', '.'])

  test('ends with the table on standard output and exit code 0', async () => {
    const { code, stdout } = await running
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines.slice(0, 5)).toEqual([
      'coin: A Fair Coin (quick)',
      'Claim: half of all tosses are tails',
      "A quick run, not the slide's result; --full follows the slide.",
      '┌─────────┬────────┬───────────────────┬───────┬───────┬───────────────────────────────┐',
      '│ measure │ method │ settings          │ slide │ paper │ measured                      │',
    ])
    expect(lines).toContain('seed         3')
    expect(lines).toContain(`data         generated, data folder ${fixtures}`)
    expect(lines.at(-2)).toContain(`in ${out} (report.md, result.json, 1 figure as SVG and PNG, coin.txt)`)
  })

  test('speaks on standard error in plain lines', async () => {
    const { stderr } = await running
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      'coin: A Fair Coin (quick, seed 3)',
      'back end never does not run here: no such hardware in this machine',
    ])
    expect(stderr).toContain('the coin is in the air\n')
    expect(stderr).not.toContain('\u001B')
  })

  test('leaves its results', async () => {
    await running
    expect(readdirSync(out).sort()).toEqual(['coin.png', 'coin.svg', 'coin.txt', 'report.md', 'result.json'])
    const { rows, peakMemoryMB, machine, backend, partial } = resultIn(out)
    expect(rows.map(({ total }) => total)).toEqual([100, 1000])
    expect(peakMemoryMB).toBeGreaterThan(20)
    expect(machine).toMatchObject({ node: process.versions.node })
    expect(backend).toMatch(/^reference: /)
    expect(partial).toBeUndefined()
  })

  test('with --full takes the full budget; a path names an app too', async () => {
    const full = join(root, 'full')
    const { code } = await repro([join(fixtures, 'apps/coin'), '--full', '--backend', 'reference', '--out', full])
    expect(code).toBe(0)
    expect(resultIn(full)).toMatchObject({ mode: 'full', seed: 1, rows: [{}, {}, { total: 100_000 }] })
  })
})

test('without a name the apps are listed, also those that do not load', async () => {
  const { code, stdout } = await repro([])
  expect(code).toBe(0)
  expect(stdout)
    .toBe(`┌─────────┬───────────────────┬──────────────────────────────────────────────────────┬─────────────┐
│ app     │ slide             │ claim                                                │ last result │
├─────────┼───────────────────┼──────────────────────────────────────────────────────┼─────────────┤
│ broken  │ –                 │ does not load (apps/broken/src/main.ts): this app    │ –           │
│         │                   │ does not load                                        │             │
│ coin    │ A Fair Coin       │ half of all tosses are tails                         │ –           │
│ endless │ A Slow Experiment │ it ends                                              │ –           │
│ failing │ A Failure         │ it works                                             │ –           │
└─────────┴───────────────────┴──────────────────────────────────────────────────────┴─────────────┘
'scatterlab-repro NAME' runs one; 'scatterlab-repro --help' lists the options.
`)
})

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s stops a busy app at its next step and keeps what it had',
    async (signal) => {
      const out = join(root, signal)
      const { code, stdout, afterSignal } = await repro(['endless', '--out', out], { signals: [signal] })
      expect(code).toBe(130)
      expect(afterSignal).toBeLessThan(1500)
      expect(stdout).toContain('Interrupted: these are partial results.')
      expect(stdout).toContain(`partial, in ${out}`)
      expect(resultIn(out)).toMatchObject({ partial: true, data: 'none', rows: [{ measure: 'patience', value: 1.5 }] })
    },
  )

  test('stops an app that never comes to a step, too', async () => {
    const out = join(root, 'stuck')
    const { code, afterSignal } = await repro(['endless', '--full', '--out', out], { signals: ['SIGINT'] })
    expect(code).toBe(130)
    expect(afterSignal).toBeLessThan(3000)
    expect(resultIn(out)).toMatchObject({ partial: true, rows: [{ measure: 'patience' }] })
  })

  test('twice ends it at once, without results', async () => {
    const out = join(root, 'twice')
    const { code, afterSignal } = await repro(['endless', '--full', '--out', out], { signals: ['SIGINT', 'SIGINT'] })
    expect(code).toBe(130)
    expect(afterSignal).toBeLessThan(1400)
    expect(existsSync(out)).toBe(false)
  })

  test('heard twice in one keystroke counts once', async () => {
    const out = join(root, 'once')
    const options = { signals: ['SIGINT', 'SIGINT'] as NodeJS.Signals[], apart: 30 }
    expect((await repro(['endless', '--full', '--out', out], options)).code).toBe(130)
    expect(resultIn(out).partial).toBe(true)
  })
})

describe('--resume', () => {
  const app = writeWalk(join(root, 'walk'))
  const walk = (out: string, ...args: string[]) => [app, '--seed', '3', '--out', join(root, out), ...args]
  const checkpoints = join(root, 'resumed/checkpoints')
  const whole = repro(walk('whole'))

  test('an interrupted run and its resumption end as one that was never interrupted', async () => {
    const first = await repro(walk('resumed'), { signals: ['SIGINT'], heard: 'step 20\n' })
    expect(first.code).toBe(130)
    expect(first.afterSignal).toBeLessThan(1500)
    const goesOn = `scatterlab-repro ${walk('resumed').join(' ')} --resume`
    expect(first.stdout.split('\n').at(-2)).toBe(`${goesOn} goes on from here.`)
    expect(readdirSync(checkpoints).sort()).toEqual(['run.json', 'walk'])
    expect(first.stderr).not.toContain('could not be kept')

    const second = await repro(goesOn.split(' ').slice(1))
    expect(second.code).toBe(0)
    expect(second.stderr).toMatch(/^goes on from the last checkpoint of an interrupted run, after \d\.\d s$/m)
    expect(second.stderr).not.toContain('step 10\n')
    expect(second.stderr).toContain('step 40\n')
    expect(second.stdout).not.toContain('goes on from here')

    expect((await whole).code).toBe(0)
    const [resumed, uninterrupted] = ['resumed', 'whole'].map((out) => resultIn(join(root, out)))
    expect(resumed?.rows).toEqual(uninterrupted?.rows)
    const weights = ['resumed', 'whole'].map((out) => readFileSync(join(root, out, 'weights.bin')))
    expect(weights[0]).toEqual(weights[1])
    expect(resumed?.resumed).toBe(true)
    expect(uninterrupted).not.toHaveProperty('resumed')
    // 40 steps of at least 20 ms, in two runs
    expect(resumed?.seconds).toBeGreaterThan(0.8)
    expect(resumed?.phases['walking']).toBeGreaterThan(0.8)
    expect(existsSync(checkpoints)).toBe(false)
  })

  test('a checkpoint of an app that never comes to a step is kept', async () => {
    const { code, stdout, afterSignal } = await repro(walk('stuck', '--full'), { signals: ['SIGINT'] })
    expect(code).toBe(130)
    expect(afterSignal).toBeLessThan(3000)
    expect(stdout).toContain('--full --resume goes on from here.\n')
    expect([...readFileSync(join(root, 'stuck/checkpoints/walk'))]).toEqual([4, 2])

    const other = await repro([app, '--out', join(root, 'stuck'), '--resume'])
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr.split('\n').at(-2)).toBe(
      '--resume: the interrupted run had --full and --seed 3, this one has --quick and --seed 1: ' +
        'give --full and --seed 3, or leave out --resume to start anew',
    )
    expect(readdirSync(join(root, 'stuck/checkpoints'))).toHaveLength(2)
  })

  test('with nothing to resume says so and starts anew', async () => {
    const { code, stderr } = await repro(['coin', '--resume', '--out', join(root, 'anew')])
    expect(code).toBe(0)
    expect(stderr).toContain('--resume: no interrupted run left a checkpoint here; this one starts anew\n')
    expect(resultIn(join(root, 'anew'))).not.toHaveProperty('resumed')
  })

  test('a run that fails keeps its checkpoint and says how to go on', async () => {
    const out = join(root, 'fails')
    const { code, stderr } = await repro(walk('fails'), { env: { FAIL_AT: '15' } })
    expect(code).toBe(1)
    expect(stderr.split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^ +at /),
      `scatterlab-repro ${walk('fails').join(' ')} --resume goes on from here.`,
      '',
    ])
    expect((await repro(walk('fails', '--resume'))).code).toBe(0)
    expect(resultIn(out).rows).toEqual(resultIn(join(root, 'whole')).rows)
  })

  test('a checkpoint that cannot be kept does not end the run', async () => {
    const out = join(root, 'full-disk')
    mkdirSync(out)
    writeFileSync(join(out, 'checkpoints'), '')
    const { code, stderr } = await repro(walk('full-disk'))
    expect(code).toBe(0)
    expect(stderr).toContain("checkpoint 'walk' could not be kept: ")
  })
})

describe('what was asked wrongly', () => {
  const file = join(root, 'file')
  writeFileSync(file, '')

  test.each<[string, string[], string]>([
    ['an unknown app', ['coyn'], "no app 'coyn': there are broken, coin, endless, failing. Did you mean coin?\n"],
    ['a folder without an app', ['./nowhere'], './nowhere holds no app: it needs a package.json and src/main.ts\n'],
    ['an unknown option', ['coin', '--ful'], "error: unknown option '--ful'\n(Did you mean --full?)\n"],
    ['two modes', ['coin', '--quick', '--full'], "error: option '--quick' cannot be used with option '--full'\n"],
    [
      'a recipe that the app lacks',
      ['coin', '--recipe', 'published'],
      "coin has no recipe 'published': it has none beside",
    ],
    [
      'a recipe of a quick run',
      ['coin', '--recipe', 'x', '--quick'],
      "'--recipe <name>' cannot be used with option '--quick'",
    ],
    ['weights that are not there', ['coin', '--weights', 'no.file'], "--weights: 'no.file' cannot be read (ENOENT"],
    ['weights for an app that takes none', ['coin', '--weights', file], 'coin classifies nothing by weights'],
    ['a seed that is none', ['coin', '--seed', '1.5'], 'Give a whole number from 0, such as 1.\n'],
    ['options without an app', ['--full'], "--full needs the name of an app, as in 'scatterlab-repro broken --full'\n"],
    [
      'a data folder that is not there',
      ['coin', '--data', 'aps'],
      "--data: there is no folder 'aps'. Did you mean apps?\n",
    ],
    ['a file for results', ['coin', '--out', file], `--out: '${file}' is a file; give a folder`],
    ['a folder in a file', ['coin', '--out', join(file, 'x')], `--out: '${file}' is a file; give a folder`],
    ['no folder for results', ['coin', '--out', ''], "--out is '': give a folder"],
    [
      'a folder that cannot be made',
      ['coin', '--out', '/proc/x/y'],
      "--out: ENOENT: no such file or directory, mkdir '/proc/x'",
    ],
    [
      'an unknown back end',
      ['coin', '--backend', 'nevr'],
      "no back end 'nevr', only never, reference. Did you mean never?\n",
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await repro(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('    at ')
  })

  test('a variable that names no data folder', async () => {
    const { code, stderr } = await repro(['coin'], { env: { SCATTERLAB_DATA: '/no/such/folder' } })
    expect(code).toBe(2)
    expect(stderr).toBe("SCATTERLAB_DATA: there is no folder '/no/such/folder'.\n")
  })
})

describe('what fails', () => {
  test('a back end that cannot run here: one line, and no other in its place', async () => {
    const out = join(root, 'never')
    const { code, stdout, stderr } = await repro(['coin', '--backend', 'never', '--out', out])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.split('\n').slice(1)).toEqual([
      'back end never does not run here (no such hardware in this machine): ' +
        'use --backend reference, or leave --backend out for the fastest that works',
      '',
    ])
    expect(existsSync(out)).toBe(false)
  })

  test('an error with a code is its message alone', async () => {
    const { code, stderr } = await repro(['failing', '--out', join(root, 'failing')])
    expect(code).toBe(1)
    expect(stderr.split('\n').slice(2)).toEqual(['scales is 9: lower it to 4', ''])
  })

  test('any other error shows its stack, and what was measured before is kept', async () => {
    const out = join(root, 'failed')
    const { code, stdout, stderr } = await repro(['failing', '--full', '--out', out])
    expect(code).toBe(1)
    expect(stderr).toMatch(/TypeError: undefined is not a function\n +at .*main\.ts/)
    expect(stdout).toContain('Stopped by an error; these are partial results. undefined is not a function')
    expect(resultIn(out)).toMatchObject({ partial: true, error: 'undefined is not a function', rows: [{ count: 1 }] })
  })
})
