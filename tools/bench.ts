// `pnpm bench [GROUP…] [--threads N] [--json FILE] [--markdown FILE] [--backend wasm|reference]`: ours and the peers in turn, on one pinned core.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { reference } from '@scatterlab/tensor'
import { groups } from './bench/cases/index.ts'
import { type BenchRow, type Calibration, type Case, measure } from './bench/measure.ts'
import { installPeers } from './bench/peers.ts'
import { benchTable, markdownTable } from './bench/table.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'wasm' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const names = Object.keys(groups)
const threads = Number(options.threads)
const unknown = positionals.find((name) => !names.includes(name))
if (options.help || unknown || !Number.isInteger(threads) || threads < 1) {
  if (unknown) console.error(`there is no group '${unknown}'`)
  console.error(
    `usage: pnpm bench [${names.join('|')}…] [--threads N] [--backend wasm|reference] [--json FILE] [--markdown FILE]`,
  )
  process.exit(options.help ? 0 : 2)
}

installPeers()
if (process.env.SCATTERLAB_BENCH_PINNED === undefined && threads === 1 && spawnSync('taskset', ['-V']).status === 0) {
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
const backend = options.backend === 'reference' ? reference : accelerated
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
const pinned = process.env.SCATTERLAB_BENCH_PINNED === undefined ? 'not pinned' : 'pinned to one core'
console.log(`${cpus()[0].model}, Node ${process.versions.node}, ${backend.description}, ${pinned}`)
console.log(
  `peak of a core, 128-bit multiply–adds: ${calibration.peak().toFixed(1)} GFLOP/s; copy: ${calibration.bandwidth().toFixed(1)} GB/s`,
)

/** The cases of a group; on several threads each beside the same on one. */
async function* items(name: string): AsyncGenerator<Case> {
  const alone = threads > 1 ? groups[name]({ backend: wasm.createWasmBackend({ threads: 1 }), threads }) : null
  for await (const item of groups[name]({ backend, threads })) {
    const single = alone ? ((await alone.next()).value as Case) : null
    yield single?.ours ? { ...item, peer: { name: 'one thread', run: single.ours } } : item
    single?.close?.()
  }
}

const rows: BenchRow[] = []
for (const name of positionals.length > 0 ? positionals : names) {
  for await (const item of items(name)) {
    const row = await measure(item, calibration, threads)
    rows.push(row)
    console.error(
      `${row.name}: ${row.value.toPrecision(4)} ${row.unit}${row.ratio === null ? '' : `, ${row.ratio.toFixed(2)}× ${row.peer}`}`,
    )
  }
}
console.log(benchTable(rows))
console.log('medians of 9 rounds, both sides in turn; ± is half the distance between the quartiles of the ratios')
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)
if (options.markdown) writeFileSync(options.markdown, `${markdownTable(rows)}\n`)
process.exit(0)
