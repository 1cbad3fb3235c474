import { reference } from '@scatterlab/tensor'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryCheckpoints } from './checkpoints.ts'
import type { Checkpoints } from './checkpoints.ts'
import { experiment } from './experiment.ts'
import type { Experiment, RunContext } from './experiment.ts'
import type { Result, RunEvent } from './result.ts'
import { runExperiment } from './run.ts'
import type { RunOptions } from './run.ts'

interface Walk {
  readonly steps: number
  /** Steps from one checkpoint to the next. */
  readonly every: number
}

const outcome = { data: 'generated', protocol: 'one walk' }

const walk = ({ steps, every }: Walk): Experiment<Walk> =>
  experiment({
    name: 'walk',
    slide: 'A Walk',
    claim: 'it arrives',
    budgets: { quick: { steps, every }, full: { steps: 2 * steps, every } },
    backends: { other: async () => ({ ...reference, name: 'other' }) },
    async run({ budget, seed, progress, output, checkpoint }) {
      const saved = await checkpoint('walk')
      let [step = 0, state = seed] = saved ? new Float64Array(saved.buffer) : []
      const walking = progress.phase('walking')
      for (; step < budget.steps; walking.advance()) {
        state = (state * 16807) % 2147483647
        step++
        if (step % budget.every === 0) {
          output.checkpoint('walk', new Uint8Array(Float64Array.of(step, state).buffer))
        }
      }
      const bare = { unit: '', count: null, total: null, slide: null, paper: null }
      output.row({ measure: 'place', method: 'walk', settings: {}, value: state, ...bare })
      return outcome
    },
  })

/** Runs `declared` and interrupts it at its step `at`; gives the result and the lines that were logged. */
async function interruptedAt(at: number, declared: Experiment<Walk>, options: RunOptions) {
  let asked = -2 // before the run, and at the start of the phase
  const lines: string[] = []
  const onEvent = (event: RunEvent) => event.type === 'log' && lines.push(event.line)
  const result = await runExperiment(declared, { interrupted: () => ++asked >= at, onEvent, ...options })
  return { result, lines }
}

const logged = async (declared: Experiment<Walk>, options: RunOptions): Promise<string[]> =>
  (await interruptedAt(Infinity, declared, options)).lines

const recordIn = async (place: Checkpoints): Promise<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(await place.read('run.json'))) as Record<string, unknown>

/** A place that is somewhere else: every call takes a moment, and they must not overlap. */
function distant(): Checkpoints {
  const near = memoryCheckpoints()
  let busy = false
  const later = async <T>(call: () => T): Promise<Awaited<T>> => {
    if (busy) throw new Error('two calls at once')
    busy = true
    await new Promise((resolve) => setTimeout(resolve, 1))
    busy = false
    return await call()
  }
  return {
    read: (name) => later(() => near.read(name)),
    write: (name, bytes) => later(() => near.write(name, bytes)),
    remove: () => later(() => near.remove()),
  }
}

describe('a resumed run', () => {
  test('ends as one that was never interrupted, wherever and however often it is', async () => {
    const small = fc.integer({ min: 1, max: 12 })
    await fc.assert(
      fc.asyncProperty(small, small, fc.array(small, { maxLength: 4 }), async (steps, every, interruptions) => {
        const declared = walk({ steps, every })
        const whole = await runExperiment(declared, { seed: 5 })
        const checkpoints = memoryCheckpoints()
        let result: Result | undefined
        for (const at of [...interruptions, Infinity]) {
          result = (await interruptedAt(at, declared, { seed: 5, checkpoints, resume: true })).result
          if (!result.partial) break
        }
        expect(result?.rows).toEqual(whole.rows)
        expect(checkpoints.read('run.json')).toBeUndefined()
        expect(checkpoints.read('walk')).toBeUndefined()
      }),
    )
  })

  test('of a recipe goes on by that recipe only', async () => {
    const declared = { ...walk({ steps: 10, every: 3 }), recipes: { long: { steps: 30, every: 3 } } }
    const checkpoints = memoryCheckpoints()
    await interruptedAt(7, declared, { checkpoints, recipe: 'long' })
    await expect(runExperiment(declared, { mode: 'full', checkpoints, resume: true })).rejects.toThrow(
      'the interrupted run had --recipe long, this one has --full: give --recipe long',
    )
    const rest = await runExperiment(declared, { recipe: 'long', checkpoints, resume: true })
    expect(rest.resumed).toBe(true)
    expect(rest.rows).toEqual((await runExperiment(declared, { recipe: 'long' })).rows)
  })

  test('says so in its result and adds up the time until the last checkpoint', async () => {
    const declared = walk({ steps: 10, every: 3 })
    const checkpoints = memoryCheckpoints()
    const first = await interruptedAt(7, declared, { checkpoints })
    expect(first.result).toMatchObject({ partial: true, rows: [] })
    expect(first.result).not.toHaveProperty('resumed')
    const record = await recordIn(checkpoints)
    expect(record).toMatchObject({ app: 'walk', mode: 'quick', seed: 1, backend: 'other', names: ['walk'] })
    const longer = { ...record, seconds: 100, phases: { walking: 60, loading: 30 } }
    await checkpoints.write('run.json', new TextEncoder().encode(JSON.stringify(longer)))

    const second = await interruptedAt(2, declared, { checkpoints, resume: true })
    expect(second.lines).toEqual(['goes on from the last checkpoint of an interrupted run, after 1 min 40 s'])
    expect(second.result).toMatchObject({ resumed: true, partial: true })
    expect(second.result.seconds).toBeGreaterThanOrEqual(100)
    expect(second.result.seconds).toBeLessThan(110)
    expect(second.result.phases['walking']).toBeGreaterThanOrEqual(60)
    expect(second.result.phases['loading']).toBe(30)

    const { result } = await interruptedAt(Infinity, declared, { checkpoints, resume: true })
    expect(result).toMatchObject({ resumed: true })
    expect(result).not.toHaveProperty('partial')
    expect(result.seconds).toBeGreaterThanOrEqual(100)
  })

  test('starts anew, and says so, where there is nothing', async () => {
    const nothing = ['--resume: no interrupted run left a checkpoint here; this one starts anew']
    const declared = walk({ steps: 2, every: 1 })
    expect(await logged(declared, { resume: true })).toEqual(nothing)
    const checkpoints = memoryCheckpoints()
    expect(await logged(declared, { resume: true, checkpoints })).toEqual(nothing)
  })

  test('is refused where the record is damaged, which costs nothing; without --resume it starts anew', async () => {
    const checkpoints = memoryCheckpoints()
    const declared = walk({ steps: 10, every: 3 })
    await interruptedAt(7, declared, { checkpoints })
    const walked = checkpoints.read('walk')
    await checkpoints.write('run.json', Uint8Array.of(123))
    await expect(runExperiment(declared, { resume: true, checkpoints })).rejects.toMatchObject({
      name: 'UsageError',
      code: 'DAMAGED_CHECKPOINT',
      message: expect.stringMatching(/run\.json is damaged: .* leave out --resume to start anew$/) as string,
    })
    expect(checkpoints.read('walk')).toBe(walked)
    expect(await runExperiment(declared, { checkpoints })).not.toHaveProperty('partial')
  })

  const anew = 'or leave out --resume to start anew'
  test.each<[string, RunOptions, string]>([
    ['mode', { mode: 'full' }, `had --quick, this one has --full: give --quick, ${anew}`],
    ['seed', { seed: 4 }, `had --seed 3, this one has --seed 4: give --seed 3, ${anew}`],
    [
      'back end',
      { backend: 'reference' },
      `had --backend other, this one has --backend reference: give --backend other, ${anew}`,
    ],
    [
      'data folder',
      { dataFolder: '/data' },
      'had no --data or SCATTERLAB_DATA, this one has --data /data: give no --data or SCATTERLAB_DATA',
    ],
  ])('must be of the same %s', async (_, other, message) => {
    const checkpoints = memoryCheckpoints()
    const declared = walk({ steps: 10, every: 3 })
    await interruptedAt(7, declared, { seed: 3, checkpoints })
    const resumed = runExperiment(declared, { seed: 3, checkpoints, resume: true, ...other })
    await expect(resumed).rejects.toMatchObject({
      name: 'UsageError',
      code: 'BAD_OPTION',
      message: expect.stringContaining(message) as string,
    })
    expect(await recordIn(checkpoints)).toMatchObject({ seed: 3 })
  })

  test('must be of the same app and budget', async () => {
    const checkpoints = memoryCheckpoints()
    await interruptedAt(7, walk({ steps: 10, every: 3 }), { checkpoints })
    await expect(runExperiment(walk({ steps: 10, every: 2 }), { checkpoints, resume: true })).rejects.toThrow(
      'the app has changed, its budget was {"steps":10,"every":3} and is {"steps":10,"every":2}: leave out --resume',
    )
    const other = { ...walk({ steps: 10, every: 3 }), name: 'run' }
    await expect(runExperiment(other, { checkpoints, resume: true })).rejects.toThrow(
      'the checkpoints are of app walk, not run: give the --out of its run, or leave out --resume',
    )
  })
})

describe('a run that starts anew', () => {
  test('is given nothing, and leaves what is there until it has a checkpoint itself', async () => {
    const checkpoints = memoryCheckpoints()
    const declared = walk({ steps: 10, every: 3 })
    await interruptedAt(7, declared, { seed: 3, checkpoints })
    const { lines } = await interruptedAt(2, declared, { checkpoints })
    expect(lines).toEqual([
      expect.stringMatching(
        /^an interrupted run .+ after \d\.\d s: --quick --seed 3 --backend other --resume goes on from/,
      ),
    ])
    expect(await recordIn(checkpoints)).toMatchObject({ seed: 3, names: ['walk'] })
    await interruptedAt(4, declared, { checkpoints })
    expect(await recordIn(checkpoints)).toMatchObject({ seed: 1, names: ['walk'] })
  })

  test('disowns what is there before it writes its own first, should it be killed in between', async () => {
    const place = memoryCheckpoints()
    const declared = walk({ steps: 10, every: 3 })
    await interruptedAt(7, declared, { seed: 3, checkpoints: place })
    const found: unknown[] = []
    const write: Checkpoints['write'] = (name, bytes) => {
      if (name === 'walk') found.push(place.read('walk'), place.read('run.json'))
      return place.write(name, bytes)
    }
    await interruptedAt(4, declared, { checkpoints: { ...place, write } })
    expect(found).toEqual([undefined, undefined])
  })

  test('and has none leaves those of another when it finishes', async () => {
    const checkpoints = memoryCheckpoints()
    await interruptedAt(7, walk({ steps: 10, every: 3 }), { seed: 3, checkpoints })
    await runExperiment(walk({ steps: 2, every: 3 }), { checkpoints })
    expect(await recordIn(checkpoints)).toMatchObject({ seed: 3 })
  })

  test('never mixes its checkpoints with those of another', async () => {
    const checkpoints = memoryCheckpoints()
    const found: (Uint8Array | undefined)[] = []
    const naming = (run: (context: RunContext<Walk>) => void): Experiment<Walk> => ({
      ...walk({ steps: 1, every: 1 }),
      async run(context) {
        run(context)
        found.push(await context.checkpoint('old'), await context.checkpoint('new'))
        throw new Error('a stumble')
      },
    })
    const old = naming(({ output }) => output.checkpoint('old', Uint8Array.of(1)))
    await expect(runExperiment(old, { checkpoints })).rejects.toThrow('a stumble')
    const renamed = naming(({ output }) => output.checkpoint('new', Uint8Array.of(2)))
    await expect(runExperiment(renamed, { checkpoints })).rejects.toThrow('a stumble')
    const resumed = naming(() => {})
    await expect(runExperiment(resumed, { checkpoints, resume: true })).rejects.toThrow('a stumble')
    expect(found).toEqual([undefined, undefined, undefined, undefined, undefined, Uint8Array.of(2)])
  })
})

describe('a checkpoint', () => {
  const keeping = (run: (context: RunContext<Walk>) => void): Experiment<Walk> => ({
    ...walk({ steps: 1, every: 1 }),
    async run(context) {
      run(context)
      return outcome
    },
  })

  test('is kept at once, as it was, also of a part of a buffer', async () => {
    const kept = new Map<string, Uint8Array>()
    // what `set` gives back is nothing to wait for
    const write = (name: string, bytes: Uint8Array) => kept.set(name, bytes) as unknown as undefined
    const checkpoints: Checkpoints = { ...memoryCheckpoints(), write }
    const buffer = Uint8Array.of(0, 1, 2, 3)
    const seen: unknown[] = []
    const declared = keeping(({ output }) => {
      for (const end of [3, 4]) {
        output.checkpoint('part', buffer.subarray(1, end))
        seen.push(kept.get('part'))
      }
      buffer.fill(9)
    })
    expect(await logged(declared, { checkpoints })).toEqual([])
    expect(seen).toEqual([Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)])
  })

  test('waits for a place that takes its time, and all are kept before the run ends', async () => {
    const checkpoints = distant()
    const declared = walk({ steps: 10, every: 1 })
    const { result, lines } = await interruptedAt(7, declared, { checkpoints })
    expect(result.partial).toBe(true)
    const [step] = new Float64Array(new Uint8Array((await checkpoints.read('walk')) ?? []).buffer)
    expect(step).toBe(7)
    expect((await runExperiment(declared, { checkpoints, resume: true })).rows).toEqual(
      (await runExperiment(declared)).rows,
    )
    expect(lines).toEqual([])
    expect(await checkpoints.read('run.json')).toBeUndefined()
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no space left')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no space left'))],
  ])('that cannot be kept, as its place %s, does not end the run', async (_, write) => {
    const checkpoints = { ...memoryCheckpoints(), write }
    const declared = keeping(({ output }) => output.checkpoint('network', Uint8Array.of(1)))
    expect(await logged(declared, { checkpoints })).toContain("checkpoint 'network' could not be kept: no space left")
  })

  test.each(['../escape', 'a/b', '.hidden', '', 'run.json'])('is not named "%s"', async (name) => {
    const writing = keeping(({ output }) => output.checkpoint(name, Uint8Array.of(1)))
    await expect(runExperiment(writing)).rejects.toMatchObject({ code: 'BAD_FILE_NAME' })
    const reading = { ...writing, run: async ({ checkpoint }: RunContext<Walk>) => (await checkpoint(name), outcome) }
    await expect(runExperiment(reading)).rejects.toMatchObject({ code: 'BAD_FILE_NAME' })
  })

  test('is bytes, not numbers', async () => {
    const numbers = new Float32Array(2) as unknown as Uint8Array
    const declared = keeping(({ output }) => output.checkpoint('network', numbers))
    await expect(runExperiment(declared)).rejects.toMatchObject({ code: 'BAD_CHECKPOINT' })
  })
})
