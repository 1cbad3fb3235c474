// Softmax and cross-entropy in one, single precision, row by row of the logits: numbers of one row may have any step.
import { type Expr, type FunctionBuilder, type Local, Module, f32, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { single } from '../assembler/precision.ts'
import { approximateUnary } from '../elementwise/vector-functions.ts'

const parameters = {
  items: 'i32',
  classes: 'i32',
  logits: 'i32',
  rowLogits: 'i32',
  stepLogits: 'i32',
  /** 32-bit integers, each less than `classes`. */
  labels: 'i32',
  losses: 'i32',
  stepLosses: 'i32',
  /** 0 where it is not wanted. */
  gradient: 'i32',
  rowGradient: 'i32',
  stepGradient: 'i32',
  /** Room for `classes` numbers and three more. */
  scratch: 'i32',
} as const

/** The kernel of the module. */
export type CrossEntropyKernel = 'crossEntropy'

/** Emits `crossEntropy`: losses[n] ← log Σ e^(z − max) − (z[label] − max), gradient ← e^(z − max) / Σ − [c = label]. */
export function crossEntropyModule(shared: boolean): Module {
  const module = new Module({ shared })
  module.function('crossEntropy', { params: parameters }, (f, p) => {
    const exp = approximateUnary.exp(f, single)
    const log = approximateUnary.log(f, single)
    const [largest, own] = [f.local('f32'), f.local('f32')]
    const [four, total] = [f.local('v128'), f.local('v128')]
    const sum = f.local('f32')
    f.forRange(0, p.items, 1, () => {
      // The row less its largest number, then its exponentials.
      f.set(largest, f32.const(-Infinity))
      forEach(f, p.classes, p.logits, p.stepLogits, (at) => f.set(largest, f32.max(largest, f32.load(at))))
      const label = f.let(i32.load(p.labels))
      f.set(own, f32.sub(f32.load(i32.add(p.logits, i32.mul(label, p.stepLogits))), largest))
      const copy = f.let(p.scratch)
      forEach(f, p.classes, p.logits, p.stepLogits, (at) => {
        f.store(copy, f32.sub(f32.load(at), largest))
        f.advance(copy, 4)
      })
      // Beyond the last class the exponential is 0.
      for (let i = 0; i < 3; i++) f.store(copy, f32.const(-Infinity), 4 * i)
      f.set(total, v128.const(new Uint8Array(16)))
      const at = f.let(p.scratch)
      f.forRange(0, p.classes, 4, () => {
        f.set(four, exp(f.let(v128.load(at))))
        f.store(at, four)
        f.set(total, f32x4.add(total, four))
        f.advance(at, 16)
      })
      f.set(
        sum,
        lanes(total).reduce((a, b) => f32.add(a, b)),
      )
      f.store(p.losses, f32.sub(f32x4.extractLane(log(f.let(f32x4.splat(sum))), 0), own))
      f.if(p.gradient, () => {
        const power = f.let(p.scratch)
        forEach(f, p.classes, p.gradient, p.stepGradient, (to) => {
          f.store(to, f32.div(f32.load(power), sum))
          f.advance(power, 4)
        })
        const to = f.let(i32.add(p.gradient, i32.mul(label, p.stepGradient)))
        f.store(to, f32.sub(f32.load(to), f32.const(1)))
      })
      f.advance(p.logits, p.rowLogits)
      f.advance(p.labels, 4)
      f.advance(p.losses, p.stepLosses)
      f.if(p.gradient, () => f.advance(p.gradient, p.rowGradient))
    })
  })
  return module
}

const lanes = (vector: Local<'v128'>): Expr<'f32'>[] => [0, 1, 2, 3].map((lane) => f32x4.extractLane(vector, lane))

function forEach(
  f: FunctionBuilder,
  count: Local<'i32'>,
  start: Local<'i32'>,
  step: Local<'i32'>,
  body: (at: Local<'i32'>) => void,
): void {
  const at = f.let(start)
  f.forRange(0, count, 1, () => {
    body(at)
    f.advance(at, step)
  })
}
