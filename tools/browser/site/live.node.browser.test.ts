// The live part of every experiment's page, used for real on the built site: an app's main.ts runs in a worker, on data of the page or files of
// the visitor; the first thing that it measured comes, it stops when it is told to, and the page is never held up.
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { lecture } from '../../../docs/experiments/lecture.ts'
import { type ExperimentPage, experimentPages } from './experiment-page.ts'
import { type Task, bestOf, heldUp, tasksDuring } from './main-thread.ts'
import {
  choose,
  chooseFolder,
  cifarFiles,
  digitFiles,
  drop,
  pgm,
  recordingFiles,
  sceneFiles,
  textureFiles,
} from './visitors-files.ts'

const onPageOf = experimentPages()

/** A busy machine takes its time. */
const PATIENCE = { timeout: 150_000, interval: 100 }

/** What a visitor gives to an experiment, and what its run then says of its data. The others run on what the page has. */
const given: Readonly<Record<string, readonly [give: (page: Page) => Promise<void>, says: RegExp]>> = {
  linearization: [
    (page) => drop(page, digitFiles(120, 40)),
    /120 training and 40 test images, from the folder your files/,
  ],
  'wavelet-transform': [
    (page) => choose(page, [{ name: 'mine.pgm', bytes: pgm(64, 48) }]),
    /not the photograph 'camera' .*64×48 .*from the folder your files/,
  ],
  alexnet: [(page) => choose(page, cifarFiles(10)), /not the canonical CIFAR-10 .*from the folder your files/],
  resnet: [(page) => choose(page, cifarFiles(10)), /^/],
  'scene-labelling': [(page) => chooseFolder(page, sceneFiles(128, 96)), /CamVid, not all of it: 4 \/ 2 \/ 2 scenes/],
  textures: [(page) => chooseFolder(page, textureFiles(8)), /16 pictures from the folder your files/],
  audio: [(page) => choose(page, recordingFiles()), /4 training and 4 test recordings, from the folder your files/],
}

/** Those that go to their end; the others are stopped at the first thing that they measured. */
const whole = new Set(['morlet-families'])

/** Those that measure something, and then need more of CIFAR-10 than is given here. */
const needy = new Set(['alexnet', 'resnet'])

/** Runs until something is measured, and stops. */
async function runAndStop(app: string, { run, status, start }: ExperimentPage): Promise<void> {
  const measured = run.locator('tbody tr, figure')
  const failed = run.locator('.error')
  await start()
  await expect.poll(async () => (await measured.count()) + (await failed.count()), PATIENCE).toBeGreaterThan(0)
  if (whole.has(app)) await expect.poll(() => status.textContent(), PATIENCE).toMatch(/^done in [\d.]+ s$/)
  const reached = await measured.count()
  if (needy.has(app)) {
    await expect
      .poll(() => failed.allTextContents(), PATIENCE)
      .toEqual([expect.stringMatching(/the set holds 50 images.*larger set$/)])
  } else {
    const stop = run.getByRole('button', { name: 'Stop' })
    if (await stop.isVisible()) await stop.click()
    await expect.poll(() => status.textContent(), { timeout: 20_000 }).toMatch(/^(stopped: what there is|done in)/)
    expect(await failed.allTextContents()).toEqual([])
  }
  expect(await measured.count()).toBeGreaterThanOrEqual(reached)
  expect(await run.locator('.backend').textContent()).toMatch(/^(wasm: .*thread|reference)/)
  expect(await run.getByRole('button', { name: 'Run again' }).isEnabled()).toBe(true)
}

/** A visit: what held up the page. */
async function tasksOf(app: string): Promise<Task[]> {
  const opened = await onPageOf(app)
  const { page, complaints, close, run } = opened
  page.setDefaultTimeout(PATIENCE.timeout)
  const [give, says] = given[app] ?? []
  await give?.(page)
  const began = performance.now()
  const tasks = await tasksDuring(page, () => runAndStop(app, opened))
  console.info(
    `${app}: ${((performance.now() - began) / 1000).toFixed(1)} s, longest task ${tasks[0]?.took.toFixed(0)} ms`,
  )
  if (says) expect(await run.locator('dl').textContent()).toMatch(says)
  if (app === 'morlet-families') {
    expect(await run.locator('figure [role=img]').count()).toBeGreaterThan(2)
    expect(await run.locator('tbody tr').count()).toBeGreaterThan(20)
    expect(await run.locator('tbody').textContent()).toContain('A(ω)')
  }
  expect(complaints).toEqual([])
  await close()
  return tasks
}

// cifar10 measures nothing of less than CIFAR-10, which is too much to give here: that it says so is in files.node.browser.test.ts
describe('a row or a figure comes, and it stops', { timeout: 300_000 }, () => {
  it.each(lecture.map(({ name }) => name).filter((name) => name !== 'cifar10'))('%s', async (app) => {
    expect(heldUp(await bestOf(() => tasksOf(app)))).toEqual([])
  })
})

it('says what ran without shared memory', { timeout: 300_000 }, async () => {
  const { run, start, complaints, close } = await onPageOf('mnist', 'alone')
  await start()
  await expect.poll(() => run.locator('.backend').count(), PATIENCE).toBe(1)
  expect(await run.locator('.backend').textContent()).toMatch(/^wasm: .*one thread \(memory cannot be shared here\)/)
  expect(complaints).toEqual([])
  await close()
})
