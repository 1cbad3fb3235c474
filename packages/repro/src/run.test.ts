import { reference } from '@scatterlab/tensor'
import { describe, expect, test } from 'vitest'
import { experiment } from './experiment.ts'
import type { Experiment, RunContext } from './experiment.ts'
import type { RunEvent } from './result.ts'
import { errorRow } from './row.ts'
import { type RunOptions, runExperiment } from './run.ts'
import { warnings } from './wording.ts'

const rowOf = (trainingSize: number) => errorRow({ method: 'k-NN', settings: { trainingSize }, count: 3, total: 100 })

const outcome = { data: 'digits, generated', protocol: 'one split' }

const tiny = (run: Experiment<number>['run']): Experiment<number> =>
  experiment({ name: 'tiny', slide: 'A Slide', claim: 'a claim', budgets: { quick: 2, full: 20 }, run })

const eventsOf = async (run: Experiment<number>['run']): Promise<RunEvent[]> => {
  const events: RunEvent[] = []
  await runExperiment(tiny(run), { onEvent: (event) => events.push(event) })
  return events
}

describe('runExperiment', () => {
  test('gives result.json in its whole form', async () => {
    const machine = { cpu: 'abacus', cores: 2, node: '24.21.0' }
    const result = await runExperiment(
      tiny(async ({ budget, progress, output }) => {
        const counting = progress.phase('counting', budget)
        for (let i = 0; i < budget; i++) counting.advance()
        counting.done()
        counting.done()
        output.row(rowOf(budget))
        output.file('weights.bin', new Uint8Array(3))
        await output.figure('curve', { svg: '<svg/>', png: async () => new Uint8Array(1) }, 'A curve.')
        return { ...outcome, note: 'a stand-in' }
      }),
      { mode: 'full', seed: 7, machine, peakMemoryMB: () => 123 },
    )
    expect(result).toEqual({
      app: 'tiny',
      slide: 'A Slide',
      claim: 'a claim',
      mode: 'full',
      seed: 7,
      backend: `reference: ${reference.description}`,
      data: 'digits, generated',
      protocol: 'one split',
      note: 'a stand-in',
      seconds: expect.any(Number) as number,
      peakMemoryMB: 123,
      phases: { counting: expect.any(Number) as number },
      rows: [rowOf(20)],
      figures: [{ name: 'curve', caption: 'A curve.' }],
      files: ['weights.bin'],
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      machine,
    })
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  test.each<[RunOptions, string]>([
    [{ mode: 'fast' as 'full' }, "mode is 'fast': it must be one of 'quick', 'full'"],
    [{ seed: -1 }, 'seed is -1: it must be a whole number, 0 or more'],
    [{ checkpoint: {} } as RunOptions, 'Did you mean checkpoints?'],
    [{ signal: true as never }, 'it must be an AbortSignal'],
  ])('refuses %o', async (options, message) => {
    await expect(
      runExperiment(
        tiny(async () => outcome),
        options,
      ),
    ).rejects.toThrow(message)
  })

  test('takes what an experiment has described, where it returns nothing', async () => {
    const described = tiny(async ({ output }) => output.describe({ ...outcome, note: undefined }))
    expect(await runExperiment(described)).toMatchObject(outcome)
  })

  test('hands the experiment its budget, seed, data folder and back end', async () => {
    let context: RunContext<number> | undefined
    const run = async (given: RunContext<number>) => {
      context = given
      return outcome
    }
    await runExperiment(tiny(run), { dataFolder: '/data' })
    expect(context).toMatchObject({ budget: 2, mode: 'quick', seed: 1, dataFolder: '/data', backend: reference })
    await runExperiment(tiny(run), { mode: 'full', seed: 5 })
    expect(context).toMatchObject({ budget: 20, mode: 'full', seed: 5, dataFolder: undefined })
  })

  test('says why the preferred back end does not run, and names the one that does', async () => {
    const lines: string[] = []
    const declared = { ...tiny(async () => outcome), backends: { gpu: () => Promise.reject(new Error('no GPU')) } }
    const result = await runExperiment(declared, {
      onEvent: (event) => event.type === 'log' && lines.push(event.line),
    })
    expect(lines).toEqual(['back end gpu does not run here: no GPU'])
    expect(result.backend).toMatch(/^reference: /)
    await expect(runExperiment(declared, { backend: 'gpu' })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
  })

  test('names at the end what the back end left to the reference', async () => {
    const declined = new Map<string, number>()
    const declared: Experiment<number> = {
      ...tiny(async () => {
        declined.set('fft', 3)
        return outcome
      }),
      backends: { wasm: async () => ({ ...reference, name: 'wasm', description: 'SIMD', declined }) },
    }
    expect((await runExperiment(declared)).backend).toBe('wasm: SIMD; left to the reference: fft ×3')
  })

  test('rows of the outcome take the place of those reported on the way', async () => {
    const result = await runExperiment(
      tiny(async ({ output }) => {
        output.row(rowOf(1))
        return { ...outcome, rows: [rowOf(2), rowOf(3)] }
      }),
    )
    expect(result.rows).toEqual([rowOf(2), rowOf(3)])
  })

  test('draws figures without PNG where none can be had', async () => {
    const events: RunEvent[] = []
    const refuses = async (): Promise<Uint8Array> => {
      throw new Error('no canvas')
    }
    const draw = tiny(async ({ output }) => {
      await output.figure('a', { svg: '<svg/>', png: refuses })
      return outcome
    })
    await runExperiment(draw, { png: false, onEvent: (event) => events.push(event) })
    expect(events).toContainEqual({ type: 'figure', name: 'a', caption: '', svg: '<svg/>', png: null })
    await expect(runExperiment(draw)).rejects.toThrow('no canvas')
  })

  test('waits for figures that the experiment did not wait for', async () => {
    const events = await eventsOf(async ({ output }) => {
      const later = () => new Promise<Uint8Array>((resolve) => setTimeout(() => resolve(new Uint8Array(1)), 20))
      void output.figure('late', { svg: '', png: later })
      return outcome
    })
    expect(events.map(({ type }) => type)).toContain('figure')
  })

  test.each(['../escape', 'a/b', '.hidden', '', 'result.json', 'report.md', 'checkpoints'])(
    'refuses the file name "%s"',
    async (name) => {
      const run = runExperiment(
        tiny(async ({ output }) => {
          output.file(name, '')
          return outcome
        }),
      )
      await expect(run).rejects.toMatchObject({ code: 'BAD_FILE_NAME' })
    },
  )

  test('refuses a row that JSON could not hold, reported or returned', async () => {
    const bad = { ...rowOf(1), value: NaN }
    const returned = runExperiment(tiny(async () => ({ ...outcome, rows: [bad] })))
    await expect(returned).rejects.toMatchObject({ code: 'BAD_ROW' })
    const reported = eventsOf(async ({ output }) => {
      output.row(bad)
      return outcome
    })
    await expect(reported).rejects.toMatchObject({ code: 'BAD_ROW' })
  })

  test('passes an error of the experiment on', async () => {
    await expect(eventsOf(() => Promise.reject(new RangeError('too far')))).rejects.toThrow(RangeError)
  })
})

describe('recipes and weights', () => {
  const seen: unknown[] = []
  const declared: Experiment<number> = {
    ...tiny(async ({ budget, mode, recipe }) => void seen.push({ budget, mode, recipe })),
    recipes: { published: 200 },
    classify: async ({ budget, dataFolder }, { file, bytes }) => void seen.push({ budget, dataFolder, file, bytes }),
  }

  test('a recipe stands in for the full budget', async () => {
    seen.length = 0
    const result = await runExperiment(declared, { recipe: 'published' })
    await runExperiment(declared, { mode: 'full' })
    expect(result).toMatchObject({ mode: 'full', recipe: 'published' })
    expect(warnings(result)).toEqual(['By the recipe published.'])
    expect(seen).toEqual([
      { budget: 200, mode: 'full', recipe: 'published' },
      { budget: 20, mode: 'full', recipe: undefined },
    ])
  })

  test('weights are handed to what classifies, in the place of the steps', async () => {
    seen.length = 0
    const weights = { file: 'net.safetensors', bytes: Uint8Array.of(1, 2) }
    const result = await runExperiment(declared, { weights, dataFolder: 'images' })
    expect(warnings(result)).toEqual(['Images classified by net.safetensors; no result of the experiment itself.'])
    expect(seen).toEqual([{ budget: 2, dataFolder: 'images', ...weights }])
  })

  test('a recipe that is none is refused, with the nearest; weights where nothing classifies too', async () => {
    await expect(runExperiment(declared, { recipe: 'publised' })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: "tiny has no recipe 'publised': it has published. Did you mean published?",
    })
    const plain = tiny(async () => {})
    await expect(runExperiment(plain, { recipe: 'short' })).rejects.toThrow('it has none beside --quick and --full')
    const weights = { file: 'a', bytes: new Uint8Array() }
    await expect(runExperiment(plain, { weights })).rejects.toThrow('tiny classifies nothing by weights')
    expect(() => experiment({ ...declared, recipes: { 'Not so': 1 } })).toThrow('recipes')
  })
})

describe('progress', () => {
  test('during some work, told by what is done by now; also when the work fails', async () => {
    const events = await eventsOf(async ({ progress }) => {
      const five = await progress.during('some', (phase) => (phase.reach(3), phase.advance(), 5), 4)
      expect(five).toBe(5)
      await expect(progress.during('none', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
      return outcome
    })
    expect(events.filter(({ type }) => type.startsWith('phase'))).toMatchObject([
      { type: 'phase', id: 0, name: 'some', total: 4 },
      { type: 'phase-done', id: 0, completed: 4 },
      { type: 'phase', id: 1, name: 'none', total: null },
      { type: 'phase-done', id: 1, completed: 0 },
    ])
  })

  test('comes in order, phases close at the end, and reports are rare', async () => {
    const events = await eventsOf(async ({ progress }) => {
      const first = progress.phase('first', 100_000)
      for (let i = 0; i < 100_000; i++) first.advance()
      first.done()
      progress.phase('second').advance(5)
      return outcome
    })
    const told = events.filter(({ type }) => type.startsWith('phase'))
    expect(told).toMatchObject([
      { type: 'phase', id: 0, name: 'first', total: 100_000 },
      { type: 'phase-done', id: 0, completed: 100_000 },
      { type: 'phase', id: 1, name: 'second', total: null },
      { type: 'phase-done', id: 1, completed: 5 },
    ])
    // a report every 50 ms: 100 would be a loop of 5 s
    expect(events.filter(({ type }) => type === 'advance').length).toBeLessThan(100)
  })
})

describe('interruption', () => {
  const counting = tiny(async ({ progress, output, signal }) => {
    output.describe({ data: 'digits' })
    const steps = progress.phase('steps', 1000)
    for (let i = 0; i < 1000; i++) {
      output.row(rowOf(i))
      steps.advance()
      await Promise.resolve()
    }
    return { ...outcome, note: signal.aborted ? 'aborted' : 'whole' }
  })

  test('by a signal: keeps what was reached, marked partial', async () => {
    const controller = new AbortController()
    let rows = 0
    const result = await runExperiment(counting, {
      signal: controller.signal,
      onEvent: ({ type }) => type === 'row' && ++rows === 3 && controller.abort(),
    })
    expect(result).toMatchObject({ partial: true, data: 'digits', protocol: null })
    expect(result.rows).toEqual([0, 1, 2].map(rowOf))
    expect(Object.keys(result.phases)).toEqual(['steps'])
  })

  test('by a flag that is asked at every step, and the signal follows it', async () => {
    let asked = 0
    const result = await runExperiment(counting, { interrupted: () => ++asked > 10 })
    expect(result.partial).toBe(true)
    // it is asked once before the run and once at the start of the phase
    expect(result.rows.length).toBe(9)
  })

  test('before the start: nothing is run', async () => {
    const result = await runExperiment(counting, { signal: AbortSignal.abort() })
    expect(result).toMatchObject({ partial: true, data: null, rows: [], phases: {} })
  })

  test('an uninterrupted result is not marked', async () => {
    expect(await runExperiment(counting)).not.toHaveProperty('partial')
  })
})
