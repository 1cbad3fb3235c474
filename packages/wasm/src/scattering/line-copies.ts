// One signal by itself, padded by a list of places; and copies of what lies in runs.
import type { View } from '@scatterlab/tensor'
import { f32, i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { Plans, commonTable } from '../fourier/plans.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { lineOf } from './line.ts'

const tables = new Plans<Int32Array, Address>()

/** Runs `pad` of one signal, or gives false where it has no kernel. Index lists must not change. */
export function linePad(steps: Steps, x: View, rows: Int32Array, columns: Int32Array, out: View): boolean {
  const from = lineOf(steps, x, 'float32')
  const to = lineOf(steps, out, 'float32')
  if (from === null || to === null || rows[0] !== 0) return false
  const { kernels, issue } = steps
  const table = tables.get(kernels, columns, [0], () =>
    commonTable(
      kernels,
      columns.map((column) => (column < 0 ? -1 : 4 * column)),
    ),
  )
  const kernel = kernels.kernel('line padded', 4, (_, [source, places, count, target], f) => {
    const place = f.local('i32')
    f.repeat(count, () => {
      f.set(place, i32.load(places))
      f.if(
        i32.ltS(place, 0),
        () => f.store(target, f32.const(0)),
        () => f.store(target, f32.load(i32.add(source, place))),
      )
      f.advance(places, 4)
      f.advance(target, 4)
    })
  })
  issue(kernel, from.address, table, to.length, to.address)
  return true
}

/** An axis of both arrays: how many, and how far apart, in numbers. */
interface Axis {
  readonly count: number
  readonly from: number
  readonly to: number
}

/** Runs `copy` between arrays whose numbers lie in the same runs, or gives false where it has no kernel. */
export function lineCopy(steps: Steps, x: View, out: View): boolean {
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined || x.dtype !== out.dtype) return false
  if ((x.dtype !== 'float32' && x.dtype !== 'complex64') || x.shape.includes(0)) return false
  // interleaved numbers are none of these runs
  if (x.dtype === 'complex64' && (x.imagStride < 4 || out.imagStride < 4)) return false
  const [run, outer = ONE, ...rest] = runsOf(x, out)
  if (run === undefined || run.from !== 1 || run.to !== 1 || rest.length > 0) return false
  const { kernels, issue } = steps
  const whole = run.count - (run.count % 4)
  const parts = x.dtype === 'complex64' ? [0, 1] : [0]
  for (const part of parts) {
    const [source, target] = [from + 4 * part * x.imagStride, to + 4 * part * out.imagStride]
    const steps4 = [outer.count, 4 * outer.from, 4 * outer.to]
    if (whole > 0) issue(runKernel(kernels, true), source, target, whole / 4, ...steps4)
    if (whole < run.count)
      issue(runKernel(kernels, false), source + 4 * whole, target + 4 * whole, run.count - whole, ...steps4)
  }
  return true
}

const ONE: Axis = { count: 1, from: 0, to: 0 }

/** kernel(source, target, count, runs, steps between runs): runs of fours, or of single numbers. */
const runKernel = (kernels: Kernels, fours: boolean): Kernel =>
  kernels.kernel(
    `runs of ${fours ? 'fours' : 'ones'} copied`,
    6,
    (_, [source, target, count, runs, step, outStep], f) => {
      const [at, to, left] = f.locals('i32', 3)
      f.repeat(runs, () => {
        f.set(at, source)
        f.set(to, target)
        f.set(left, count)
        f.repeat(left, () => {
          f.store(to, fours ? v128.load(at) : f32.load(at))
          f.advance(at, fours ? 16 : 4)
          f.advance(to, fours ? 16 : 4)
        })
        f.advance(source, step)
        f.advance(target, outStep)
      })
    },
  )

/** The axes of two views, the innermost of the second first; those that go on alike in both are one. */
function runsOf(x: View, out: View): Axis[] {
  const axes = out.shape
    .map((count, axis) => ({ count, from: x.strides[axis]!, to: out.strides[axis]! }))
    .filter(({ count }) => count > 1)
    .toSorted((a, b) => a.to - b.to)
  if (axes.length === 0) return [{ count: 1, from: 1, to: 1 }]
  const merged: Axis[] = []
  for (const axis of axes) {
    const last = merged.at(-1)
    if (last !== undefined && axis.from === last.count * last.from && axis.to === last.count * last.to)
      merged[merged.length - 1] = { ...last, count: last.count * axis.count }
    else merged.push(axis)
  }
  return merged
}
