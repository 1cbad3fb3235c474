// Pooling of planes of any strides, single precision. A window is the product of its rows and columns: rows
// are joined into a line first, then the columns of each window, so that both run in vectors.
import { type Expr, Module, f32, f32x4, i32, v128 } from '../assembler/assembler.ts'
import { averageGradientParameters, averagePoolGradient, maxGradientParameters, maxPoolGradient } from './gradients.ts'
import { along, bytes, imageParameters, span, windowParameters } from './windows.ts'

/** A line holds this many numbers more than its windows reach, for loads of whole vectors. */
export const LINE_SLACK = 8

const poolParameters = {
  ...windowParameters,
  ...imageParameters('X'),
  ...imageParameters('Out'),
  /** Room for padX + width + `LINE_SLACK` numbers or those that the windows reach, filled with what changes nothing. */
  line: 'i32',
  /** What each row and column of windows counts for the mean, single precision. */
  countsY: 'i32',
  countsX: 'i32',
} as const

/** The kernels of the module. */
export type PoolingKernel = 'maxPool' | 'averagePool' | 'maxPoolGradient' | 'averagePoolGradient'

/** Names of a kernel's parameters, in order. */
export const poolingParameters: Readonly<Record<PoolingKernel, readonly string[]>> = {
  maxPool: Object.keys(poolParameters),
  averagePool: Object.keys(poolParameters),
  maxPoolGradient: Object.keys(maxGradientParameters),
  averagePoolGradient: Object.keys(averageGradientParameters),
}

/** How the pixels of a window become one number. */
interface Joining {
  readonly vector: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>
  readonly scalar: (a: Expr<'f32'>, b: Expr<'f32'>) => Expr<'f32'>
  readonly mean: boolean
}

/** Emits the four kernels. */
export function poolingModule(shared: boolean): Module {
  const module = new Module({ shared })
  pool(module, 'maxPool', { vector: f32x4.max, scalar: f32.max, mean: false })
  pool(module, 'averagePool', { vector: f32x4.add, scalar: f32.add, mean: true })
  maxPoolGradient(module)
  averagePoolGradient(module)
  return module
}

function pool(module: Module, name: PoolingKernel, { vector, scalar, mean }: Joining): void {
  module.function(name, { params: poolParameters }, (f, p) => {
    const contiguousX = f.let(i32.eq(p.stepX, 4))
    const contiguousOut = f.let(i32.and(i32.eq(p.stepOut, 4), i32.leS(p.strideX, 2)))
    const inside = f.let(i32.add(p.line, bytes(p.padX)))
    const strideBytes = f.let(bytes(p.strideX))
    const [four, other] = [f.local('v128'), f.local('v128')]
    const one = f.local('f32')
    f.forRange(0, p.planes, 1, () => {
      const to = f.let(p.Out)
      f.forRange(0, p.outHeight, 1, (oy) => {
        const [top, bottom] = span(f, oy, p.sizeY, p.strideY, p.padY, p.height)
        const from = f.let(i32.add(p.X, i32.mul(top, p.rowX)))
        const count = f.let(mean ? f32.load(i32.add(p.countsY, bytes(oy))) : f32.const(1))
        // The rows of the windows, joined.
        const rows = f.let(i32.sub(bottom, top))
        along(
          f,
          p.width,
          contiguousX,
          (first) => {
            const at = f.let(i32.add(from, bytes(first)))
            f.set(four, v128.load(at))
            f.forRange(1, rows, 1, () => {
              f.advance(at, p.rowX)
              f.set(four, vector(four, v128.load(at)))
            })
            f.store(i32.add(inside, bytes(first)), four)
          },
          (index) => {
            const at = f.let(i32.add(from, i32.mul(index, p.stepX)))
            f.set(one, f32.load(at))
            f.forRange(1, rows, 1, () => {
              f.advance(at, p.rowX)
              f.set(one, scalar(one, f32.load(at)))
            })
            f.store(i32.add(inside, bytes(index)), one)
          },
        )
        // Their columns.
        along(
          f,
          p.outWidth,
          contiguousOut,
          (first) => {
            const at = f.let(i32.add(p.line, i32.mul(first, strideBytes)))
            f.if(
              i32.eq(p.strideX, 1),
              () => {
                f.set(four, v128.load(at))
                f.forRange(1, p.sizeX, 1, () => {
                  f.advance(at, 4)
                  f.set(four, vector(four, v128.load(at)))
                })
              },
              () => {
                const everySecond = (): Expr<'v128'> => f32x4.shuffle(v128.load(at), v128.load(at, 16), [0, 2, 4, 6])
                f.set(four, everySecond())
                f.forRange(1, p.sizeX, 1, () => {
                  f.advance(at, 4)
                  f.set(other, everySecond())
                  f.set(four, vector(four, other))
                })
              },
            )
            const divided = f32x4.div(four, f32x4.mul(f32x4.splat(count), v128.load(i32.add(p.countsX, bytes(first)))))
            f.store(i32.add(to, bytes(first)), mean ? divided : four)
          },
          (index) => {
            const at = f.let(i32.add(p.line, i32.mul(index, strideBytes)))
            f.set(one, f32.load(at))
            f.forRange(1, p.sizeX, 1, () => {
              f.advance(at, 4)
              f.set(one, scalar(one, f32.load(at)))
            })
            const divided = f32.div(one, f32.mul(count, f32.load(i32.add(p.countsX, bytes(index)))))
            f.store(i32.add(to, i32.mul(index, p.stepOut)), mean ? divided : one)
          },
        )
        f.advance(to, p.rowOut)
      })
      f.advance(p.X, p.planeX)
      f.advance(p.Out, p.planeOut)
    })
  })
}
