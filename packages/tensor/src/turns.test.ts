import { expect, test } from 'vitest'
import { startTurns } from './turns.ts'

const busy = (milliseconds: number): void => {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

test('timers have their turn when it is time, not before', async () => {
  const turns = startTurns(undefined)
  let rung = false
  setTimeout(() => (rung = true), 0)
  await turns.next()
  expect(rung).toBe(false)
  busy(60)
  await turns.next()
  expect(rung).toBe(true)
})

test('the reason of an aborted signal ends the computation', async () => {
  const controller = new AbortController()
  const turns = startTurns(controller.signal)
  await turns.next()
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(turns.next()).rejects.toBe(reason)
  expect(() => startTurns(controller.signal)).toThrow(reason)
})
