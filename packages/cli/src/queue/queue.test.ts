// The queue on a Redis of its own: whole runs, workers that are killed, shards that fail. Skipped where redis-server is not installed.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { random } from '@scatterlab/tensor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pgm, run, writeFiles } from '../command.test.run.ts'
import { connect, isOpenToAll } from './redis.ts'
import { type RedisServer, hasRedis, startRedis } from './redis-server.test.run.ts'
import { MOST_LOST, releaseOverdue, shardQueue } from './shard-queue.ts'
import type { RunStatus } from './status.ts'

const root = mkdtempSync(join(tmpdir(), 'queue é-'))
const bin = join(import.meta.dirname, '../bin.ts')
const images = join(root, 'images')
const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.pgm`, i === 7 ? 'torn' : pgm(i)]))
const small = ['--scales', '2', '--orientations', '2', '--shard-size', '2', '--quiet']
// what one process compiles is kept for the next
process.env['NODE_COMPILE_CACHE'] = join(root, 'compiled')
let server: RedisServer
let queue: string[]

beforeAll(async () => {
  writeFiles(images, files)
  if (!hasRedis) return
  server = await startRedis()
  queue = ['--queue', server.address]
}, 60_000)
afterAll(async () => {
  if (hasRedis) await server.close()
  rmSync(root, { recursive: true })
})

const named = (name: string): string[] => [...queue, '--name', name]
const statusOf = async (name: string): Promise<{ code: number; runs: RunStatus[] }> => {
  const { code, stdout } = await run('status', ...named(name), '--json')
  return { code, ...(JSON.parse(stdout) as { runs: RunStatus[] }) }
}

/** A worker in a process of its own. */
const worker = (
  name: string,
  flags = ['--threads', '1', '--patience', '2'],
  env: Readonly<Record<string, string>> = {},
): ChildProcessByStdio<null, null, Readable> =>
  spawn(process.execPath, [bin, 'work', ...named(name), '--until-empty', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  })

/** It has begun once it speaks of a shard that is finished. */
const begun = (child: ReturnType<typeof worker>): Promise<void> =>
  new Promise((resolve) => {
    child.stderr.on('data', (text) => String(text).includes('is finished') && resolve())
  })
const ended = async (child: ReturnType<typeof worker>): Promise<void> => {
  child.stderr.resume()
  if (child.exitCode === null) await once(child, 'exit')
}

describe('an address', () => {
  test('without a password in no private network is open to all', async () => {
    const open = async (address: string): Promise<boolean> => isOpenToAll(new URL(address))
    for (const host of ['8.8.8.8', '172.32.0.1', '[2606:4700::1111]']) expect(await open(`redis://${host}`)).toBe(true)
    for (const host of ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '[::1]', '[fd00::1]', 'localhost']) {
      expect(await open(`redis://${host}:6379`)).toBe(false)
    }
    expect(await open('redis://:secret@8.8.8.8')).toBe(false)
  })

  test('that is none, or where nobody answers, is an error', async () => {
    expect(await run('status', '--queue', 'http://localhost')).toMatchObject({ code: 2 })
    expect((await run('status')).code).toBe(2)
  })
})

// processes start and vanish: a busy machine takes its time over that
describe.skipIf(!hasRedis)('a run through the queue', { timeout: 240_000 }, () => {
  test('gives the bytes of transform, and says how far it is', async () => {
    const [out, plain] = [join(root, 'out.npz'), join(root, 'plain.npz')]
    const submitted = await run('submit', images, '-o', out, ...small, ...named('a'), '--json')
    expect(JSON.parse(submitted.stdout)).toMatchObject({ shards: 6, added: 6 })
    expect((await run('submit', images, '-o', out, ...small, ...named('a'))).stdout).toContain(
      '0 of 6 shards are submitted',
    )
    expect((await statusOf('a')).runs).toMatchObject([{ of: 6, waiting: 6, finished: 0, items: 12 }])
    expect((await run('work', ...named('a'), '--threads', '1', '--until-empty', '--quiet')).code).toBe(0)
    expect(await statusOf('a')).toMatchObject({ code: 0, runs: [{ finished: 6, finishedItems: 12, setAside: [] }] })
    expect((await run('submit', images, '-o', out, ...small, ...named('a'), '--wait')).code).toBe(101)
    expect((await run('transform', images, '-o', plain, ...small, '--threads', '1')).code).toBe(101)
    expect(readFileSync(out)).toEqual(readFileSync(plain))
  })

  test('sets a shard aside that fails at every try, names it, and tries it again when it is submitted again', async () => {
    const out = join(root, 'poisoned.npy')
    const submit = (): ReturnType<typeof run> =>
      run('submit', images, '-o', out, ...small, ...named('b'), '--attempts', '2')
    await submit()
    // a folder where the numbers of shard 3 belong
    const wall = join(`${out}.parts`, '000003.f32')
    mkdirSync(wall)
    await run('work', ...named('b'), '--threads', '1', '--until-empty', '--quiet')
    const { code, runs } = await statusOf('b')
    expect([code, runs[0].finished, runs[0].setAside.map(({ shard }) => shard)]).toEqual([1, 5, [3]])
    expect(runs[0].setAside[0].reason).toContain('000003.f32')
    expect((await run('status', ...named('b'))).stdout).toContain('set aside: shard 3: ')
    rmdirSync(wall)
    expect((await submit()).stdout).toContain('1 of 6 shards are submitted (5 were finished')
    await run('work', ...named('b'), '--threads', '1', '--until-empty', '--quiet')
    expect((await run('merge', `${out}.parts`, '-o', out)).code).toBe(101)
  })

  test('lets go of a shard that a clock ahead holds back, and of no other', async () => {
    const redis = await connect(server.address)
    const held = shardQueue('g', redis)
    const data = { folder: root, plan: '', files: '', shard: 0, items: 2, of: 2 }
    const twoHours = 7_200_000
    await held.add('shard', data, { jobId: 'ahead', delay: 1000, timestamp: Date.now() + twoHours })
    await held.add('shard', { ...data, shard: 1 }, { jobId: 'in time', delay: twoHours })
    expect(await releaseOverdue(held, redis)).toBe(1)
    expect([await held.getJobState('ahead'), await held.getJobState('in time')]).toEqual(['waiting', 'delayed'])
    expect(await releaseOverdue(held, redis)).toBe(0)
    await held.close()
    redis.disconnect()
  })

  describe('a shard that kills what computes it', () => {
    const names = Object.keys(files).sort()
    const poisoned = random(18).integer(0, names.length / 2)
    const poison = {
      NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'poison.test.run.ts')).href}`,
      POISON: join(images, names[2 * poisoned]),
    }

    test('is set aside after its attempts, with what ended it, and the worker goes on', async () => {
      const out = join(root, 'killing.npy')
      await run('submit', images, '-o', out, ...small, ...named('e'), '--attempts', '2')
      const child = worker('e', ['--threads', '2', '--patience', '30'], poison)
      await ended(child)
      expect(child.exitCode).toBe(0)
      const { code, runs } = await statusOf('e')
      expect([code, runs[0].finished, runs[0].setAside.map(({ shard }) => shard)]).toEqual([1, 5, [poisoned]])
      expect(runs[0].setAside[0].reason).toContain(`the process that computed shard ${poisoned} was ended by SIGKILL`)
    })

    test('and its worker too is set aside after its takeovers; shards beside it are finished', async () => {
      const out = join(root, 'fleet.npy')
      await run('submit', images, '-o', out, ...small, ...named('f'))
      // a busy machine may think a worker gone that is only slow
      let deaths = 0
      while (deaths <= MOST_LOST + 1) {
        const child = worker('f', ['--threads', '2', '--patience', '2'], { ...poison, POISON_ALL: '' })
        await ended(child)
        if (child.exitCode === 0) break
        expect(child.signalCode).toBe('SIGKILL')
        deaths++
      }
      expect(deaths).toBeGreaterThan(1)
      expect(deaths).toBeLessThanOrEqual(MOST_LOST + 1)
      const { code, runs } = await statusOf('f')
      expect([code, runs[0].finished]).toEqual([1, 5])
      expect(runs[0].setAside).toEqual([{ shard: poisoned, reason: `its worker vanished ${MOST_LOST + 1} times` }])
    })
  })

  test('a worker that gets SIGTERM finishes its shard and leaves the rest', async () => {
    const out = join(root, 'drained.npy')
    await run('submit', images, '-o', out, ...small, ...named('d'))
    const child = worker('d')
    await begun(child)
    child.kill('SIGTERM')
    await ended(child)
    expect(child.exitCode).toBe(0)
    const { runs } = await statusOf('d')
    expect(runs[0]).toMatchObject({ running: 0, retrying: 0, setAside: [] })
    expect(runs[0].finished + runs[0].waiting).toBe(6)
  })

  test('a dozen runs lose no row and double none while workers are killed', async () => {
    const plain = join(root, 'once.npy')
    await run('transform', images, '-o', plain, ...small, '--threads', '1')
    const outs = Array.from({ length: 12 }, (_, i) => join(root, `killed-${i}.npy`))
    for (const out of outs) await run('submit', images, '-o', out, ...small, ...named('c'))
    const draw = random(18)
    for (let kills = 0; kills < 2; kills++) {
      const child = worker('c')
      await begun(child)
      await pause(100 * draw.uniform())
      expect(child.exitCode).toBe(null)
      child.kill('SIGKILL')
      await ended(child)
    }
    await ended(worker('c'))
    for (const out of outs) {
      expect((await run('merge', `${out}.parts`, '-o', out)).code).toBe(101)
      expect(readFileSync(out)).toEqual(readFileSync(plain))
    }
  })
})
