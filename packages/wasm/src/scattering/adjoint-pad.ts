// The adjoint of a padding: each pixel sums what stands at the places of the grid that read it, and images in lanes become images
// one after the other again.
import type { View } from '@scatterlab/tensor'
import { type Local, f32, f32x4, i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { Plans, Words, commonTable } from '../fourier/plans.ts'
import type { Address } from '../memory/heap.ts'
import { fieldOf } from './field.ts'
import type { Steps } from '../replay/steps.ts'

/** Bytes of four real numbers. */
const REAL = 16

const tables = new Plans<Int32Array, Address>()

/** Runs `padAdjoint` for contiguous rows, or gives false where it has no kernel. Index lists must not change. */
export function padAdjoint(
  steps: Steps,
  g: View,
  rows: Int32Array,
  columns: Int32Array,
  out: View,
  accumulate: boolean,
): boolean {
  const from = fieldOf(steps, g, 'float32')
  const to = steps.addressOf(out)
  if (from === null || to === undefined || out.dtype !== 'float32' || out.shape.length !== 3) return false
  const [images, height, width] = out.shape as [number, number, number]
  if (out.shape.includes(0) || images > g.shape[0]! || out.strides[2] !== 1) return false
  const { kernels, issue } = steps
  const byRow = readers(kernels, rows, height, from.row)
  const byColumn = readers(kernels, columns, width, from.element)
  const line = steps.workspace(width * REAL)
  for (let q = 0; 4 * q < images; q++) {
    const present = Math.min(4, images - 4 * q)
    const kernel = padAdjointKernel(kernels, width, out.strides[1]! * 4, present, accumulate)
    const image = (lane: number): Address => to + (4 * q + Math.min(lane, present - 1)) * out.strides[0]! * 4
    issue(kernel, from.address + 16 * q, byRow, byColumn, height, line, image(0), image(1), image(2), image(3))
  }
  return true
}

/** For each of `count` places how many positions of a list read it, and the offsets of those, `step` bytes each. */
function readers(kernels: Kernels, list: Int32Array, count: number, step: number): Address {
  return tables.get(kernels, list, [count, step], () => {
    const words = new Words()
    const positions = Array.from({ length: count }, (): number[] => [])
    list.forEach((place, position) => {
      if (place >= 0) positions[place]!.push(position * step)
    })
    for (const own of positions) words.int(own.length, ...own)
    return commonTable(kernels, words.list)
  })
}

/** kernel(source, readers of rows and of columns, height, line, image 0 … 3); the first `present` images are written. */
function padAdjointKernel(kernels: Kernels, width: number, row: number, present: number, accumulate: boolean): Kernel {
  const name = `pad back ${width} ${row} ×${present}${accumulate ? ' added' : ''}`
  return kernels.kernel(name, 9, (_, [source, rows, columns, height, line, ...all], f) => {
    const images = all.slice(0, present)
    const [left, sources, from, at, to, more] = f.locals('i32', 6)
    const sum = f.local('v128')
    /** Repeats the body as often as the counter says, if at all. */
    const times = (counter: Local<'i32'>, body: () => void): void =>
      f.if(counter, () =>
        f.doWhile(() => {
          body()
          f.set(counter, i32.sub(counter, 1))
          return counter
        }),
      )
    f.doWhile(() => {
      f.fill(line, 0, width * REAL)
      f.set(sources, i32.load(rows))
      f.advance(rows, 4)
      times(sources, () => {
        f.set(from, i32.add(source, i32.load(rows)))
        f.advance(rows, 4)
        f.set(at, columns)
        f.set(to, line)
        f.set(left, width)
        times(left, () => {
          f.set(sum, v128.load(to))
          f.set(more, i32.load(at))
          f.advance(at, 4)
          times(more, () => {
            f.set(sum, f32x4.add(sum, v128.load(i32.add(from, i32.load(at)))))
            f.advance(at, 4)
          })
          f.store(to, sum)
          f.advance(to, REAL)
        })
      })
      // four pixels of all images at a time, then those that are left
      f.set(from, line)
      f.set(at, 0)
      f.set(left, width >> 2)
      times(left, () => {
        const lanes = f.transpose4x4([v128.load(from), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48)])
        images.forEach((image, lane) => {
          f.set(to, i32.add(image, at))
          f.store(to, accumulate ? f32x4.add(lanes[lane]!, v128.load(to)) : lanes[lane]!)
        })
        f.advance(from, 4 * REAL)
        f.advance(at, 16)
      })
      f.set(left, width % 4)
      times(left, () => {
        f.set(sum, v128.load(from))
        images.forEach((image, lane) => {
          const value = f32x4.extractLane(sum, lane)
          f.set(to, i32.add(image, at))
          f.store(to, accumulate ? f32.add(value, f32.load(to)) : value)
        })
        f.advance(from, REAL)
        f.advance(at, 4)
      })
      for (const image of images) f.advance(image, row)
      f.set(height, i32.sub(height, 1))
      return height
    })
  })
}
