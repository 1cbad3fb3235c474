// Images into lanes and back: four images that lie one after the other become vectors of four, padded on the way; and vectors
// of four become four images again.
import type { View } from '@scatterlab/tensor'
import { type Expr, type Local, v128, i32 } from '../assembler/assembler.ts'
import type { Kernel, Kernels } from '../fourier/kernels.ts'
import type { Address } from '../memory/heap.ts'
import { type Steps, fieldOf } from './steps.ts'

/** Bytes of four real numbers. */
const REAL = 16

/** The two index lists of a padding as tables in the heap. */
interface PadTables {
  readonly rows: Int32Array
  readonly columns: Int32Array
  readonly height: number
  readonly width: number
  readonly rowStride: number
  /** For each row the offset of its source in bytes, or −1. */
  readonly rowTable: Address
  /** For each column the offset of its source in a line of vectors; zero stands behind the line. */
  readonly columnTable: Address
}

const padTables = new WeakMap<Kernels, PadTables[]>()
/** Paddings that are kept ready, the latest last. */
const KEPT = 16

/** Runs `Backend.pad` for contiguous rows, or gives false where it has no kernel. Index lists must not change. */
export function pad(steps: Steps, x: View, rows: Int32Array, columns: Int32Array, out: View): boolean {
  const to = fieldOf(steps, out, 'float32')
  const from = steps.addressOf(x)
  if (to === null || from === undefined || x.dtype !== 'float32' || x.shape.length !== 3) return false
  const [images, height, width] = x.shape as [number, number, number]
  if (width < 4 || height === 0 || x.strides[2] !== 1 || x.strides[0]! < 0 || x.strides[1]! < 0) return false
  const { kernels, issue } = steps
  const rowStride = x.strides[1]! * 4
  const { rowTable, columnTable } = tablesOf(kernels, rows, columns, height, width, rowStride)
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

function tablesOf(
  kernels: Kernels,
  rows: Int32Array,
  columns: Int32Array,
  height: number,
  width: number,
  rowStride: number,
): PadTables {
  let known = padTables.get(kernels)
  if (known === undefined) padTables.set(kernels, (known = []))
  const found = known.find(
    (t) =>
      t.rows === rows && t.columns === columns && t.width === width && t.height === height && t.rowStride === rowStride,
  )
  if (found !== undefined) return found
  const { heap } = kernels
  if (known.length === KEPT) {
    const { rowTable, columnTable } = known.shift()!
    heap.free(rowTable)
    heap.free(columnTable)
  }
  const keep = (list: Int32Array): Address => {
    const address = heap.allocateUnscoped(4 * list.length)
    heap.int32(address, list.length).set(list)
    return address
  }
  const rowTable = keep(rows.map((row) => (row < 0 ? -1 : row * rowStride)))
  const columnTable = keep(columns.map((column) => (column < 0 ? width : column) * REAL))
  kernels.tookMemory()
  const made = { rows, columns, height, width, rowStride, rowTable, columnTable }
  known.push(made)
  return made
}

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
    f.doWhile(() => {
      f.set(offset, i32.load(rows))
      f.set(to, target)
      f.if(
        i32.ltS(offset, 0),
        () => {
          f.set(left, padded)
          f.doWhile(() => {
            f.store(to, zero)
            f.advance(to, element)
            f.set(left, i32.sub(left, 1))
            return left
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
          f.doWhile(() => {
            f.store(to, v128.load(i32.add(line, i32.load(at))))
            f.advance(to, element)
            f.advance(at, 4)
            f.set(left, i32.sub(left, 1))
            return left
          })
        },
      )
      f.advance(rows, 4)
      f.advance(target, row)
      f.set(height, i32.sub(height, 1))
      return height
    })
  })
}

/**
 * Runs `Backend.copy` from images in lanes to images one after the other, or gives false where it has no kernel: x has stride 1
 * along its first axis, and the other axes are one run of equal steps in x, of step 1 in `out`.
 */
export function unpack(steps: Steps, x: View, out: View): boolean {
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined || x.dtype !== 'float32' || out.dtype !== 'float32') return false
  if (x.strides[0] !== 1 || x.shape.length < 2 || x.shape.includes(0)) return false
  const step = runStep(x)
  if (step === null || step < 4 || runStep(out) !== 1) return false
  const images = x.shape[0]!
  // A step holds whole vectors only where every image of the last vector has its lane.
  if (step < 4 * Math.ceil(images / 4)) return false
  const count = x.shape.slice(1).reduce((product, n) => product * n, 1)
  const { kernels, issue } = steps
  const kernel = unpackKernel(kernels, step * 4)
  const nowhere = steps.workspace(REAL)
  for (let q = 0; 4 * q < images; q++) {
    const targets = [0, 1, 2, 3].map((lane) =>
      4 * q + lane < images ? [to + (4 * q + lane) * out.strides[0]! * 4, REAL] : [nowhere, 0],
    )
    issue(kernel, from + REAL * q, count, ...targets.flat())
  }
  return true
}

/** The step of all axes but the first, if they are one run; null if not. */
function runStep({ shape, strides }: View): number | null {
  let step: number | null = null
  let expected = 0
  for (let axis = shape.length - 1; axis > 0; axis--) {
    if (shape[axis] === 1) continue
    if (step !== null && strides[axis] !== expected) return null
    step ??= strides[axis]!
    expected = strides[axis]! * shape[axis]!
  }
  return step ?? strides.at(-1)!
}

/** kernel(source, count, then target and step of each of the four images). */
function unpackKernel(kernels: Kernels, step: number): Kernel {
  return kernels.kernel(`unpack ${step}`, 10, (_, [source, count, ...targets], f) => {
    const images = [0, 1, 2, 3].map((lane) => ({ to: targets[2 * lane]!, step: targets[2 * lane + 1]! }))
    f.block((done) => {
      f.brIf(done, i32.ltS(count, 4))
      f.doWhile(() => {
        const rows = f.transpose4x4([
          v128.load(source),
          v128.load(source, step),
          v128.load(source, 2 * step),
          v128.load(source, 3 * step),
        ])
        images.forEach(({ to, step: onward }, lane) => {
          f.store(to, rows[lane]!)
          f.advance(to, onward)
        })
        f.advance(source, 4 * step)
        f.set(count, i32.sub(count, 4))
        return i32.geS(count, 4)
      })
    })
    f.if(count, () =>
      f.doWhile(() => {
        const value = f.let(v128.load(source))
        images.forEach(({ to, step: onward }, lane) => {
          f.storeLane(32, to, value, lane)
          f.advance(to, i32.shrU(onward, 2))
        })
        f.advance(source, step)
        f.set(count, i32.sub(count, 1))
        return count
      }),
    )
  })
}
