// Copies between images in lanes, four to a vector, and images that lie one after the other.
import type { View } from '@scatterlab/tensor'
import { i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'

/** Bytes of four real numbers. */
const REAL = 16

/**
 * Runs `copy` from images in lanes to images one after the other, or gives false where it has no kernel: x has stride 1
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

/**
 * Runs `copy` the other way, for images in fours, or gives false: x is one run of step 1 behind its first axis, `out` has
 * stride 1 along that axis and one run of equal steps behind it.
 */
export function pack(steps: Steps, x: View, out: View): boolean {
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined || x.dtype !== 'float32' || out.dtype !== 'float32') return false
  const images = x.shape[0]!
  if (out.strides[0] !== 1 || x.shape.length < 2 || x.shape.includes(0) || images % 4 !== 0) return false
  const step = runStep(out)
  if (step === null || step < images || runStep(x) !== 1) return false
  const count = x.shape.slice(1).reduce((product, n) => product * n, 1)
  const { kernels, issue } = steps
  const kernel = packKernel(kernels, step * 4)
  for (let q = 0; 4 * q < images; q++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => from + (4 * q + lane) * x.strides[0]! * 4) as [
      Address,
      Address,
      Address,
      Address,
    ]
    issue(kernel, a, b, c, d, count, to + REAL * q)
  }
  return true
}

/** kernel(image 0 … 3, count, target) */
function packKernel(kernels: Kernels, step: number): Kernel {
  return kernels.kernel(`pack ${step}`, 6, (v, [a, b, c, d, count, target], f) => {
    const images = [a, b, c, d]
    f.block((done) => {
      f.brIf(done, i32.ltS(count, 4))
      f.doWhile(() => {
        const rows = f.transpose4x4([v128.load(a), v128.load(b), v128.load(c), v128.load(d)])
        rows.forEach((row, i) => f.store(target, row, i * step))
        for (const image of images) f.advance(image, REAL)
        f.advance(target, 4 * step)
        f.set(count, i32.sub(count, 4))
        return i32.geS(count, 4)
      })
    })
    f.if(count, () =>
      f.doWhile(() => {
        f.store(
          target,
          images.reduce((value, image, lane) => v128.loadLane(32, image, value, lane), v.constant(0)),
        )
        for (const image of images) f.advance(image, 4)
        f.advance(target, step)
        f.set(count, i32.sub(count, 1))
        return count
      }),
    )
  })
}
