// Pooling of planes of any strides, single precision, and its gradients. A window is the product of its rows and columns: rows
// are joined into a line first, then the columns of each window, so that both run in vectors.
import { type Expr, type FunctionBuilder, type Local, Module, type Operand, f32, f32x4, i32, tee, v128 } from './assembler.ts'

/** A line holds this many numbers more than its windows reach, for loads of whole vectors. */
export const LINE_SLACK = 8

const windowParameters = {
  planes: 'i32',
  height: 'i32',
  width: 'i32',
  outHeight: 'i32',
  outWidth: 'i32',
  sizeY: 'i32',
  sizeX: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  padY: 'i32',
  padX: 'i32',
} as const

const imageParameters = <Name extends string>(name: Name) =>
  ({ [name]: 'i32', [`plane${name}`]: 'i32', [`row${name}`]: 'i32', [`step${name}`]: 'i32' }) as Record<
    Name | `plane${Name}` | `row${Name}` | `step${Name}`,
    'i32'
  >

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

const maxGradientParameters = {
  ...windowParameters,
  ...imageParameters('X'),
  ...imageParameters('Out'),
  ...imageParameters('Gradient'),
  ...imageParameters('To'),
} as const

const averageGradientParameters = {
  ...windowParameters,
  ...imageParameters('Gradient'),
  ...imageParameters('To'),
  line: 'i32',
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

type Numbers = Local<'i32'>

const atLeast = (f: FunctionBuilder, value: Numbers, least: Operand<'i32'>): void =>
  f.if(i32.ltS(value, least), () => f.set(value, least))
const atMost = (f: FunctionBuilder, value: Numbers, most: Operand<'i32'>): void =>
  f.if(i32.gtS(value, most), () => f.set(value, most))

/** First pixel and the one behind the last of window `o` along an axis. */
function span(f: FunctionBuilder, o: Numbers, size: Numbers, stride: Numbers, pad: Numbers, length: Numbers): [Numbers, Numbers] {
  const first = f.let(i32.sub(i32.mul(o, stride), pad))
  const last = f.let(i32.add(first, size))
  atLeast(f, first, 0)
  atMost(f, last, length)
  return [first, last]
}

/** Vectors along 0 … n − 1, the last overlapping the one before it; numbers one by one where n < 4 or `vectors` is 0. */
function along(
  f: FunctionBuilder,
  n: Numbers,
  vectors: Operand<'i32'>,
  four: (first: Numbers) => void,
  one: (index: Numbers) => void,
): void {
  f.if(
    i32.and(i32.geS(n, 4), vectors),
    () => {
      const last = f.let(i32.sub(n, 4))
      const first = f.local('i32')
      f.set(first, 0)
      f.loop((again) => {
        four(first)
        f.if(i32.ltS(first, last), () => {
          f.advance(first, 4)
          atMost(f, first, last)
          f.br(again)
        })
      })
    },
    () => f.forRange(0, n, 1, one),
  )
}

const bytes = (index: Expr<'i32'>): Expr<'i32'> => i32.shl(index, 2)

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

function maxPoolGradient(module: Module): void {
  module.function('maxPoolGradient', { params: maxGradientParameters }, (f, p) => {
    const equals = (value: Numbers, ...others: Operand<'i32'>[]): Expr<'i32'> =>
      others.map((other) => i32.eq(value, other)).reduce((a, b) => i32.and(a, b))
    const two = i32.const(2)
    const pairs = [p.sizeY, p.sizeX, p.strideY, p.strideX].map((value) => i32.eq(value, two))
    const whole = [
      ...pairs,
      i32.eqz(i32.or(p.padY, p.padX)),
      i32.eq(i32.shl(p.outHeight, 1), p.height),
      i32.eq(i32.shl(p.outWidth, 1), p.width),
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

type MaxGradientLocals = { readonly [K in keyof typeof maxGradientParameters]: Numbers }

/** Windows of 2 × 2 side by side that fill the plane, four at a time. */
function pairsOfPlane(f: FunctionBuilder, p: MaxGradientLocals): void {
  const [x, out, gradient, to] = [p.X, p.Out, p.Gradient, p.To].map((start) => f.let(start)) as [Numbers, Numbers, Numbers, Numbers]
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
    f.advance(x, i32.shl(p.rowX, 1))
    f.advance(to, i32.shl(p.rowTo, 1))
    f.advance(out, p.rowOut)
    f.advance(gradient, p.rowGradient)
  })
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

function averagePoolGradient(module: Module): void {
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
