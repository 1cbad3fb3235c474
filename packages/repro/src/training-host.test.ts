import { describe, expect, test } from 'vitest'
import { experiment } from './experiment.ts'
import { memoryCheckpoints } from './checkpoints.ts'
import type { RunEvent } from './result.ts'
import { runExperiment } from './run.ts'
import { type TrainingHost, trainingHost } from './training-host.ts'

/** A loop that keeps how far it came, and counts on from there. */
function train({ resume, checkpoint, onProgress, signal }: TrainingHost, steps: number): number {
  const first = resume?.[0] ?? 0
  for (let step = first + 1; step <= steps; step++) {
    signal.throwIfAborted()
    onProgress({ kind: 'step', step })
    onProgress({ kind: 'checkpoint', step })
    checkpoint.save(Uint8Array.of(step))
  }
  return first
}

describe('trainingHost', () => {
  test('counts steps, keeps checkpoints, and counts what is left when it goes on', async () => {
    const checkpoints = memoryCheckpoints()
    const abort = new AbortController()
    const begun: number[] = []
    const counter = (stopAfter: number) =>
      experiment({
        name: 'counter',
        slide: 'A Slide',
        claim: 'a claim',
        budgets: { quick: 5, full: 5 },
        async run(context) {
          const host = await trainingHost(context, 'count', context.budget)
          const onProgress: TrainingHost['onProgress'] = (event) => {
            if (event.kind === 'step' && event.step === stopAfter + 1) abort.abort(new Error('stop'))
            host.onProgress(event)
          }
          begun.push(train({ ...host, onProgress }, context.budget))
          return { data: 'none', protocol: 'none' }
        },
      })
    const options = { checkpoints, seed: 1 }
    expect(await runExperiment(counter(3), { ...options, signal: abort.signal })).toMatchObject({ partial: true })
    const events: RunEvent[] = []
    await runExperiment(counter(Infinity), { ...options, resume: true, onEvent: (event) => events.push(event) })
    expect(begun).toEqual([3])
    expect(events.filter(({ type }) => type === 'phase')).toEqual([
      expect.objectContaining({ name: 'training count', total: 2 }),
    ])
    await runExperiment(counter(Infinity), options)
    expect(begun).toEqual([3, 0])
  })
})
