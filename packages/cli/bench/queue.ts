// What the queue costs, and what a second worker gains: 1,000 shards computed by one process without a queue, by one worker, and by two. Needs redis-server.
//
//   node packages/cli/bench/queue.ts [--shards 1000] [--items 16] [--side 32]
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { random } from '@scatterlab/tensor'
import { Lane } from '../src/queue/lane.ts'
import { connect } from '../src/queue/redis.ts'
import { hasRedis, startRedis } from '../src/queue/redis-server.test.run.ts'
import { addShards, shardQueue } from '../src/queue/shard-queue.ts'
import { type Manifest, planShards, shardsOf } from '../src/shard.ts'

const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '1000' },
    items: { type: 'string', default: '16' },
    side: { type: 'string', default: '32' },
  },
})
if (!hasRedis) throw new Error('redis-server is not installed')
const [shards, items, side] = [values.shards, values.items, values.side].map(Number) as [number, number, number]
const bin = join(import.meta.dirname, '../src/bin.ts')
const root = mkdtempSync(join(tmpdir(), 'queue-bench-'))
const file = join(root, 'images.npy')
const pixels = new Uint8Array(shards * items * side * side)
const draw = random(1)
for (let i = 0; i < pixels.length; i++) pixels[i] = draw.integer(0, 256)
const header =
  `{'descr': '|u1', 'fortran_order': False, 'shape': (${shards * items}, ${side}, ${side}), }`.padEnd(117) + '\n'
writeFileSync(
  file,
  Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.from([118, 0]), Buffer.from(header), pixels]),
)

const planOf = (name: string): Promise<Manifest> =>
  planShards(
    file,
    {
      folder: join(root, name),
      transform: { averaging: 'global' },
      reading: { fit: 'crop', colour: false },
      computing: { backend: 'wasm', deterministic: false },
    },
    items,
  )
const all = Array.from({ length: shards }, (_, shard) => shard)
const server = await startRedis('--appendfsync', 'everysec')
try {
  // one after the other on a thread, as a worker has it
  const lane = new Lane()
  const alone = await planOf('alone')
  await lane.run(alone, 0)
  const [started, before] = [performance.now(), cpuOf(process.pid)]
  for (const shard of all.slice(1)) await lane.run(alone, shard)
  const direct = { seconds: (performance.now() - started) / 1000, cpu: cpuOf(process.pid) - before }
  await lane.close()
  console.log(`${shardsOf(alone)} shards of ${items} images of ${side}²; ${availableParallelism()} processors`)
  report('without a queue', direct)
  const single = await through(1)
  report('1 worker', single)
  const two = await through(2)
  report('2 workers', two)
  const [wall, cpu] = [single.seconds - direct.seconds, single.cpu - direct.cpu]
  console.log(
    `the queue takes ${((1000 * wall) / shards).toFixed(2)} ms a shard, ${((1000 * cpu) / shards).toFixed(2)} ms of CPU`,
  )
  console.log(`one worker to two: ${(single.seconds / two.seconds).toFixed(2)} times as fast`)
} finally {
  await server.close()
  rmSync(root, { recursive: true, force: true })
}

function report(how: string, { seconds, cpu }: { seconds: number; cpu: number }): void {
  console.log(
    `${how}: ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of CPU, ${((1000 * seconds) / shards).toFixed(2)} ms a shard`,
  )
}

/** Seconds of CPU that a process has used, all threads (Linux: ticks of 10 ms). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Seconds from the time that the workers have computed shards of another run, to the last shard of this one; and CPU of workers, Redis and this process. */
async function through(count: number): Promise<{ seconds: number; cpu: number }> {
  const redis = await connect(server.address)
  const queue = shardQueue(`bench-${count}`, redis)
  const args = ['work', '--queue', server.address, '--name', `bench-${count}`, '--threads', '1', '--quiet']
  const workers = Array.from({ length: count }, () => spawn(process.execPath, [bin, ...args], { stdio: 'ignore' }))
  const finished = async (): Promise<number> => (await queue.getJobCounts('completed'))['completed'] ?? 0
  const warm = await planOf(`warm-${count}`)
  await addShards(queue, warm, all.slice(0, 20 * count), 1)
  while ((await finished()) < 20 * count) await pause(20)
  const plan = await planOf(`run-${count}`)
  const used = (): number =>
    [process.pid, server.pid, ...workers.map(({ pid }) => pid!)].reduce((sum, pid) => sum + cpuOf(pid), 0)
  const [started, before] = [performance.now(), used()]
  await addShards(queue, plan, all, 1)
  while ((await finished()) < 20 * count + shards) await pause(20)
  const result = { seconds: (performance.now() - started) / 1000, cpu: used() - before }
  for (const worker of workers) {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
  await queue.close()
  redis.disconnect()
  return result
}
