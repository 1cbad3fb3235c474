// Images into lanes: four images that lie one after the other become vectors of four, padded on the way.
import type { View } from '@scatterlab/tensor'
import { type Expr, type Local, v128, i32 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Address } from '../memory/heap.ts'
import { Plans, commonTable } from '../fourier/plans.ts'
import { fieldOf } from './field.ts'
import type { Steps } from '../replay/steps.ts'

/** Bytes of four real numbers. */
const REAL = 16

const tables = new Plans<Int32Array, Address>()

/** Runs `pad` for contiguous rows, or gives false where it has no kernel. Index lists must not change. */
export function pad(steps: Steps, x: View, rows: Int32Array, columns: Int32Array, out: View): boolean {
  const to = fieldOf(steps, out, 'float32')
  const from = steps.addressOf(x)
  if (to === null || from === undefined || x.dtype !== 'float32' || x.shape.length !== 3) return false
  const [images, height, width] = x.shape as [number, number, number]
  if (width < 4 || height === 0 || x.strides[2] !== 1 || x.strides[0]! < 0 || x.strides[1]! < 0) return false
  const { kernels, issue } = steps
  const rowStride = x.strides[1]! * 4
  // for each row the offset of its source in bytes, or −1; for each column that in a line of vectors, behind which stands zero
  const rowTable = tables.get(kernels, rows, [height, rowStride], () =>
    commonTable(
      kernels,
      rows.map((row) => (row < 0 ? -1 : row * rowStride)),
    ),
  )
  const columnTable = tables.get(kernels, columns, [width, 0, 0], () =>
    commonTable(
      kernels,
      columns.map((column) => (column < 0 ? width : column) * REAL),
    ),
  )
  const line = steps.workspace((width + 1) * REAL)
  const kernel = padKernel(kernels, width, to.width, to.row, to.element)
  for (let q = 0; q < to.quads; q++) {
    const present = Math.min(4, Math.max(0, images - 4 * q))
    const source = (lane: number): Address =>
      from + (4 * q + Math.min(lane, Math.max(0, present - 1))) * x.strides[0]! * 4
    const mask = maskOf(kernels, present)
    const target = to.address + 16 * q
    const first = present === 0 ? from : source(0)
    issue(kernel, first, source(1), source(2), source(3), mask, rowTable, columnTable, to.height, target, line)
  }
  return true
}

/** Lanes of the first `present` images. */
const maskOf = (kernels: Kernels, present: number): Address =>
  kernels.words(`mask ${present}`, () => Int32Array.from({ length: 4 }, (_, lane) => (lane < present ? -1 : 0)))

/** kernel(image 0 … 3, mask, rows, columns, height, target, line): a row is transposed into `line`, then spread. */
function padKernel(kernels: Kernels, width: number, padded: number, row: number, element: number): Kernel {
  const name = `pad ${width} ${padded} ${row} ${element}`
  return kernels.kernel(name, 10, (v, [a, b, c, d, maskAt, rows, columns, height, target, line], f) => {
    const [offset, x, at, left, to] = f.locals('i32', 5)
    const mask = f.let(v128.load(maskAt))
    const zero = f.let(v.constant(0))
    const block = (start: number | Local<'i32'>): void => {
      const here = f.let(i32.add(offset, i32.shl(start, 2)))
      const read = (image: Local<'i32'>): Expr<'v128'> => v128.load(i32.add(image, here))
      const lanes = f.transpose4x4([read(a!), read(b!), read(c!), read(d!)])
      const there = f.let(i32.add(line, i32.shl(start, 4)))
      lanes.forEach((lane, i) => f.store(there, v128.and(lane, mask), i * REAL))
    }
    f.store(line, zero, width * REAL)
    f.repeat(height, () => {
      f.set(offset, i32.load(rows))
      f.set(to, target)
      f.if(
        i32.ltS(offset, 0),
        () => {
          f.set(left, padded)
          f.repeat(left, () => {
            f.store(to, zero)
            f.advance(to, element)
          })
        },
        () => {
          f.set(x, 0)
          f.doWhile(() => {
            block(x)
            f.advance(x, 4)
            return i32.leS(x, width - 4)
          })
          if (width % 4 !== 0) block(width - 4)
          f.set(at, columns)
          f.set(left, padded)
          f.repeat(left, () => {
            f.store(to, v128.load(i32.add(line, i32.load(at))))
            f.advance(to, element)
            f.advance(at, 4)
          })
        },
      )
      f.advance(rows, 4)
      f.advance(target, row)
    })
  })
}
