import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Checkpoints, memoryCheckpoints } from './checkpoints.ts'
import { type KeptRun, keeper } from './keeper.ts'

const run: KeptRun = {
  app: 'walk',
  mode: 'quick',
  seed: 1,
  backend: 'reference',
  dataFolder: null,
  budget: { steps: 4 },
  seconds: 1,
  phases: { walking: 1 },
}

const after = (seconds: number): KeptRun => ({ ...run, seconds })

const bytesOf = (checkpoints: Checkpoints, name: string) => checkpoints.read(name) as Uint8Array

/** A place whose process is killed after `calls` writes and removals. */
function mortal(place: Checkpoints, calls: number): Checkpoints {
  let left = calls
  const live = () => {
    if (left-- <= 0) throw new Error('killed')
  }
  return {
    read: place.read,
    write: (name, bytes) => (live(), place.write(name, bytes)),
    remove: () => (live(), place.remove()),
  }
}

const twoKept = async () => {
  const place = memoryCheckpoints()
  const kept = keeper(place)
  await kept.keep('network', Uint8Array.of(1, 2, 3), run)
  await kept.keep('images', Uint8Array.of(4), after(2))
  return place
}

describe('a keeper', () => {
  test('gives back what was kept last, the time with it', async () => {
    const place = await twoKept()
    await keeper(place).keep('other', Uint8Array.of(9), run) // another run: what was there is gone
    expect(await keeper(place).left(true)).toEqual({ run, files: { other: Uint8Array.of(9) } })
    expect(await keeper(await twoKept()).left(false)).toEqual({ run: after(2), files: {} })
  })

  test('names nothing that could not be written', async () => {
    const place = memoryCheckpoints()
    const full: Checkpoints['write'] = (name, bytes) => {
      if (name === 'network') throw new Error('no space left')
      return place.write(name, bytes)
    }
    expect(() => keeper({ ...place, write: full }).keep('network', Uint8Array.of(1), run)).toThrow('no space left')
    expect(place.read('run.json')).toBeUndefined()
    expect(await keeper(place).left(true)).toBeUndefined()
  })

  test('keeps the checkpoint of before where the next one finds no room', async () => {
    const place = await twoKept()
    const resumed = keeper({
      ...place,
      write: (name, bytes) =>
        name === 'network' ? Promise.reject(new Error('no space left')) : place.write(name, bytes),
    })
    await resumed.left(true)
    await expect(resumed.keep('network', Uint8Array.of(7), after(5))).rejects.toThrow('no space left')
    expect(await keeper(place).left(true)).toEqual({
      run: after(2),
      files: { network: Uint8Array.of(1, 2, 3), images: Uint8Array.of(4) },
    })
  })

  test('may be killed between any two of its writes: what it left is the last or the one before', async () => {
    for (let calls = 0; calls < 12; calls++) {
      const place = memoryCheckpoints()
      const kept = keeper(mortal(place, calls))
      for (const n of [1, 2, 3, 4]) {
        try {
          await kept.keep('network', Uint8Array.of(n), after(n))
        } catch {
          break
        }
      }
      const left = await keeper(place).left(true)
      const reached = bytesOf(place, 'network')?.[0] ?? 0
      // remove, then two writes for the first and three for each that follows
      expect(reached).toBe(calls < 2 ? 0 : Math.min(1 + Math.floor((calls - 2) / 3), 4))
      if (left) expect(left.files).toEqual({ network: Uint8Array.of(reached) })
      if (left) expect([reached, reached - 1]).toContain(left.run.seconds)
      expect(left === undefined).toBe(calls < 3)
    }
  })

  test('knows every flipped bit and every cut of what it kept, and leaves all as it is', async () => {
    const place = await twoKept()
    const files = ['network', 'images'] as const
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.boolean(), async (name, at, cut) => {
        const whole = bytesOf(place, name)
        const bad = cut ? whole.slice(0, at % whole.length) : Uint8Array.from(whole)
        if (!cut) bad[at % whole.length] ^= 1 << (at % 8)
        const damagedPlace = {
          ...place,
          path: 'o/checkpoints',
          read: (n: string) => (n === name ? bad : place.read(n)),
        }
        await expect(keeper(damagedPlace).left(true)).rejects.toMatchObject({
          code: 'DAMAGED_CHECKPOINT',
          message: `--resume: the checkpoint o/checkpoints/${name} is damaged: put back what was there, or leave out --resume to start anew`,
        })
      }),
    )
    expect(Object.keys((await keeper(place).left(true))!.files)).toEqual(files)
  })

  test.each([
    ['no JSON', 'x'],
    ['another JSON', '{"names":["network"]}'],
    ['cut', '{ "app": "walk", "mode"'],
    ['empty', ''],
    ['null', 'null'],
    ['without checksums', JSON.stringify({ ...run, names: ['network'] })],
  ])('refuses a record that is %s', async (_, text) => {
    const place = await twoKept()
    await place.write('run.json', new TextEncoder().encode(text))
    await expect(keeper(place).left(true)).rejects.toThrow('the checkpoint run.json is damaged')
    expect(await keeper(place).left(false)).toBeUndefined()
    expect(bytesOf(place, 'network')).toEqual(Uint8Array.of(1, 2, 3))
  })

  test.each(['run.json', 'images'])('says what is the matter with %s that cannot be read', async (unreadable) => {
    const place = await twoKept()
    const read: Checkpoints['read'] = (name) => {
      if (name === unreadable) throw new Error('EACCES: permission denied')
      return place.read(name)
    }
    await expect(keeper({ ...place, read }).left(false)).resolves.not.toThrow()
    await expect(keeper({ ...place, read }).left(true)).rejects.toMatchObject({
      code: 'DAMAGED_CHECKPOINT',
      message: expect.stringContaining(`${unreadable} cannot be read (EACCES: permission denied): put back`) as string,
    })
  })

  test('refuses to go on from a checkpoint that is gone', async () => {
    const place = await twoKept()
    const gone = { ...place, read: (name: string) => (name === 'images' ? undefined : place.read(name)) }
    await expect(keeper(gone).left(true)).rejects.toThrow('the checkpoint images is gone')
  })
})
