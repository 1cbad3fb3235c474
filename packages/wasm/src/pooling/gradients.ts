// The gradients of pooling on planes of any strides, single precision.
import {
  type Expr,
  type FunctionBuilder,
  type Local,
  type Module,
  type Operand,
  f32,
  f32x4,
  i32,
  tee,
  v128,
} from '../assembler/assembler.ts'
import {
  type ImageParameters,
  type Numbers,
  along,
  atLeast,
  bytes,
  imageParameters,
  span,
  windowParameters,
} from './windows.ts'

/** Parameters of `maxPoolGradient`, in order. */
export const maxGradientParameters: typeof windowParameters & ImageParameters<'X' | 'Out' | 'Gradient' | 'To'> = {
  ...windowParameters,
  ...imageParameters('X'),
  ...imageParameters('Out'),
  ...imageParameters('Gradient'),
  ...imageParameters('To'),
}

/** Parameters of `averagePoolGradient`, in order. */
export const averageGradientParameters: typeof windowParameters &
  ImageParameters<'Gradient' | 'To'> &
  Readonly<Record<'line' | 'countsY' | 'countsX', 'i32'>> = {
  ...windowParameters,
  ...imageParameters('Gradient'),
  ...imageParameters('To'),
  line: 'i32',
  countsY: 'i32',
  countsX: 'i32',
}

interface Plane {
  readonly height: Numbers
  readonly width: Numbers
  readonly To: Numbers
  readonly rowTo: Numbers
  readonly stepTo: Numbers
}

function clearPlane(f: FunctionBuilder, { height, width, To, rowTo, stepTo }: Plane): void {
  const row = f.let(To)
  f.forRange(0, height, 1, () => {
    f.if(
      i32.eq(stepTo, 4),
      () => f.fill(row, 0, bytes(width)),
      () => {
        const at = f.let(row)
        f.forRange(0, width, 1, () => {
          f.store(at, f32.const(0))
          f.advance(at, stepTo)
        })
      },
    )
    f.advance(row, rowTo)
  })
}

/** Emits `maxPoolGradient`. */
export function maxPoolGradient(module: Module): void {
  module.function('maxPoolGradient', { params: maxGradientParameters }, (f, p) => {
    const equals = (value: Numbers, ...others: Operand<'i32'>[]): Expr<'i32'> =>
      others.map((other) => i32.eq(value, other)).reduce((a, b) => i32.and(a, b))
    const two = i32.const(2)
    const pairs = [p.sizeY, p.sizeX, p.strideY, p.strideX].map((value) => i32.eq(value, two))
    const whole = [
      ...pairs,
      i32.eqz(i32.or(p.padY, p.padX)),
      atMostOneLeft(p.height, p.outHeight),
      atMostOneLeft(p.width, p.outWidth),
      i32.geS(p.outWidth, 4),
      equals(p.stepX, 4, p.stepOut, p.stepGradient, p.stepTo),
    ].reduce((a, b) => i32.and(a, b))
    f.if(
      whole,
      () => {
        f.forRange(0, p.planes, 1, () => {
          pairsOfPlane(f, p)
          advancePlanes()
        })
      },
      () => {
        f.forRange(0, p.planes, 1, () => {
          windowsOfPlane(f, p)
          advancePlanes()
        })
      },
    )
    function advancePlanes(): void {
      f.advance(p.X, p.planeX)
      f.advance(p.Out, p.planeOut)
      f.advance(p.Gradient, p.planeGradient)
      f.advance(p.To, p.planeTo)
    }
  })
}

/** Whether pairs fill a length but for one number at most. */
const atMostOneLeft = (length: Numbers, pairs: Numbers): Expr<'i32'> =>
  i32.eqz(i32.shrU(i32.sub(length, i32.shl(pairs, 1)), 1))

type MaxGradientLocals = { readonly [K in keyof typeof maxGradientParameters]: Numbers }

/** Windows of 2 × 2 side by side that fill the plane but for a last row or column, four at a time. */
function pairsOfPlane(f: FunctionBuilder, p: MaxGradientLocals): void {
  const [x, out, gradient, to] = [p.X, p.Out, p.Gradient, p.To].map((start) => f.let(start)) as [
    Numbers,
    Numbers,
    Numbers,
    Numbers,
  ]
  const filled = f.let(i32.shl(p.outWidth, 3))
  const leavesColumn = f.let(i32.sub(bytes(p.width), filled))
  f.forRange(0, p.outHeight, 1, () => {
    const never = i32.const(1)
    along(
      f,
      p.outWidth,
      never,
      (first) => {
        const at = f.let(i32.add(x, i32.shl(first, 3)))
        const below = f.let(i32.add(at, p.rowX))
        const [left, right] = [f.let(v128.load(at)), f.let(v128.load(at, 16))]
        const [lowLeft, lowRight] = [f.let(v128.load(below)), f.let(v128.load(below, 16))]
        const largest = f.let(v128.load(i32.add(out, bytes(first))))
        const amount = f.let(v128.load(i32.add(gradient, bytes(first))))
        // In reading order: what is still to be given after each pixel.
        const shares: Local<'v128'>[] = []
        for (const [a, b, lanes] of [
          [left, right, [0, 2, 4, 6]],
          [left, right, [1, 3, 5, 7]],
          [lowLeft, lowRight, [0, 2, 4, 6]],
        ] as const) {
          const smaller = f.let(f32x4.lt(f32x4.shuffle(a, b, lanes), largest))
          shares.push(f.let(v128.andnot(amount, smaller)))
          f.set(amount, v128.and(amount, smaller))
        }
        shares.push(amount)
        const target = f.let(i32.add(to, i32.shl(first, 3)))
        const targetBelow = f.let(i32.add(target, p.rowTo))
        for (const [k, row] of [target, targetBelow].entries()) {
          const [even, odd] = [shares[2 * k]!, shares[2 * k + 1]!]
          f.store(row, f32x4.shuffle(even, odd, [0, 4, 1, 5]))
          f.store(row, f32x4.shuffle(even, odd, [2, 6, 3, 7]), 16)
        }
      },
      () => {},
    )
    f.if(leavesColumn, () => {
      const last = f.let(i32.add(to, filled))
      f.store(last, f32.const(0))
      f.store(i32.add(last, p.rowTo), f32.const(0))
    })
    f.advance(x, i32.shl(p.rowX, 1))
    f.advance(to, i32.shl(p.rowTo, 1))
    f.advance(out, p.rowOut)
    f.advance(gradient, p.rowGradient)
  })
  f.if(i32.sub(p.height, i32.shl(p.outHeight, 1)), () => f.fill(to, 0, bytes(p.width)))
}

/** Any windows: each gives its gradient to the first pixel that is not smaller than the largest. */
function windowsOfPlane(f: FunctionBuilder, p: MaxGradientLocals): void {
  clearPlane(f, p)
  f.forRange(0, p.outHeight, 1, (oy) => {
    const [top, bottom] = span(f, oy, p.sizeY, p.strideY, p.padY, p.height)
    const result = f.let(i32.add(p.Out, i32.mul(oy, p.rowOut)))
    const gradient = f.let(i32.add(p.Gradient, i32.mul(oy, p.rowGradient)))
    f.forRange(0, p.outWidth, 1, (ox) => {
      const [left, right] = span(f, ox, p.sizeX, p.strideX, p.padX, p.width)
      const largest = f.let(f32.load(result))
      f.block((given) => {
        f.forRange(top, bottom, 1, (y) => {
          const at = f.let(i32.add(i32.add(p.X, i32.mul(y, p.rowX)), i32.mul(left, p.stepX)))
          f.forRange(left, right, 1, (x) => {
            f.if(i32.eqz(f32.lt(f32.load(at), largest)), () => {
              const to = f.let(i32.add(i32.add(p.To, i32.mul(y, p.rowTo)), i32.mul(x, p.stepTo)))
              f.store(to, f32.add(f32.load(to), f32.load(gradient)))
              f.br(given)
            })
            f.advance(at, p.stepX)
          })
        })
      })
      f.advance(result, p.stepOut)
      f.advance(gradient, p.stepGradient)
    })
  })
}

/** Emits `averagePoolGradient`. */
export function averagePoolGradient(module: Module): void {
  module.function('averagePoolGradient', { params: averageGradientParameters }, (f, p) => {
    const reach = f.let(i32.add(i32.mul(i32.sub(p.outWidth, 1), p.strideX), p.sizeX))
    atLeast(f, reach, i32.add(p.width, p.padX))
    const inside = f.let(i32.add(p.line, bytes(p.padX)))
    const strideBytes = f.let(bytes(p.strideX))
    f.forRange(0, p.planes, 1, () => {
      clearPlane(f, p)
      f.forRange(0, p.outHeight, 1, (oy) => {
        const [top, bottom] = span(f, oy, p.sizeY, p.strideY, p.padY, p.height)
        const count = f.let(f32.load(i32.add(p.countsY, bytes(oy))))
        const gradient = f.let(i32.add(p.Gradient, i32.mul(oy, p.rowGradient)))
        f.fill(p.line, 0, bytes(reach))
        const first = f.let(p.line)
        f.forRange(0, p.outWidth, 1, (ox) => {
          const share = f.let(f32.div(f32.load(gradient), f32.mul(count, f32.load(i32.add(p.countsX, bytes(ox))))))
          const at = f.let(first)
          f.forRange(0, p.sizeX, 1, () => {
            f.store(at, f32.add(f32.load(at), share))
            f.advance(at, 4)
          })
          f.advance(first, strideBytes)
          f.advance(gradient, p.stepGradient)
        })
        const row = f.let(i32.add(p.To, i32.mul(top, p.rowTo)))
        f.forRange(top, bottom, 1, () => {
          const [from, to] = [f.let(inside), f.let(row)]
          const left = f.let(p.width)
          f.if(i32.eq(p.stepTo, 4), () => {
            f.forRange(3, p.width, 4, () => {
              f.store(to, f32x4.add(v128.load(to), v128.load(from)))
              f.advance(to, 16)
              f.advance(from, 16)
            })
            f.set(left, i32.and(p.width, 3))
          })
          f.if(left, () => {
            f.doWhile(() => {
              f.store(to, f32.add(f32.load(to), f32.load(from)))
              f.advance(to, p.stepTo)
              f.advance(from, 4)
              return tee(left, i32.sub(left, 1))
            })
          })
          f.advance(row, p.rowTo)
        })
      })
      f.advance(p.Gradient, p.planeGradient)
      f.advance(p.To, p.planeTo)
    })
  })
}
