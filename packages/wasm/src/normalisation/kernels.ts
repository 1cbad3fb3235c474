// Batch and local response normalisation, single precision. One channel (or one image) at a time, over rows of numbers of any
// step: in vectors where all steps are of one number. Moments are summed in double precision.
import {
  type Expr,
  type FunctionBuilder,
  type Local,
  Module,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  v128,
} from '../assembler/assembler.ts'
import { single } from '../assembler/precision.ts'
import { approximateUnary } from '../elementwise/vector-functions.ts'

type Numbers = Local<'i32'>
type Vector = Local<'v128'>

const array = <Name extends string>(name: Name) =>
  ({ [name]: 'i32', [`row${name}`]: 'i32', [`step${name}`]: 'i32' }) as Record<
    Name | `row${Name}` | `step${Name}`,
    'i32'
  >

const sizes = { rows: 'i32', n: 'i32' } as const
const moments = { mean: 'i32', variance: 'i32' } as const

const momentsParameters = { ...sizes, ...array('X'), ...moments } as const

const gradientParameters = {
  ...sizes,
  ...array('X'),
  ...array('Gradient'),
  /** 0 where none of these is wanted. */
  ...array('To'),
  ...moments,
  scale: 'i32',
  gradScale: 'i32',
  gradShift: 'i32',
  epsilon: 'f64',
  /** Not 0: the moments are constants. */
  frozen: 'i32',
} as const

const responseSizes = {
  ...sizes,
  channels: 'i32',
  /** Channels on either side. */
  half: 'i32',
  floor: 'f32',
  alpha: 'f32',
  beta: 'f32',
} as const

const responseParameters = {
  ...responseSizes,
  ...array('X'),
  channelX: 'i32',
  ...array('Out'),
  channelOut: 'i32',
} as const

const responseGradientParameters = {
  ...responseSizes,
  ...array('X'),
  channelX: 'i32',
  ...array('Gradient'),
  channelGradient: 'i32',
  ...array('To'),
  channelTo: 'i32',
  /** Room for 32 bytes to a channel. */
  scratch: 'i32',
} as const

/** The kernels of the module; those with `34` are for β = 3/4. */
export type NormalisationKernel =
  | 'moments'
  | 'normaliseGradient'
  | 'response'
  | 'response34'
  | 'responseGradient'
  | 'responseGradient34'

/** Names of a kernel's parameters, in order. */
export const normalisationParameters: Readonly<Record<NormalisationKernel, readonly string[]>> = {
  moments: Object.keys(momentsParameters),
  normaliseGradient: Object.keys(gradientParameters),
  response: Object.keys(responseParameters),
  response34: Object.keys(responseParameters),
  responseGradient: Object.keys(responseGradientParameters),
  responseGradient34: Object.keys(responseGradientParameters),
}

/** Emits all of them. */
export function normalisationModule(shared: boolean): Module {
  const module = new Module({ shared })
  momentsKernel(module)
  gradientKernel(module)
  for (const threeQuarters of [false, true]) {
    responseKernel(module, threeQuarters)
    responseGradientKernel(module, threeQuarters)
  }
  return module
}

/** An array on its way through a loop: where it begins, and bytes from row to row and from number to number. */
type Walk = readonly [start: Numbers, row: Numbers, step: Numbers]

/**
 * Calls `body(count, ...pointers)` for four numbers side by side (4) or for one (1), along all rows of arrays of one shape.
 */
function forEachNumber(
  f: FunctionBuilder,
  { rows, n }: { readonly rows: Numbers; readonly n: Numbers },
  walks: readonly Walk[],
  body: (count: 4 | 1, ...at: Numbers[]) => void,
): void {
  const starts = walks.map(([start]) => f.let(start))
  const vectors = f.let(walks.map(([, , step]) => i32.eq(step, 4)).reduce((a, b) => i32.and(a, b)))
  f.forRange(0, rows, 1, () => {
    const at = starts.map((start) => f.let(start))
    const left = f.let(n)
    f.if(vectors, () => {
      f.forRange(3, n, 4, () => {
        body(4, ...at)
        for (const pointer of at) f.advance(pointer, 16)
      })
      f.set(left, i32.and(n, 3))
    })
    f.forRange(0, left, 1, () => {
      body(1, ...at)
      for (const [i, pointer] of at.entries()) f.advance(pointer, walks[i]![2])
    })
    for (const [i, start] of starts.entries()) f.advance(start, walks[i]![1])
  })
}

const load = (f: FunctionBuilder, count: 4 | 1, at: Numbers): Vector =>
  f.let(count === 4 ? v128.load(at) : v128.load32Splat(at))

function store(f: FunctionBuilder, count: 4 | 1, at: Numbers, value: Expr<'v128'>): void {
  if (count === 4) f.store(at, value)
  else f.storeLane(32, at, value, 0)
}

/** The numbers at an address in double precision, two to a vector; of a single one the second is `filler`. */
const doubles = (f: FunctionBuilder, count: 4 | 1, at: Numbers): Vector[] =>
  count === 4
    ? [0, 8].map((half) => f.let(f64x2.promoteLowF32x4(v128.load64Zero(at, half))))
    : [f.let(f64x2.promoteLowF32x4(v128.load32Zero(at)))]

const total = (parts: readonly Vector[]): Expr<'f64'> =>
  parts.map((part) => f64.add(f64x2.extractLane(part, 0), f64x2.extractLane(part, 1))).reduce((a, b) => f64.add(a, b))

const zeros = (f: FunctionBuilder, count: number): Vector[] => {
  const vectors = f.locals('v128', count)
  for (const vector of vectors) f.set(vector, v128.const(new Uint8Array(16)))
  return vectors
}

const loadDouble = (address: Numbers): Expr<'f64'> => f64.promoteF32(f32.load(address))

/** The number at an address, or another where the address is 0. */
function optional(f: FunctionBuilder, address: Numbers, otherwise: number): Local<'f64'> {
  const value = f.local('f64')
  f.if(
    address,
    () => f.set(value, loadDouble(address)),
    () => f.set(value, otherwise),
  )
  return value
}

/** Sums of x − c and of their squares in one pass, c being the first number: Σ(x − c)² is at most n + 1 times Σ(x − mean)². */
function momentsKernel(module: Module): void {
  module.function('moments', { params: momentsParameters }, (f, p) => {
    const count = f.let(f64.mul(f64.convertI32S(p.rows), f64.convertI32S(p.n)))
    const origin = f.let(loadDouble(p.X))
    // an infinite one would make all others NaN
    f.if(f64.ne(f64.sub(origin, origin), 0), () => f.set(origin, 0))
    const center = f.let(f64x2.splat(origin))
    const [sums, squares] = [zeros(f, 2), zeros(f, 2)]
    forEachNumber(f, p, [[p.X, p.rowX, p.stepX]], (four, x) => {
      for (const [i, value] of doubles(f, four, x!).entries()) {
        const difference = f64x2.sub(value, center)
        // The second lane of a single number is empty.
        const distance = f.let(four === 4 ? difference : firstLane(difference))
        f.set(sums[i]!, f64x2.add(sums[i]!, distance))
        f.set(squares[i]!, f64x2.add(squares[i]!, f64x2.mul(distance, distance)))
      }
    })
    const mean = f.let(f64.div(total(sums), count))
    const variance = f64.sub(f64.div(total(squares), count), f64.mul(mean, mean))
    f.store(p.mean, f32.demoteF64(f64.add(origin, mean)))
    f.store(p.variance, f32.demoteF64(f64.max(variance, f64.const(0))))
  })
}

const firstLane = (value: Expr<'v128'>): Expr<'v128'> => f64x2.replaceLane(value, 1, 0)

function gradientKernel(module: Module): void {
  module.function('normaliseGradient', { params: gradientParameters }, (f, p) => {
    const count = f.let(f64.mul(f64.convertI32S(p.rows), f64.convertI32S(p.n)))
    const walks: Walk[] = [
      [p.X, p.rowX, p.stepX],
      [p.Gradient, p.rowGradient, p.stepGradient],
    ]
    const mean = f.let(loadDouble(p.mean))
    const inverse = f.let(f64.div(1, f64.sqrt(f64.add(loadDouble(p.variance), p.epsilon))))
    const center = f.let(f64x2.splat(mean))
    const sums = zeros(f, 2)
    const products = zeros(f, 2)
    forEachNumber(f, p, walks, (four, x, gradient) => {
      const values = doubles(f, four, x!)
      for (const [i, slope] of doubles(f, four, gradient!).entries()) {
        f.set(sums[i]!, f64x2.add(sums[i]!, slope))
        f.set(products[i]!, f64x2.add(products[i]!, f64x2.mul(slope, f64x2.sub(values[i]!, center))))
      }
    })
    const sum = f.let(total(sums))
    const product = f.let(f64.mul(total(products), inverse))
    f.if(p.gradShift, () => f.store(p.gradShift, f32.demoteF64(sum)))
    f.if(p.gradScale, () => f.store(p.gradScale, f32.demoteF64(product)))
    f.if(p.To, () => {
      const splat = (value: Expr<'f64'>): Vector => f.let(f32x4.splat(f32.demoteF64(value)))
      const factor = splat(f64.mul(optional(f, p.scale, 1), inverse))
      const [constant, slope] = zeros(f, 2) as [Vector, Vector]
      f.if(i32.eqz(p.frozen), () => {
        f.set(constant, f32x4.splat(f32.demoteF64(f64.div(sum, count))))
        f.set(slope, f32x4.splat(f32.demoteF64(f64.mul(f64.div(product, count), inverse))))
      })
      const middle = f.let(v128.load32Splat(p.mean))
      forEachNumber(f, p, [...walks, [p.To, p.rowTo, p.stepTo]], (four, x, gradient, to) => {
        const distance = f32x4.sub(load(f, four, x!), middle)
        const rest = f32x4.sub(f32x4.sub(load(f, four, gradient!), constant), f32x4.mul(slope, distance))
        store(f, four, to!, f32x4.mul(factor, rest))
      })
    })
  })
}

type ResponseLocals = {
  readonly channels: Numbers
  readonly half: Numbers
  readonly floor: Local<'f32'>
  readonly alpha: Local<'f32'>
  readonly beta: Local<'f32'>
  readonly channelX: Numbers
}

/** s^−β of a vector; the logarithm and exponential where β is not 3/4. */
function inversePower(f: FunctionBuilder, beta: Local<'f32'>, threeQuarters: boolean): (s: Vector) => Expr<'v128'> {
  if (threeQuarters) {
    const one = f.let(f32x4.splat(f32.const(1)))
    return (s) => {
      const root = f.let(f32x4.sqrt(s))
      return f32x4.div(one, f32x4.mul(root, f32x4.sqrt(root)))
    }
  }
  const exponent = f.let(f32x4.splat(f32.neg(beta)))
  const [exp, log] = [approximateUnary.exp(f, single), approximateUnary.log(f, single)]
  return (s) => exp(f.let(f32x4.mul(log(s), exponent)))
}

/** Prepares the neighbourhoods' sums: k + α Σ x² over the channels around c, `x` pointing to channel 0. */
function neighbourhoods(f: FunctionBuilder, p: ResponseLocals): (count: 4 | 1, x: Numbers, c: Numbers) => Vector {
  const alpha = f.let(f32x4.splat(p.alpha))
  const floor = f.let(f32x4.splat(p.floor))
  const sum = f.local('v128')
  return (count, x, c) => {
    f.set(sum, v128.const(new Uint8Array(16)))
    const [first, behind] = neighbours(f, p, c)
    const at = f.let(i32.add(x, i32.mul(first, p.channelX)))
    f.forRange(first, behind, 1, () => {
      const value = load(f, count, at)
      f.set(sum, f32x4.add(sum, f32x4.mul(value, value)))
      f.advance(at, p.channelX)
    })
    f.set(sum, f32x4.add(f32x4.mul(sum, alpha), floor))
    return sum
  }
}

/** The first neighbour of a channel and the channel behind the last. */
function neighbours(f: FunctionBuilder, { half, channels }: ResponseLocals, c: Numbers): [Numbers, Numbers] {
  const first = f.let(i32.sub(c, half))
  f.if(i32.ltS(first, 0), () => f.set(first, 0))
  const behind = f.let(i32.add(i32.add(c, half), 1))
  f.if(i32.gtS(behind, channels), () => f.set(behind, channels))
  return [first, behind]
}

function responseKernel(module: Module, threeQuarters: boolean): void {
  module.function(threeQuarters ? 'response34' : 'response', { params: responseParameters }, (f, p) => {
    const power = inversePower(f, p.beta, threeQuarters)
    const sumAround = neighbourhoods(f, p)
    forEachNumber(
      f,
      p,
      [
        [p.X, p.rowX, p.stepX],
        [p.Out, p.rowOut, p.stepOut],
      ],
      (count, x, out) => {
        const [from, to] = [f.let<'i32'>(x!), f.let<'i32'>(out!)]
        f.forRange(0, p.channels, 1, (c) => {
          const factor = f.let(power(sumAround(count, x!, c)))
          store(f, count, to, f32x4.mul(load(f, count, from), factor))
          f.advance(from, p.channelX)
          f.advance(to, p.channelOut)
        })
      },
    )
  })
}

function responseGradientKernel(module: Module, threeQuarters: boolean): void {
  const name = threeQuarters ? 'responseGradient34' : 'responseGradient'
  module.function(name, { params: responseGradientParameters }, (f, p) => {
    const power = inversePower(f, p.beta, threeQuarters)
    const sumAround = neighbourhoods(f, p)
    const weight = f.let(f32x4.splat(f32.mul(f32.const(2), f32.mul(p.alpha, p.beta))))
    const sum = f.local('v128')
    forEachNumber(
      f,
      p,
      [
        [p.X, p.rowX, p.stepX],
        [p.Gradient, p.rowGradient, p.stepGradient],
        [p.To, p.rowTo, p.stepTo],
      ],
      (count, x, gradient, out) => {
        const [from, slope, to] = [f.let<'i32'>(x!), f.let<'i32'>(gradient!), f.let<'i32'>(out!)]
        // For each channel s^−β, then g·x·s^(−β−1).
        const kept = f.let<'i32'>(p.scratch)
        f.forRange(0, p.channels, 1, (c) => {
          const s = sumAround(count, x!, c)
          const factor = f.let(power(s))
          f.store(kept, factor)
          const product = f32x4.mul(f32x4.mul(load(f, count, slope), load(f, count, from)), factor)
          f.store(kept, f32x4.div(product, s), 16)
          f.advance(from, p.channelX)
          f.advance(slope, p.channelGradient)
          f.advance(kept, 32)
        })
        f.set(from, x!)
        f.set(slope, gradient!)
        f.set(kept, p.scratch)
        f.forRange(0, p.channels, 1, (c) => {
          const [first, behind] = neighbours(f, p, c)
          const around = f.let(i32.add(p.scratch, i32.shl(first, 5)))
          f.set(sum, v128.const(new Uint8Array(16)))
          f.forRange(first, behind, 1, () => {
            f.set(sum, f32x4.add(sum, v128.load(around, 16)))
            f.advance(around, 32)
          })
          const direct = f32x4.mul(load(f, count, slope), v128.load(kept))
          store(f, count, to, f32x4.sub(direct, f32x4.mul(f32x4.mul(weight, load(f, count, from)), sum)))
          f.advance(from, p.channelX)
          f.advance(slope, p.channelGradient)
          f.advance(to, p.channelTo)
          f.advance(kept, 32)
        })
      },
    )
  })
}
