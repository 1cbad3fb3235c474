// One signal by itself: padded by a list of places, and copied as it is.
import type { View } from '@scatterlab/tensor'
import { f32, i32, v128 } from '../assembler/assembler.ts'
import { Plans, commonTable } from '../fourier/plans.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'
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

/** Runs `copy` between real arrays that both lie side by side, or gives false where it has no kernel. */
export function lineCopy(steps: Steps, x: View, out: View): boolean {
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined || x.dtype !== 'float32' || out.dtype !== 'float32') return false
  if (!isRun(x) || !isRun(out)) return false
  const count = x.shape.reduce((product, n) => product * n, 1)
  const { kernels, issue } = steps
  const fours = kernels.kernel('line copied', 3, (_, [source, target, left], f) => {
    f.repeat(left, () => {
      f.store(target, v128.load(source))
      f.advance(source, 16)
      f.advance(target, 16)
    })
  })
  const rest = kernels.kernel('rest of a line copied', 3, (_, [source, target, left], f) => {
    f.repeat(left, () => {
      f.store(target, f32.load(source))
      f.advance(source, 4)
      f.advance(target, 4)
    })
  })
  const whole = count - (count % 4)
  if (whole > 0) issue(fours, from, to, whole / 4)
  if (whole < count) issue(rest, from + 4 * whole, to + 4 * whole, count - whole)
  return true
}

/** Whether a view's numbers lie side by side, in order. */
function isRun({ shape, strides }: View): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 0) return false
    if (shape[axis] === 1) continue
    if (strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}
