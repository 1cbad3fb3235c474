// Experiments in a page without files of the visitor, on the built site: something that one measured comes, and it stops when it is told to,
// with what there is by then. Not all that run in a page stand here yet.
import { expect, it } from 'vitest'
import { experimentPages } from './experiment-page.ts'

const onPageOf = experimentPages()

/** A busy machine takes its time. */
const PATIENCE = { timeout: 200_000, interval: 100 }

it.each(['curse', 'linearization', 'simplified-network'])(
  '%s: a row or a figure comes, and it stops',
  { timeout: 300_000 },
  async (app) => {
    const { page, complaints, close, run, status, start } = await onPageOf(app)
    page.setDefaultTimeout(PATIENCE.timeout)
    const measured = run.locator('tbody tr, figure')
    await start()
    await expect.poll(() => measured.count(), PATIENCE).toBeGreaterThan(0)
    expect(await run.locator('.error').allTextContents()).toEqual([])
    const reached = await measured.count()
    const stop = run.getByRole('button', { name: 'Stop' })
    if (await stop.isVisible()) await stop.click()
    await expect.poll(() => status.textContent(), { timeout: 20_000 }).toMatch(/^(stopped: what there is|done in)/)
    expect(await measured.count()).toBeGreaterThanOrEqual(reached)
    expect(await run.locator('.backend').textContent()).toMatch(/^(wasm|reference)/)
    expect(await run.getByRole('button', { name: 'Run again' }).isEnabled()).toBe(true)
    expect(complaints).toEqual([])
    await close()
  },
)
