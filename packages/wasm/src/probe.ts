// What this engine can do: it validates small modules (and runs one). Versions are never read.
import { type Expr, Module, f32, f32x4, i32, v128 } from './assembler/assembler.ts'

/** What an engine offers to kernels. */
export interface Features {
  /** WebAssembly is there and modules may be compiled; a content security policy can forbid it. */
  readonly compiles: boolean
  /** 128-bit vectors; without them the back end is of no use. */
  readonly simd: boolean
  /** Relaxed SIMD: `f32x4.relaxedMadd` and its like exist. */
  readonly relaxedSimd: boolean
  /** The relaxed multiply–add rounds once, as a fused one does. */
  readonly fused: boolean
  /** A memory can be shared with other threads, and atomics work on it. */
  readonly sharedMemory: boolean
}

function compiles(): boolean {
  try {
    return new WebAssembly.Module(new Module().bytes()) instanceof WebAssembly.Module
  } catch {
    return false
  }
}

const validates = (value: () => Expr<'v128'>): boolean => {
  const module = new Module()
  module.function('run', { params: {} }, (f) => f.store(0, value()))
  return WebAssembly.validate(module.bytes())
}

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ when it is rounded once, and 0 when the square is rounded first. */
function roundsOnce(): boolean {
  const module = new Module()
  module.function('run', { params: { x: 'f32', y: 'f32' }, result: 'f32' }, (f, { x, y }) => {
    const square = f.let(f32x4.splat(x))
    return f32x4.extractLane(f32x4.relaxedMadd(square, square, f32x4.splat(f32.neg(y))), 0)
  })
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } })
  const run = exports.run as (x: number, y: number) => number
  return run(1 + 2 ** -12, 1 + 2 ** -11) === 2 ** -24
}

function sharesMemory(): boolean {
  // Pages that are not isolated have no SharedArrayBuffer, or one that cannot be sent to a worker.
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false) return false
  const module = new Module({ shared: true })
  module.function('run', { params: {} }, (f) => f.drop(i32.atomicNotify(0, 1)))
  if (!WebAssembly.validate(module.bytes())) return false
  return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer
}

let found: Features | undefined

/** Asks the engine, once. */
export function probe(): Features {
  if (found === undefined) {
    const allowed = compiles()
    const simd = allowed && validates(() => f32x4.add(v128.load(0), v128.load(16)))
    const relaxedSimd = simd && validates(() => f32x4.relaxedMadd(v128.load(0), v128.load(0), v128.load(0)))
    const fused = relaxedSimd && roundsOnce()
    found = { compiles: allowed, simd, relaxedSimd, fused, sharedMemory: allowed && sharesMemory() }
  }
  return found
}
