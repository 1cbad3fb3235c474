// The page's end without a page; with one, and a real worker, it is tested by apps/mnist.
import { random } from '@scatterlab/tensor'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryCheckpoints } from './checkpoints.ts'
import { type Experiment, type RunContext, experiment } from './experiment.ts'
import { type PageRunOptions, runInPage, serveExperiment } from './page.ts'
import type { FromThread, ToThread } from './thread.ts'

/** A worker in this thread: what it hears and says is copied, and comes later. It hears nothing before `served` has resolved. */
function fakeWorker(declared: Experiment, served: Promise<unknown>): Worker & { readonly ended: () => boolean } {
  const page = new EventTarget()
  const inside = new EventTarget()
  let [ended, listening] = [false, false]
  const later = (target: EventTarget, data: FromThread | ToThread) => {
    const copy = structuredClone(data)
    setTimeout(() => !ended && target.dispatchEvent(Object.assign(new Event('message'), { data: copy })))
  }
  void served.then(() => {
    listening = true
    vi.stubGlobal('postMessage', (data: FromThread) => later(page, data))
    vi.stubGlobal('addEventListener', inside.addEventListener.bind(inside))
    serveExperiment(declared)
  })
  return Object.assign(page, {
    postMessage: (data: ToThread) => listening && later(inside, data),
    terminate: () => (ended = true),
    ended: () => ended,
  }) as unknown as Worker & { readonly ended: () => boolean }
}

afterEach(() => vi.unstubAllGlobals())

const declare = (run: (context: RunContext<number>) => Promise<void>): Experiment =>
  experiment({ name: 'page', slide: 'A Page', claim: 'it runs', budgets: { quick: 3, full: 3000 }, run }) as Experiment

const counting = declare(async ({ budget, seed, dataFolder, progress, output, checkpoint }) => {
  output.describe({ data: String(dataFolder), protocol: 'none' })
  const first = (await checkpoint('count'))?.[0] ?? 0
  const phase = progress.phase('counting', budget - first)
  for (let i = first; i < budget; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    output.checkpoint('count', Uint8Array.of(i))
    phase.advance()
  }
  output.row({ measure: 'draw', method: 'counting', value: random(seed).uniform() })
  output.file('count.txt', String(budget))
})

const now = Promise.resolve()

describe('runInPage', () => {
  test.each([
    ['a worker that is there first', now, 20],
    ['a worker that takes its time', new Promise((resolve) => setTimeout(resolve, 20)), 0],
  ])('gives the result of %s, and ends it', async (_, served, wait) => {
    const worker = fakeWorker(counting, served)
    await new Promise((resolve) => setTimeout(resolve, wait))
    const types = new Set<string>()
    const result = await runInPage(worker, { seed: 5, data: 'sample', onEvent: ({ type }) => types.add(type) })
    expect(result).toMatchObject({ app: 'page', mode: 'quick', seed: 5, data: 'sample', files: ['count.txt'] })
    expect(result.rows).toMatchObject([{ value: random(5).uniform(), unit: '', slide: null }])
    expect([...types]).toEqual(expect.arrayContaining(['start', 'backend', 'describe', 'phase', 'row', 'file']))
    expect(worker.ended()).toBe(true)
  })

  test('stops when it is told to, and goes on from the checkpoint', async () => {
    const controller = new AbortController()
    const options: PageRunOptions = { mode: 'full', checkpoints: memoryCheckpoints() }
    const stopped = await runInPage(fakeWorker(counting, now), {
      ...options,
      signal: controller.signal,
      onEvent: ({ type }) => type === 'advance' && controller.abort(),
    })
    expect(stopped).toMatchObject({ partial: true, rows: [] })
    const totals: (number | null)[] = []
    const resumed = await runInPage(fakeWorker(counting, now), {
      ...options,
      resume: true,
      onEvent: (event) => event.type === 'phase' && totals.push(event.total),
    })
    expect(resumed).toMatchObject({ resumed: true, rows: [{}] })
    expect(totals[0]).toBeLessThan(3000)
    expect(options.checkpoints!.read('run.json')).toBeUndefined()
  })

  test('stops at its first step when it is told to while its worker loads, also where no memory is shared', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    const served = new Promise((resolve) => setTimeout(resolve, 20))
    const result = await runInPage(fakeWorker(counting, served), { mode: 'full', signal: AbortSignal.abort() })
    expect(result).toMatchObject({ partial: true, phases: {}, rows: [] })
  })

  test('passes the error on, with its code', async () => {
    const failing = declare(() => Promise.reject(new TypeError('undefined is not a function')))
    await expect(runInPage(fakeWorker(failing, now))).rejects.toMatchObject({
      name: 'ReproError',
      code: 'FAILED',
      message: 'undefined is not a function',
      cause: expect.stringContaining('page.test.ts') as string,
    })
    await expect(runInPage(fakeWorker(counting, now), { backend: 'abacus' })).rejects.toMatchObject({
      code: 'BAD_OPTION',
    })
  })

  test.each([
    [undefined, {}, 'runInPage: worker is undefined: it must be a Worker that calls serveExperiment'],
    ['worker.js', {}, "worker is 'worker.js'"],
    [new EventTarget(), {}, 'it must be a Worker'],
  ])('refuses %s as its worker', async (worker, options, message) => {
    await expect(runInPage(worker as Worker, options)).rejects.toThrow(message)
  })

  test('refuses a misspelt option', async () => {
    const options = { onevent: () => {} } as PageRunOptions
    await expect(runInPage(fakeWorker(counting, now), options)).rejects.toThrow('Did you mean onEvent?')
  })
})
