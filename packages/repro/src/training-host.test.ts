import { describe, expect, test } from 'vitest'
import { experiment } from './experiment.ts'
import { memoryCheckpoints } from './checkpoints.ts'
import type { RunEvent } from './result.ts'
import { runExperiment } from './run.ts'
import { type StepLoss, type TrainingHost, trainingHost } from './training-host.ts'

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

  test('tells passes and losses where that is asked, and says how often to keep a checkpoint', async () => {
    const lines: string[] = []
    const losses: StepLoss[] = []
    const watched = experiment({
      name: 'watched',
      slide: 'A Slide',
      claim: 'a claim',
      budgets: { quick: 2, full: 2 },
      async run(context) {
        const options = { every: 500, tell: true, onLoss: (loss: StepLoss) => losses.push(loss) }
        const { onProgress, checkpoint, seed, backend } = await trainingHost(context, 'net', 2, options)
        expect([checkpoint.every, seed, backend]).toEqual([500, 7, context.backend])
        onProgress({ kind: 'step', step: 1, loss: 2.5 })
        onProgress({ kind: 'step', step: 2, loss: 1.5 })
        onProgress({ kind: 'epoch', epoch: 0, loss: 2, rate: 0.01, seconds: 75, validation: { errorRate: 0.125 } })
        onProgress({ kind: 'epoch', epoch: 1, loss: 1, validation: null })
      },
    })
    await runExperiment(watched, { seed: 7, onEvent: (event) => event.type === 'log' && lines.push(event.line) })
    expect(lines).toEqual([
      'net: pass 1, loss 2.0000, validation error 12.5 %, rate 0.010, 1 min 15 s',
      'net: pass 2, loss 1.0000',
    ])
    expect(losses).toEqual([
      { step: 1, loss: 2.5 },
      { step: 2, loss: 1.5 },
    ])
  })
})
