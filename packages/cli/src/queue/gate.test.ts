import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

test('what is to be alone has nothing beside it, in the order of coming, whatever fails', async () => {
  const gate = new Gate()
  const running = new Set<string>()
  const seen: string[] = []
  const ends = new Map<string, () => void>()
  const enter = (name: string, isAlone: boolean): Promise<void> =>
    gate.pass(isAlone, async () => {
      running.add(name)
      seen.push([...running].join(''))
      await new Promise<void>((end) => ends.set(name, end))
      running.delete(name)
      if (name === 'b') throw new Error('b fails')
    })
  expect(gate.isFree).toBe(true)
  const passed = ['a', 'b', 'C', 'd', 'e', 'F', 'G'].map((name) => enter(name, name < 'a').catch(() => {}))
  for (const name of ['b', 'a', 'C', 'd', 'e', 'F', 'G']) {
    while (!ends.has(name)) await new Promise(setImmediate)
    expect(gate.isFree).toBe(false)
    ends.get(name)!()
  }
  await Promise.all(passed)
  expect(gate.isFree).toBe(true)
  expect(seen).toEqual(['a', 'ab', 'C', 'd', 'de', 'F', 'G'])
})
