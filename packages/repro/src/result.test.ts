import { expect, test } from 'vitest'
import { ledger } from './result.ts'

test('an empty ledger has no result', () => {
  expect(ledger().result({ seconds: 1, peakMemoryMB: null })).toBeUndefined()
})

test('phases of one name add up, open ones last until the end, an error makes its mark', () => {
  const kept = ledger()
  kept.take({
    type: 'start',
    app: 'tiny',
    slide: 'A Slide',
    claim: 'a claim',
    mode: 'quick',
    seed: 1,
    startedAt: '2026-11-23T10:00:00.000Z',
    machine: null,
  })
  kept.take({ type: 'phase', id: 0, name: 'fit', total: 2, at: 1 })
  kept.take({ type: 'phase', id: 1, name: 'score', total: null, at: 2 })
  kept.take({ type: 'phase-done', id: 0, completed: 2, at: 3.5 })
  kept.take({ type: 'phase', id: 2, name: 'fit', total: 2, at: 4 })
  const result = kept.result({ seconds: 6.00049, peakMemoryMB: 10, partial: true, error: 'out of luck' })
  expect(result).toMatchObject({ partial: true, error: 'out of luck', backend: null, data: null, seconds: 6 })
  expect(result?.phases).toEqual({ fit: 4.5, score: 4 })
})
