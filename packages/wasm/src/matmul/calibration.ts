// The core's peak, measured: chains of multiply–adds that wait for nothing, so that kernels can be given as a share of it.
import { Module, i32, v128 } from '../assembler/assembler.ts'
import { probe } from '../probe.ts'
import { single } from '../assembler/precision.ts'
import { type Tile, multiplyAdd } from './tile.ts'

/** Independent chains: enough to hide the latency of a multiply–add, few enough for sixteen registers. */
const CHAINS = 12
const UNROLL = 4

/** Emits `run(n)`: n · 48 vector multiply–adds in twelve chains. */
export function calibrationModule(tile: Tile): Module {
  const module = new Module()
  module.function('run', { params: { n: 'i32' } }, (f, { n }) => {
    const [factor, term] = [f.let(v128.load(0)), f.let(v128.load(16))]
    const chains = f.locals('v128', CHAINS)
    f.doWhile(() => {
      for (let i = 0; i < UNROLL; i++) for (const chain of chains) f.set(chain, multiplyAdd(tile, chain, factor, term))
      f.set(n, i32.sub(n, 1))
      return n
    })
    for (const [i, chain] of chains.entries()) f.store(64 + 16 * i, chain)
  })
  return module
}

/** Peak of this core in GFLOP/s (a multiply–add counts two) in the tile's arithmetic, from the best of many short runs. */
export function measurePeak(tile: Tile, milliseconds = 200): number {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(calibrationModule(tile).bytes()), {
    env: { memory },
  })
  const run = exports.run as (n: number) => void
  const numbers =
    tile.precision.bytes === 4 ? new Float32Array(memory.buffer, 0, 8) : new Float64Array(memory.buffer, 0, 4)
  numbers.fill(0.5)
  const n = 10_000
  const flops = n * UNROLL * CHAINS * tile.precision.lanes * 2
  let best = Infinity
  for (const start = performance.now(); performance.now() - start < milliseconds;) {
    const before = performance.now()
    run(n)
    best = Math.min(best, performance.now() - before)
  }
  return flops / best / 1e6
}

/** Peak of this core for 128-bit single precision, in GFLOP/s: fused multiply–adds where the engine has them. */
export function corePeak(milliseconds = 200): number {
  return measurePeak({ precision: single, rows: 4, vectors: 2, relaxed: probe().relaxedSimd }, milliseconds)
}
