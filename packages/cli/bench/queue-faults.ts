// Runs of the queue under faults: workers, or the processes they compute in, killed by SIGKILL at random; Redis killed and restarted; a full disk;
// workers whose clocks are wrong.
// Two workers serve run after run; one that was killed has a successor. After each run every row must be there once, with the bytes of an undisturbed run. Needs redis-server; a full disk needs leave to mount a
// tmpfs, wrong clocks need faketime: what is missing is said, and its runs are left out.
//
//   node packages/cli/bench/queue-faults.ts [--runs 200] [--seed 18] [--only kill|redis|disk|clock] [--summary FILE]
//
// --summary adds the counts to those of other seeds in a file.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { random, type Random } from '@scatterlab/tensor'
import { connect } from '../src/queue/redis.ts'
import { hasRedis, startRedis } from '../src/queue/redis-server.test.run.ts'
import { addShards, setAside, shardQueue } from '../src/queue/shard-queue.ts'
import { type Manifest, planShards, isFinished, mergeShards, runShard, shardsOf } from '../src/shard.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '18' },
    only: { type: 'string' },
    summary: { type: 'string' },
  },
})
if (!hasRedis) throw new Error('redis-server is not installed')

type Fault = 'kill' | 'redis' | 'disk' | 'clock'
const IMAGES = 120
const SHARD = 2
const bin = join(import.meta.dirname, '../src/bin.ts')
const root = mkdtempSync(join(tmpdir(), 'faults-'))
const images = join(root, 'images')
mkdirSync(images)
const draw = random(Number(values.seed))
for (let i = 0; i < IMAGES; i++) {
  const pixels = Uint8Array.from({ length: 256 }, () => draw.integer(0, 256))
  writeFileSync(join(images, `${i}.pgm`), i === 7 ? 'torn' : Buffer.concat([Buffer.from('P5 16 16 255 '), pixels]))
}

const canMount = (): boolean => {
  const folder = join(root, 'probe')
  mkdirSync(folder)
  const isMounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' }).status === 0
  if (isMounted) spawnSync('umount', [folder])
  return isMounted
}
/** What makes a process's clock wrong. Not by the command itself, which stays between us and the worker: a kill would reach only it. */
const preload = spawnSync('faketime', ['-f', '+0s', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' })
const faketime =
  preload.status === 0 ? { LD_PRELOAD: preload.stdout.trim(), FAKETIME_DONT_FAKE_MONOTONIC: '1' } : undefined
const possible: Record<Fault, boolean> = {
  kill: true,
  redis: true,
  disk: canMount(),
  clock: faketime !== undefined,
}
for (const [fault, is] of Object.entries(possible)) if (!is) console.log(`left out: ${fault}`)
const faults = (Object.keys(possible) as Fault[]).filter((fault) => possible[fault] && (values.only ?? fault) === fault)

const counts = {
  runs: 0,
  kills: 0,
  laneKills: 0,
  restarts: 0,
  fullDisks: 0,
  wrongClocks: 0,
  setAside: 0,
  lost: 0,
  doubled: 0,
  otherBytes: 0,
  unfinished: 0,
}
const NAME = 'faults'
const server = await startRedis()
const workers = [startWorker(), startWorker()]
try {
  const plain = await planOf('plain')
  for (let shard = 0; shard < shardsOf(plain); shard++) await runShard(plain, shard)
  const right = await whole(plain, 'plain')
  for (let run = 0; run < Number(values.runs); run++) {
    // kills are the half of all
    const fault = draw.uniform() < 0.5 && faults.includes('kill') ? 'kill' : faults[draw.integer(0, faults.length)]!
    const started = performance.now()
    await disturbed(`run-${run}`, fault, draw.split(), right)
    counts.runs++
    console.log(`${run + 1} ${fault} ${((performance.now() - started) / 1000).toFixed(1)} s ${JSON.stringify(counts)}`)
  }
} finally {
  await Promise.all(workers.map((worker) => kill(worker, 'SIGKILL')))
  await server.close()
  rmSync(root, { recursive: true, force: true })
}
if (values.summary !== undefined) addTo(values.summary)
if (counts.lost + counts.doubled + counts.otherBytes + counts.unfinished > 0) process.exitCode = 1

/** Adds the counts of this seed to those in a file. */
function addTo(file: string): void {
  const before = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { seeds: [] }) as {
    readonly seeds: readonly number[]
  } & Partial<typeof counts>
  const sums = Object.entries(counts).map(([what, n]) => [what, n + (before[what as keyof typeof counts] ?? 0)])
  const summary = { seeds: [...before.seeds, Number(values.seed)], ...(Object.fromEntries(sums) as typeof counts) }
  writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`)
}

async function planOf(name: string): Promise<Manifest> {
  const options = { scales: 2, orientations: 2 }
  const computing = { backend: 'wasm', deterministic: false } as const
  return planShards(
    images,
    {
      folder: join(root, name, 'out.npy.parts'),
      transform: options,
      reading: { fit: 'crop', colour: false },
      computing,
    },
    SHARD,
  )
}

/** Joins the shards, and counts rows that are not there or there twice. */
async function whole(plan: Manifest, name: string): Promise<Buffer> {
  const output = join(root, `${name}.npy`)
  await mergeShards(plan, output, { format: 'npy', dtype: 'float32', columns: 'list' })
  const { names } = JSON.parse(readFileSync(join(root, `${name}.npy.json`), 'utf8')) as { names: string[] }
  counts.lost += IMAGES - 1 - new Set(names).size
  counts.doubled += names.length - new Set(names).size
  return readFileSync(output)
}

/** A worker whose clock is `ahead` seconds from the right one. */
function startWorker(ahead = 0): ChildProcess {
  const args = [bin, 'work', '--queue', server.address, '--name', NAME, '--threads', '1', '--patience', '1', '--quiet']
  const clock = ahead === 0 ? {} : { ...faketime, FAKETIME: `${ahead > 0 ? '+' : ''}${ahead}s` }
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled'), ...clock }
  return spawn(process.execPath, args, { stdio: 'ignore', env })
}

async function replace(which: number, ahead?: number): Promise<void> {
  await kill(workers[which]!, 'SIGKILL')
  workers[which] = startWorker(ahead)
}

/** The processes that a worker has begun (Linux). */
function childrenOf({ pid }: ChildProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

async function kill(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(worker, 'exit')
  if (worker.exitCode === null && worker.signalCode === null && worker.kill(signal)) await ended
}

async function disturbed(name: string, fault: Fault, chance: Random, right: Buffer): Promise<void> {
  const place = join(root, name)
  mkdirSync(place)
  if (fault === 'disk') execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'none', place])
  const clock = (): number => (fault === 'clock' ? chance.integer(1, 7200) * (chance.uniform() < 0.5 ? 1 : -1) : 0)
  const start = async (which: number): Promise<void> => {
    if (fault === 'clock') counts.wrongClocks++
    await replace(which, clock())
  }
  if (fault === 'clock') for (const which of workers.keys()) await start(which)
  const redis = await connect(server.address)
  const queue = shardQueue(NAME, redis)
  try {
    const plan = await planOf(name)
    const left = async (): Promise<number[]> => {
      const all = []
      for (let shard = 0; shard < shardsOf(plan); shard++) if (!(await isFinished(plan, shard))) all.push(shard)
      return all
    }
    await addShards(queue, plan, await left(), 3)
    let [hurts, isFull] = [2, fault === 'disk']
    let cared = performance.now()
    const deadline = performance.now() + 300_000
    for (let unfinished = await left(); unfinished.length > 0; unfinished = await left()) {
      if (performance.now() > deadline) {
        counts.unfinished++
        return
      }
      await pause(20 + 250 * chance.uniform())
      if (fault !== 'redis' && hurts > 0 && unfinished.length < shardsOf(plan)) {
        const which = chance.integer(0, workers.length)
        const [lane] = chance.uniform() < 0.5 ? childrenOf(workers[which]!) : []
        if (lane === undefined) {
          await start(which)
          counts.kills++
        } else {
          process.kill(lane, 'SIGKILL')
          counts.laneKills++
        }
        hurts--
      } else if (fault === 'redis' && hurts > 0 && unfinished.length < shardsOf(plan)) {
        await server.restart()
        counts.restarts++
        hurts--
      }
      const aside = await setAside(queue, plan)
      counts.setAside += aside.length
      // a full disk fails shards until they are set aside; then there is room, and the run is submitted again
      if (isFull && aside.length > 0) {
        execFileSync('mount', ['-o', 'remount,size=8m', place])
        counts.fullDisks++
        isFull = false
      }
      // what Redis has lost, or what was set aside, is submitted again
      if (isFull || performance.now() - cared < 2000) continue
      cared = performance.now()
      await addShards(queue, plan, await left(), 3)
    }
    const bytes = await whole(plan, name)
    if (!bytes.equals(right)) counts.otherBytes++
  } finally {
    if (fault === 'clock') for (const which of workers.keys()) await replace(which)
    await queue.close()
    redis.disconnect()
    if (fault === 'disk') execFileSync('umount', ['-l', place])
    rmSync(place, { recursive: true, force: true })
  }
}
