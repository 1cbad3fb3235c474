// What the queue costs, and what a second worker gains: the same shards by `transform` on one thread, by one worker, and by two, in turn. All are whole
// commands, merge included; CPU is that of all their processes and of Redis. "Steady" is from the first twentieth of the shards to the last. Needs
// redis-server.
//
//   node packages/cli/bench/queue.ts [--shards 1000] [--items 1000] [--side 32] [--arms local,1,2] [--rounds 1] [--pin] [--transform=…]
//
// --pin gives each worker a processor of its own (taskset); what follows --transform goes to the command, such as "--scales 2".
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { random } from '@scatterlab/tensor'
import { hasRedis, startRedis } from '../src/queue/redis-server.test.run.ts'

const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '1000' },
    items: { type: 'string', default: '1000' },
    side: { type: 'string', default: '32' },
    arms: { type: 'string', default: 'local,1,2' },
    rounds: { type: 'string', default: '1' },
    pin: { type: 'boolean', default: false },
    transform: { type: 'string', default: '' },
  },
})
if (!hasRedis) throw new Error('redis-server is not installed')
const [shards, items, side, rounds] = [values.shards, values.items, values.side, values.rounds].map(Number)
const bin = join(import.meta.dirname, '../src/bin.ts')
const root = mkdtempSync(join(tmpdir(), 'queue-bench-'))
const file = join(root, 'images.npy')
writeImages()

interface Taken {
  readonly seconds: number
  readonly cpu: number
  /** Milliseconds a shard. */
  readonly steady: { readonly wall: number; readonly cpu: number }
}

const server = await startRedis('--appendfsync', 'everysec')
try {
  console.log(`${shards} shards of ${items} images of ${side}²; ${availableParallelism()} processors`)
  const taken = new Map<string, Taken[]>(values.arms.split(',').map((arm) => [arm, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [arm, all] of taken) {
      const one = await run(arm, `${arm}-${round}`)
      all.push(one)
      const { seconds, cpu, steady } = one
      const name = arm === 'local' ? 'without a queue' : `${arm} worker${arm === '1' ? '' : 's'}`
      console.log(
        `${name}: ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of CPU; steady ${steady.wall.toFixed(2)} ms a shard, ${steady.cpu.toFixed(2)} ms of CPU`,
      )
    }
  }
  const medians = (arm: string, of: (one: Taken) => number): number => median(taken.get(arm)!.map(of))
  const more = (what: string, of: (one: Taken) => number): void => {
    const [by, without] = [medians('1', of), medians('local', of)]
    console.log(`the queue takes ${((100 * (by - without)) / without).toFixed(2)} % more ${what}`)
  }
  if (taken.has('local') && taken.has('1')) {
    more('CPU', ({ cpu }) => cpu)
    more('CPU, steady', ({ steady }) => steady.cpu)
    more('time, steady', ({ steady }) => steady.wall)
  }
  if (taken.has('1') && taken.has('2')) {
    const faster = medians('1', ({ steady }) => steady.wall) / medians('2', ({ steady }) => steady.wall)
    console.log(`one worker to two: ${faster.toFixed(2)} times as fast, steady`)
  }
} finally {
  await server.close()
  rmSync(root, { recursive: true, force: true })
}

/** One arm: by how many workers, or `local`. */
async function run(arm: string, name: string): Promise<Taken> {
  const output = join(root, `${name}.npy`)
  const what = [file, '-o', output, '--averaging', 'global', '--shard-size', `${items}`, '--quiet']
  const options = [...what, ...values.transform.split(' ').filter(Boolean)]
  const queue = ['--queue', server.address, '--name', name]
  const workers = Array.from({ length: arm === 'local' ? 0 : Number(arm) }, (_, i) =>
    start(['work', ...queue, '--threads', '1', '--quiet'], values.pin ? i : undefined),
  )
  const [started, redisBefore, endedBefore] = [performance.now(), cpuOf(server.pid), cpuOfEnded()]
  const main = start(
    arm === 'local' ? ['transform', ...options, '--threads', '1'] : ['submit', ...options, ...queue, '--wait'],
  )
  const used = (): number => [main, ...workers].reduce((sum, { pid }) => sum + cpuOfTree(pid!), cpuOf(server.pid))
  const folder = `${output}.parts`
  const finished = (): number =>
    existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+\.json$/.test(name)).length : 0
  const reached = async (count: number): Promise<{ at: number; cpu: number; finished: number }> => {
    let now = finished()
    for (; now < count; now = finished()) {
      if (main.exitCode !== null) throw new Error(`the command of ${name} ended with code ${main.exitCode}`)
      await pause(20)
    }
    return { at: performance.now(), cpu: used(), finished: now }
  }
  const begin = await reached(Math.ceil(shards / 20))
  // the output takes the place of the shards once all are there
  const end = await reached(shards)
  const code = main.exitCode ?? (await once(main, 'exit'))[0]
  if (code !== 0) throw new Error(`the command of ${name} ended with code ${code}`)
  const seconds = (performance.now() - started) / 1000
  for (const worker of workers) {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
  rmSync(output)
  const [each, count] = [1000 * (end.cpu - begin.cpu), end.finished - begin.finished]
  return {
    seconds,
    cpu: cpuOfEnded() - endedBefore + cpuOf(server.pid) - redisBefore,
    steady: { wall: (end.at - begin.at) / count, cpu: each / count },
  }
}

function start(args: readonly string[], processor?: number): ChildProcess {
  const [command, ...before] =
    processor === undefined ? [process.execPath] : ['taskset', '-c', `${processor}`, process.execPath]
  return spawn(command, [...before, bin, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') },
  })
}

function fieldsOf(pid: number | 'self'): number[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number)
}

/** Seconds of CPU that a process has used, all threads (Linux: ticks of 10 ms). */
function cpuOf(pid: number): number {
  const fields = fieldsOf(pid)
  return (fields[11] + fields[12]) / 100
}

/** The same of it and the processes that it has begun. */
function cpuOfTree(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return children.reduce((sum, child) => sum + cpuOfTree(child), cpuOf(pid))
}

/** The same of all processes begun here that have ended, and of theirs. */
function cpuOfEnded(): number {
  const fields = fieldsOf('self')
  return (fields[13] + fields[14]) / 100
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

/** Random bytes, a shard at a time. */
function writeImages(): void {
  const draw = random(1)
  const handle = openSync(file, 'w')
  const header =
    `{'descr': '|u1', 'fortran_order': False, 'shape': (${shards * items}, ${side}, ${side}), }`.padEnd(117) + '\n'
  writeSync(
    handle,
    Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.from([118, 0]), Buffer.from(header)]),
  )
  const words = new Uint32Array((items * side * side) / 4)
  for (let shard = 0; shard < shards; shard++) {
    for (let i = 0; i < words.length; i++) words[i] = draw.integer(0, 2 ** 32)
    writeSync(handle, words)
  }
  closeSync(handle)
}
