import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, test, vi } from 'vitest'
import { type Runs, useRuns } from './use-runs.ts'

/** Runs as a component has them. */
async function runsOf(attempt: Parameters<typeof useRuns>[0]): Promise<Runs> {
  let runs: Runs | undefined
  const setup = () => {
    runs = useRuns(attempt)
    return () => h('i')
  }
  await renderToString(createSSRApp({ setup }))
  return runs!
}

test('a new run ends the one before, and only the last says that nothing runs', async () => {
  const runs = await runsOf((body) => body())
  const signals: AbortSignal[] = []
  const ends: (() => void)[] = []
  const body = (signal: AbortSignal) => {
    signals.push(signal)
    return new Promise<void>((resolve) => ends.push(resolve))
  }
  const [first, second] = [runs.begin(body), runs.begin(body)]
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  ends[0]()
  await first
  expect(runs.running.value?.signal).toBe(signals[1])
  runs.stop()
  expect(signals[1].aborted).toBe(true)
  ends[1]()
  await second
  expect(runs.running.value).toBeNull()
})

test('what goes wrong is left to the page, and nothing runs afterwards', async () => {
  const failed = vi.fn<(reason: unknown) => void>()
  const runs = await runsOf((body) => body().catch(failed))
  await runs.begin(() => Promise.reject(new Error('no')))
  expect(failed).toHaveBeenCalledExactlyOnceWith(new Error('no'))
  expect(runs.running.value).toBeNull()
})
