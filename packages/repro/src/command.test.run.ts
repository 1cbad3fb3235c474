// The command as a process of its own, for the tests that run it, on the experiments under fixtures/apps and one that walks.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Result } from './result.ts'

const bin = join(import.meta.dirname, 'bin.ts')

/** The folder in which the command runs. */
export const fixtures: string = join(import.meta.dirname, '../fixtures')

/** How the command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Milliseconds from the first signal to the end. */
  readonly afterSignal: number
}

/**
 * Runs `repro args`; at the moment when `heard` appears on standard error, sends the signals, `apart` ms from each other, and after it has
 * done `meanwhile`. `stdout` takes its standard output in place of a pipe; with `deaf` nobody reads its standard error.
 */
export async function repro(
  args: readonly string[],
  {
    signals = [],
    heard = 'waiting\n',
    apart = 600,
    env = {},
    meanwhile = () => {},
    stdout: to = 'pipe',
    deaf = false,
  }: {
    signals?: NodeJS.Signals[]
    heard?: string
    apart?: number
    env?: Record<string, string>
    meanwhile?: () => unknown
    stdout?: 'pipe' | number
    deaf?: boolean
  } = {},
): Promise<Ended> {
  const { SCATTERLAB_DATA: _, npm_lifecycle_event: __, ...inherited } = process.env
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: fixtures,
    env: { ...inherited, CI: 'true', ...env },
    stdio: ['ignore', to, 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  let signalled = NaN
  if (deaf) child.stderr!.destroy()
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    if (!Number.isNaN(signalled) || !stderr.includes(heard)) return
    signalled = 0
    void Promise.resolve(meanwhile()).then(() => {
      signalled = performance.now()
      signals.forEach((signal, index) => setTimeout(() => child.kill(signal), index * apart))
    })
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout, stderr, afterSignal: performance.now() - signalled }
}

/** The result.json in a folder. */
export const resultIn = (out: string): Result => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as Result

/** A random walk of 40 steps with a checkpoint every 10 (full: a checkpoint, then no step any more), beside this repository. */
export function writeWalk(folder: string): string {
  const repository = pathToFileURL(join(import.meta.dirname, 'index.ts')).href
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "name": "walk", "private": true, "type": "module" }')
  writeFileSync(
    join(folder, 'src/main.ts'),
    `import { experiment } from '${repository}'
export default experiment({
  name: 'walk',
  slide: 'A Walk',
  claim: 'it arrives',
  budgets: { quick: { steps: 40 }, full: { steps: Infinity } },
  async run({ budget: { steps }, seed, progress, log, output, checkpoint }) {
    const saved = await checkpoint('walk')
    let [step, state, place] = saved ? new Float64Array(saved.buffer) : [0, seed, 0]
    const walking = progress.phase('walking', steps - step)
    while (step < steps) {
      state = (state * 16807) % 2147483647
      place += state / 2147483647 - 0.5
      step++
      const until = performance.now() + 20
      while (performance.now() < until);
      if (step === Number(process.env['FAIL_AT'])) throw new TypeError('a stumble')
      if (steps === Infinity) {
        output.checkpoint('walk', Uint8Array.of(4, 2))
        log('waiting')
        for (;;);
      }
      if (step % 10 === 0) {
        output.checkpoint('walk', new Uint8Array(Float64Array.of(step, state, place).buffer))
        log('step ' + step)
      }
      walking.advance()
    }
    const bare = { unit: '', count: null, total: null, slide: null, paper: null }
    output.row({ measure: 'place', method: 'walk', settings: { steps }, value: place, ...bare })
    output.file('weights.bin', new Uint8Array(Float64Array.of(place).buffer))
    return { data: 'generated', protocol: 'one walk' }
  },
})
`,
  )
  return folder
}
