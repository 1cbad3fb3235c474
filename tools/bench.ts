// `pnpm bench [GROUP…] [--case TEXT] [--threads N] [--json FILE] [--markdown FILE] [--backend wasm|gpu|reference]`: ours and the peers
// in turn, on one pinned core; a GPU beside the WebAssembly back end, each call with the wait for its end. `--torch` times training
// in PyTorch beside ours. `--profile` tells instead where the time of a call goes, operation by operation. `--shared` is for machines
// that others use: it counts the time that the work has the core, not the time that passes.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Backend, cos, empty, reference } from '@scatterlab/tensor'
import { groups } from './bench/cases/index.ts'
import {
  type BenchRow,
  type Calibration,
  type Case,
  type Work,
  compilersTurn,
  coreClock,
  measure,
  wallClock,
} from './bench/measure.ts'
import { installPeers } from './bench/peers.ts'
import { Profile, profileTable } from './bench/profile.ts'
import type { BenchRun } from './bench/run.ts'
import { benchTable, markdownTable } from './bench/table.ts'
import { startTorch } from './bench/torch.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'wasm' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    case: { type: 'string', default: '' },
    rounds: { type: 'string', default: '9' },
    shared: { type: 'boolean', default: false },
    torch: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const names = Object.keys(groups)
const threads = Number(options.threads)
const unknown = positionals.find((name) => !names.includes(name))
const rounds = Number(options.rounds)
const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1
if (options.help || unknown || !isCount(threads) || !isCount(rounds)) {
  if (unknown) console.error(`there is no group '${unknown}'`)
  console.error(
    `usage: pnpm bench [${names.join('|')}…] [--case TEXT] [--threads N] [--rounds N] [--backend wasm|gpu|reference] [--torch] [--profile] [--shared] ` +
      '[--json FILE] [--markdown FILE]',
  )
  process.exit(options.help ? 0 : 2)
}

const onGpu = options.backend === 'gpu'
if (!onGpu && !options.profile) installPeers()
if (
  !onGpu &&
  process.env.SCATTERLAB_BENCH_PINNED === undefined &&
  threads === 1 &&
  spawnSync('taskset', ['-V']).status === 0
) {
  // a fresh process on the last core; what it prints goes straight through
  const { status } = spawnSync(
    'taskset',
    ['-c', String(cpus().length - 1), process.execPath, ...process.argv.slice(1)],
    {
      stdio: 'inherit',
      env: { ...process.env, SCATTERLAB_BENCH_PINNED: '1' },
    },
  )
  process.exit(status ?? 1)
}

const wasm = await import('@scatterlab/wasm')
const accelerated = wasm.createWasmBackend({ threads })
await accelerated.start()
const gpu = onGpu ? await gpuBackend() : null
if (options.shared && (threads > 1 || gpu)) {
  console.error('--shared is for one thread: it counts the time that this thread has a core')
  process.exit(2)
}
const clock = options.shared ? coreClock : wallClock
const plain = gpu ?? (options.backend === 'reference' ? reference : accelerated)
const profile = options.profile ? new Profile(plain, clock) : null
const backend = profile?.backend ?? plain
const torch = options.torch ? await startTorch(threads) : null
// written before they are read: untouched pages would all be the one zero page
const [from, to] = [1, 2].map((value) => new Float32Array(2 ** 24).fill(value))
const calibration: Calibration = {
  peak: () => wasm.corePeak(20),
  bandwidth: () => {
    let best = Infinity
    for (let i = 0; i < 3; i++) {
      const before = performance.now()
      to.set(from)
      best = Math.min(best, performance.now() - before)
    }
    return (8 * from.length) / best / 1e6
  },
}
const about = {
  date: new Date().toISOString().slice(0, 10),
  command: ['pnpm bench', ...withoutFiles(process.argv.slice(2))].join(' '),
  machine: { cpu: cpus()[0].model.trim(), cores: cpus().length, node: process.versions.node },
  backend: backend.description,
  threads,
  pinned: process.env.SCATTERLAB_BENCH_PINNED !== undefined,
  clock: options.shared ? 'core' : 'wall',
  rounds,
  peak: calibration.peak(),
  bandwidth: calibration.bandwidth(),
} satisfies Partial<BenchRun>
const loadBefore = loadavg()[0]
const { machine, peak, bandwidth } = about
console.log(
  `${machine.cpu}, Node ${machine.node}, ${about.backend}, ${about.pinned ? 'pinned to one core' : 'not pinned'}`,
)
console.log(
  `peak of a core, 128-bit multiply–adds: ${peak.toFixed(1)} GFLOP/s; copy: ${bandwidth.toFixed(1)} GB/s; load ${loadBefore.toFixed(1)}`,
)

/** The cases of a group; on several threads each beside the same on one, on a GPU beside the same on this machine's cores. */
async function* items(name: string): AsyncGenerator<Case> {
  const peer =
    profile || torch ? null : gpu ? { name: accelerated.description, backend: accelerated } : besideOneThread()
  // beside each other, no peer of other makers is asked for
  const context = { backend, threads: peer || profile ? Math.max(2, threads) : threads, onGpu, torch, direct }
  const beside = peer ? groups[name]({ ...context, backend: peer.backend }) : null
  for await (const item of groups[name](context)) {
    const other = beside ? ((await beside.next()).value as Case) : null
    const { ours } = item
    yield {
      ...item,
      ...(gpu && ours && { ours: waited(gpu, ours) }),
      ...(peer && other?.ours && { peer: { name: peer.name, run: other.ours } }),
    }
    other?.close?.()
  }
}

/** The arguments without the files to write, which say nothing of what was measured. */
function withoutFiles(given: readonly string[]): string[] {
  const isFile = (word: string | undefined) => word === '--json' || word === '--markdown'
  return given.filter((word, i) => !isFile(word) && !isFile(given[i - 1]) && !/^--(json|markdown)=/.test(word))
}

/** Beside it stands what minimal filtering gains; there is no such thing on a GPU or on several threads, which have another peer. */
const direct =
  gpu || threads > 1 || options.profile ? undefined : () => wasm.createWasmBackend({ threads, convolutions: 'direct' })

const besideOneThread = () =>
  threads > 1 ? { name: 'one thread', backend: wasm.createWasmBackend({ threads: 1 }) } : null

/** The GPU, or a line that says why there is none. */
async function gpuBackend(): Promise<Backend> {
  const { NoGpuError, createGpuBackend } = await import('@scatterlab/gpu')
  try {
    return await createGpuBackend()
  } catch (error) {
    if (!(error instanceof NoGpuError)) throw error
    console.error(error.message)
    process.exit(2)
  }
}

/** Work on a GPU with the wait until it is done: one number is computed behind it, and read. */
function waited(device: Backend, work: Work): Work {
  const mark = empty([1], { backend: device })
  return async () => {
    await work()
    cos.into(mark, mark)
    await mark.read()
  }
}

/** Where the time of a case goes, over some calls after the first ones. */
async function printProfile({ name, ours }: Case, of: Profile): Promise<void> {
  if (!ours) return
  for (let i = 0; i < 3; i++) {
    await ours()
    await compilersTurn()
  }
  of.take(1)
  const steps = 9
  const before = clock()
  for (let i = 0; i < steps; i++) await ours()
  const ms = (clock() - before) / steps
  console.log(`${name}: ${ms.toFixed(1)} ms, mean of ${steps} calls`)
  console.log(profileTable(of.take(steps), ms))
}

const rows: BenchRow[] = []
// the table of sizes takes minutes: it is made when it is asked for
for (const name of positionals.length > 0 ? positionals : names.filter((group) => group !== 'sizes')) {
  for await (const item of items(name)) {
    if (!item.name.includes(options.case)) continue
    if (profile) {
      await printProfile(item, profile)
      continue
    }
    const row = await measure(item, calibration, threads, clock, rounds)
    rows.push(row)
    console.error(
      `${row.name}: ${row.value.toPrecision(4)} ${row.unit}${row.ratio === null ? '' : `, ${row.ratio.toFixed(2)}× ${row.peer}`}`,
    )
  }
}
torch?.close()
if (profile) process.exit(0)
console.log(benchTable(rows))
console.log(
  `medians of ${rounds} rounds, both sides in turn; ± is half the distance between the quartiles of the ratios`,
)
if (options.json) {
  const run: BenchRun = { ...about, load: [loadBefore, loadavg()[0]], rows }
  writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`)
}
if (options.markdown) writeFileSync(options.markdown, `${markdownTable(rows)}\n`)
process.exit(0)
