import { describe, expect, it } from 'vitest'
import { prefetch } from './prefetch.ts'

/** 0 … count - 1, each after a turn of the event loop; `log` hears what the source does. */
async function* counted(count: number, log: string[] = []): AsyncGenerator<number, void, undefined> {
  try {
    for (let i = 0; i < count; i++) {
      log.push(`make ${i}`)
      await turn()
      yield i
    }
  } finally {
    log.push('end')
  }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))
const settled = async () => {
  for (let i = 0; i < 20; i++) await turn()
}
const all = async <Item>(source: AsyncIterable<Item>): Promise<Item[]> => {
  const items: Item[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('prefetch', () => {
  it.each([0, 1, 2, 5, 100])('gives all items in order, %i ahead', async (ahead) => {
    const log: string[] = []
    expect(await all(prefetch(counted(7, log), { ahead }))).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(log.filter((entry) => entry === 'end')).toHaveLength(1)
    expect(await all(prefetch(counted(0), { ahead }))).toEqual([])
  })

  it.each([
    [0, 1],
    [1, 2],
    [3, 4],
  ])('prepares %i ahead and no more while the consumer works', async (ahead, made) => {
    const log: string[] = []
    const items = prefetch(counted(10, log), { ahead })
    await settled()
    expect(log).toEqual([])
    expect(await items.next()).toEqual({ done: false, value: 0 })
    await settled()
    expect(log).toHaveLength(made)
    await items.next()
    await settled()
    expect(log).toHaveLength(made + 1)
    await items.return()
  })

  it('makes the next items meanwhile: both take the time of the slower', async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 20))
    async function* slow() {
      for (let i = 0; i < 5; i++) {
        await pause()
        yield i
      }
    }
    const time = async (items: AsyncIterable<number>) => {
      const start = performance.now()
      for await (const _ of items) await pause()
      return performance.now() - start
    }
    // one after the other it is 10 pauses, together 6
    const alone = await time(slow())
    expect(await time(prefetch(slow()))).toBeLessThan(0.85 * alone)
  })

  it('throws what the source throws in its turn, and asks it nothing more', async () => {
    const failure = new Error('third')
    let asked = 0
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          asked++
          if (asked === 3) throw failure
          return { done: false, value: asked }
        },
        return: () => Promise.reject(new Error('not after an error')),
      }),
    }
    const items = prefetch(source, { ahead: 5 })
    expect((await items.next()).value).toBe(1)
    await settled()
    expect((await items.next()).value).toBe(2)
    await expect(items.next()).rejects.toBe(failure)
    expect(await items.next()).toEqual({ done: true, value: undefined })
    expect(asked).toBe(3)
  })

  it('ends the source when the consumer leaves', async () => {
    const log: string[] = []
    for await (const item of prefetch(counted(10, log), { ahead: 3 })) if (item === 1) break
    const atEnd = [...log]
    expect(atEnd.at(-1)).toBe('end')
    expect(atEnd.length).toBeLessThan(7)
    await settled()
    expect(log).toEqual(atEnd)
  })

  it('stops on abort, at once even if the source hangs, and ends it', async () => {
    const log: string[] = []
    const controller = new AbortController()
    const items = prefetch(counted(10, log), { signal: controller.signal })
    await items.next()
    controller.abort(new Error('enough'))
    await expect(items.next()).rejects.toThrow('enough')
    await settled()
    expect(log.at(-1)).toBe('end')

    const hanging = new AbortController()
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
    const waiting = prefetch(never, { signal: hanging.signal }).next()
    setTimeout(() => hanging.abort(new Error('enough')), 5)
    await expect(waiting).rejects.toThrow('enough')
    await expect(prefetch(counted(3), { signal: AbortSignal.abort(new Error('before')) }).next()).rejects.toThrow(
      'before',
    )
  })

  it.each([-1, 1.5, Number.NaN])('refuses %d ahead', (ahead) => {
    expect(() => prefetch(counted(1), { ahead })).toThrow(`ahead is ${ahead}: it must be a whole number, 0 to 1024`)
  })
})
