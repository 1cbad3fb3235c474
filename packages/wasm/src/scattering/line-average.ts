// S = U⋆φ at the kept samples of one signal: inner products of stretches of it with taps, eight at a time where all have the same taps.
import type { View } from '@scatterlab/tensor'
import type { SampledKernel } from '@scatterlab/tensor/operations'
import { type Expr, type Local, f32x4, i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { Plans, Words, tableFor } from '../fourier/plans.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { isBand } from './average.ts'
import { modulo } from './filter.ts'
import { lineOf } from './line.ts'

/** How many outputs are summed side by side: as many as hide the latency of multiply–adds, then the rest. */
const SIZES = [8, 4, 1] as const

/** A table of stretches that are done so many at a time. */
interface Call {
  readonly size: (typeof SIZES)[number]
  readonly table: Address
  readonly count: number
}

const plans = new Plans<SampledKernel, readonly Call[]>()

/** Runs `average` of one signal, or gives false where it has no kernel. A kernel's taps must not change. */
export function lineAverage(steps: Steps, U: View, rows: SampledKernel, columns: SampledKernel, out: View): boolean {
  const from = lineOf(steps, U, 'float32')
  const to = lineOf(steps, out, 'float32')
  if (from === null || to === null || !isBand(columns) || !isBand(rows)) return false
  if (rows.taps.shape[1] !== 1 || rows.taps.buffer.data![rows.taps.offset] !== 1) return false
  const { kernels, issue } = steps
  const calls = plans.get(kernels, columns, [from.length], () => planOf(kernels, columns, from.length))
  for (const { size, table, count } of calls)
    issue(innerProducts(kernels, size), from.address, to.address, table, count)
  return true
}

/** An output whose taps lie on a stretch of the line; those that wrap around its end have two, the second of which is added. */
interface Stretch {
  readonly output: number
  readonly first: number
  readonly taps: readonly number[]
  readonly adds: boolean
}

function planOf(kernels: Kernels, { taps, starts }: SampledKernel, length: number): Call[] {
  const [outputs, width] = taps.shape as [number, number]
  const data = taps.buffer.data!
  const own = (o: number): number[] => Array.from(data.subarray(taps.offset + o * width, taps.offset + (o + 1) * width))
  const shared = own(0)
  const common: Stretch[] = []
  const single: Stretch[] = []
  for (let o = 0; o < outputs; o++) {
    const first = modulo(starts[o]!, length)
    const its = o === 0 ? shared : own(o)
    if (first + 4 * Math.ceil(width / 4) > length) {
      // taps are filled up with zeros to fours, which must not reach beyond the line
      const before = Math.min(width, length - first)
      const back = Math.min(first, (4 - (before % 4)) % 4)
      const filled = [...new Array<number>(back).fill(0), ...its.slice(0, before)]
      single.push({ output: o, first: first - back, taps: filled, adds: false })
      if (before < width) single.push({ output: o, first: 0, taps: its.slice(before), adds: true })
    } else if (its.every((tap, t) => tap === shared[t])) common.push({ output: o, first, taps: shared, adds: false })
    else single.push({ output: o, first, taps: its, adds: false })
  }
  const calls: Call[] = []
  let done = 0
  for (const size of SIZES) {
    const count = Math.floor((common.length - done) / size) * size
    const own = [...common.slice(done, done + count), ...(size === 1 ? single : [])]
    done += count
    if (own.length > 0) calls.push({ size, table: tableOf(kernels, taps.buffer, own, size), count: own.length / size })
  }
  return calls
}

/** For each block: address of its taps, how many fours, then offsets of line and output, and whether to add. */
function tableOf(
  kernels: Kernels,
  owner: SampledKernel['taps']['buffer'],
  stretches: readonly Stretch[],
  size: number,
) {
  const known = new Map<readonly number[], Address>()
  const addressOf = (taps: readonly number[]): Address => {
    const words = new Words()
    words.float(...taps, ...new Array<number>((4 - (taps.length % 4)) % 4).fill(0))
    const address = known.get(taps) ?? tableFor(kernels, owner, words.list)
    known.set(taps, address)
    return address
  }
  const words = new Words()
  for (let i = 0; i < stretches.length; i += size) {
    const block = stretches.slice(i, i + size)
    words.int(addressOf(block[0]!.taps), Math.ceil(block[0]!.taps.length / 4))
    for (const { first, output, adds } of block) words.int(4 * first, 4 * output, adds ? 1 : 0)
  }
  return tableFor(kernels, owner, words.list)
}

/** kernel(line, outputs, table, blocks) */
function innerProducts(kernels: Kernels, size: number): Kernel {
  return kernels.kernel(`line averages ×${size}`, 4, (v, [line, target, table, blocks], f) => {
    const [taps, left, to] = f.locals('i32', 3)
    const sources = f.locals('i32', size)
    const sums = f.locals('v128', size)
    const tap = f.local('v128')
    f.repeat(blocks, () => {
      f.set(taps, i32.load(table))
      f.set(left, i32.load(table, 4))
      sources.forEach((source, i) => f.set(source, i32.add(line, i32.load(table, 8 + 12 * i))))
      for (const sum of sums) f.set(sum, v.constant(0))
      f.repeat(left, () => {
        f.set(tap, v128.load(taps))
        sums.forEach((sum, i) => f.set(sum, v.multiplyAdd(tap, v128.load(sources[i]!), sum)))
        for (const pointer of [taps, ...sources]) f.advance(pointer, 16)
      })
      sums.forEach((sum, i) => {
        f.set(to, i32.add(target, i32.load(table, 12 + 12 * i)))
        const across = total(sum, (x) => f.let(x))
        f.if(i32.load(table, 16 + 12 * i), () => f.set(across, f32x4.add(across, v128.load32Splat(to))))
        f.storeLane(32, to, across, 0)
      })
      f.advance(table, 8 + 12 * size)
    })
  })
}

/** The sum of four lanes, in every lane. */
function total(sum: Local<'v128'>, keep: (x: Expr<'v128'>) => Local<'v128'>): Local<'v128'> {
  const pairs = keep(f32x4.add(sum, f32x4.shuffle(sum, sum, [2, 3, 0, 1])))
  return keep(f32x4.add(pairs, f32x4.shuffle(pairs, pairs, [1, 0, 3, 2])))
}
