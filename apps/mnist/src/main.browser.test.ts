// The app as a page runs it: the same main.ts, in a worker, on the digits that travel with the data sets.
import { type RunEvent, memoryCheckpoints, report } from '@scatterlab/repro'
import { runInPage } from '@scatterlab/repro/page'
import { expect, it } from 'vitest'

const worker = (): Worker => new Worker(new URL('./main.test.worker.ts', import.meta.url), { type: 'module' })

const only = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

it('runs in a worker, and the page sees progress, figures, files and the table', async () => {
  const events: RunEvent[] = []
  const result = await runInPage(worker(), { data: 'sample', onEvent: (event) => events.push(event) })
  expect(result).toMatchObject({ app: 'mnist', mode: 'quick', seed: 1, peakMemoryMB: null, machine: { node: null } })
  expect(result.backend).toMatch(/^wasm: /)
  expect(result.partial).toBeUndefined()
  expect(result.note).toContain('not the slide’s set')

  const scattering = only(events, 'phase').find(({ name }) => name === 'scattering')
  expect(scattering?.total).toBe(1_300)
  const steps = only(events, 'advance').flatMap(({ id, completed }) => (id === scattering?.id ? [completed] : []))
  expect(steps.length).toBeGreaterThan(1)
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  expect(only(events, 'phase-done').find(({ id }) => id === scattering?.id)?.completed).toBe(1_300)

  const errors = only(events, 'figure').findLast(({ name }) => name === 'errors')
  expect(errors).toMatchObject({ png: null, svg: expect.stringContaining('</svg>') })
  expect(only(events, 'file')).toMatchObject([{ name: 'convnet-300.safetensors', content: expect.any(Uint8Array) }])

  // 300 training digits: the paper’s error is 4.7 %, guessing leaves 90
  const row = result.rows.find(({ method }) => method === 'PCA-affine')
  expect(row).toMatchObject({ total: 1_000, slide: null, paper: null })
  expect(row!.value).toBeLessThan(10)
  expect(report(result)).toContain('| test error | PCA-affine | training size 300')
})

it('stops when the page says so, and goes on from its checkpoint', async () => {
  const controller = new AbortController()
  const checkpoints = memoryCheckpoints()
  const options = { mode: 'full', data: 'sample', checkpoints } as const
  const isTraining = (event: RunEvent): boolean => event.type === 'phase' && event.name.startsWith('training')
  let asked = 0
  const stopAtTraining = (event: RunEvent): void => {
    if (!isTraining(event)) return
    asked = performance.now()
    controller.abort()
  }
  const result = await runInPage(worker(), { ...options, signal: controller.signal, onEvent: stopAtTraining })
  // at once, or after the patience of a second and a half
  expect(performance.now() - asked).toBeLessThan(3_000)
  expect(result.partial).toBe(true)
  expect(result.rows.map(({ method }) => method)).toEqual(['PCA-affine', 'ridge', 'logistic', 'SVM'])
  expect(checkpoints.read('convnet-300')).toBeInstanceOf(Uint8Array)

  const again = new AbortController()
  const resumed = await runInPage(worker(), {
    ...options,
    resume: true,
    signal: again.signal,
    onEvent: ({ type }) => void (type === 'resume' && again.abort()),
  })
  expect(resumed).toMatchObject({ resumed: true, partial: true, rows: [] })
  expect(resumed.seconds).toBeGreaterThanOrEqual(result.phases['scattering'])
})

it('passes on what ends an app', async () => {
  const running = runInPage(worker(), { backend: 'abacus', data: 'sample' })
  await expect(running).rejects.toMatchObject({ name: 'ReproError', code: 'BAD_OPTION' })
  await expect(running).rejects.toThrow("there is no back end 'abacus', only wasm, gpu, reference.")
})
