// Minimal filtering along one axis (Winograd, Toom–Cook): m outputs of a filter of r elements from n = m + r − 1 inputs by n
// products instead of m·r. Y = Aᵀ[(G w) ⊙ (Bᵀ d)], and the gradient by the filter is Gᵀ[(A y) ⊙ (Bᵀ d)]. A and G evaluate
// polynomials at n points, the last one at infinity (the highest coefficient); Bᵀ depends on the points only.
// Sources: Lavin & Gray (2016), "Fast algorithms for convolutional neural networks"; for six points, those of ncnn's F(4, 3).
// Without the last input and the last output, the point at infinity is not needed: m − 1 outputs from n − 1 inputs.
import { type Expr, type FunctionBuilder, type Local, f32x4, v128 } from '../assembler/assembler.ts'

type Vector = Local<'v128'>

/** Outputs of a whole tile along an axis, and elements of the filter. */
export interface Scheme {
  readonly outputs: number
  readonly taps: number
}

/** The schemes that there are, by their usual names. */
export const schemes: Readonly<Record<'F(2,3)' | 'F(4,3)' | 'F(2,5)', Scheme>> = {
  'F(2,3)': { outputs: 2, taps: 3 },
  'F(4,3)': { outputs: 4, taps: 3 },
  'F(2,5)': { outputs: 2, taps: 5 },
}

/** Points of a tile along an axis. */
export const pointsOf = ({ outputs, taps }: Scheme): number => outputs + taps - 1

/** Sums of vectors with constant factors, each a new variable. */
export interface Sums {
  readonly add: (a: Vector, b: Vector) => Vector
  readonly subtract: (a: Vector, b: Vector) => Vector
  /** a + factor·b */
  readonly plus: (a: Vector, factor: number, b: Vector) => Vector
  readonly times: (factor: number, a: Vector) => Vector
}

/** Sums in one function, which keeps the constants in variables from here on. */
export function sumsIn(f: FunctionBuilder, relaxed: boolean, constants: readonly number[]): Sums {
  const kept = new Map(constants.map((value) => [value, f.let(splat(value))]))
  const of = (value: number): Expr<'v128'> => kept.get(value) ?? splat(value)
  const add = (a: Expr<'v128'>, b: Expr<'v128'>): Vector => f.let(f32x4.add(a, b))
  const subtract = (a: Expr<'v128'>, b: Expr<'v128'>): Vector => f.let(f32x4.sub(a, b))
  return {
    add,
    subtract,
    times: (factor, a) => f.let(f32x4.mul(a, of(factor))),
    plus: (a, factor, b) => {
      if (Math.abs(factor) === 1) return factor > 0 ? add(a, b) : subtract(a, b)
      const size = of(Math.abs(factor))
      if (!relaxed) return factor > 0 ? add(a, f32x4.mul(b, size)) : subtract(a, f32x4.mul(b, size))
      return f.let(factor > 0 ? f32x4.relaxedMadd(b, size, a) : f32x4.relaxedNmadd(b, size, a))
    },
  }
}

function splat(value: number): Expr<'v128'> {
  return v128.const(new Uint8Array(new Float32Array(4).fill(value).buffer))
}

/** A linear map of some vectors to others. */
export type Transform = (sums: Sums, from: readonly Vector[]) => Vector[]

/** The transforms of one axis. Those with a shorter list of inputs are of the tile without its last output. */
export interface AxisTransforms {
  /** What they multiply by. */
  readonly constants: readonly number[]
  /** Bᵀ: inputs to points. */
  readonly image: Transform
  /** Aᵀ: points to outputs. */
  readonly result: Transform
  /** A: gradients by the outputs to points. */
  readonly gradient: Transform
  /** G: the filter to points, always all of them. */
  readonly filter: Transform
  /** Gᵀ: points, all of them, to the filter. */
  readonly filterGradient: Transform
}

/** The transforms of a scheme. */
export const axisTransforms = (scheme: Scheme): AxisTransforms => (pointsOf(scheme) === 4 ? four : sixPoints(scheme))

/** F(2, 3) with the points 0, 1, −1, ∞. */
const four: AxisTransforms = {
  constants: [0.5],
  image: ({ add, subtract }, [d0, d1, d2, d3]) => [
    subtract(d0!, d2!),
    add(d1!, d2!),
    subtract(d2!, d1!),
    ...(d3 ? [subtract(d3, d1!)] : []),
  ],
  result: ({ add, subtract }, [m0, m1, m2, m3]) => [
    add(add(m0!, m1!), m2!),
    ...(m3 ? [add(subtract(m1!, m2!), m3)] : []),
  ],
  gradient: ({ add, subtract }, [y0, y1]) => (y1 ? [y0!, add(y0!, y1), subtract(y0!, y1), y1] : [y0!, y0!, y0!]),
  filter: ({ add, plus, times }, [w0, w1, w2]) => {
    const even = times(0.5, add(w0!, w2!))
    return [w0!, plus(even, 0.5, w1!), plus(even, -0.5, w1!), w2!]
  },
  filterGradient: ({ add, subtract, plus, times }, [u0, u1, u2, u3]) => {
    const even = add(u1!, u2!)
    return [plus(u0!, 0.5, even), times(0.5, subtract(u1!, u2!)), plus(u3!, 0.5, even)]
  },
}

/** The points 0, ±√½, ±√2, ∞: of the known choices those with the smallest errors. */
const PAIRS = [Math.SQRT1_2, Math.SQRT2] as const
/** 1 / ∏ (p − q) over the other finite points q, for both of a pair. */
const WEIGHTS = [-2 / 3, 1 / 6] as const

/** F(m, r) with m + r = 7. */
function sixPoints({ outputs, taps }: Scheme): AxisTransforms {
  const powers = PAIRS.flatMap((p) => Array.from({ length: 5 }, (_, k) => p ** k))
  const weighted = PAIRS.flatMap((p, i) => Array.from({ length: 5 }, (_, k) => Math.abs(WEIGHTS[i]!) * p ** k))
  return {
    constants: [...new Set([2.5, ...powers, ...weighted])].filter((value) => value !== 1),
    image: ({ add, plus }, [d0, d1, d2, d3, d4, d5]) => {
      const [a, b] = PAIRS
      const [even1, odd1] = [plus(d4!, -(b ** 2), d2!), plus(d3!, -(b ** 2), d1!)]
      const [even2, odd2] = [plus(d4!, -(a ** 2), d2!), plus(d3!, -(a ** 2), d1!)]
      return [
        plus(add(d0!, d4!), -2.5, d2!),
        plus(even1, a, odd1),
        plus(even1, -a, odd1),
        plus(even2, b, odd2),
        plus(even2, -b, odd2),
        ...(d5 ? [plus(add(d1!, d5), -2.5, d3!)] : []),
      ]
    },
    result: (sums, m) => coefficients(sums, m, m.length === 6 ? outputs : outputs - 1, [1, 1]),
    gradient: (sums, y) => evaluated(sums, y, [1, 1], y.length === outputs),
    filter: (sums, w) => evaluated(sums, w, WEIGHTS, true),
    filterGradient: (sums, u) => coefficients(sums, u, taps, WEIGHTS),
  }
}

/** The polynomial with some coefficients at the points, at those of a pair times its weight; at infinity if that is wanted. */
function evaluated(
  sums: Sums,
  coefficient: readonly Vector[],
  weights: readonly [number, number],
  infinity: boolean,
): Vector[] {
  const combined = (p: number, first: 0 | 1, weight: number): Vector | null => {
    const terms = coefficient.flatMap((value, k) =>
      k % 2 === first ? [[value, weight * p ** (k - first)] as const] : [],
    )
    return terms.reduce<Vector | null>(
      (sum, [value, factor]) =>
        sum !== null ? sums.plus(sum, factor, value) : factor === 1 ? value : sums.times(factor, value),
      null,
    )
  }
  const pairs = PAIRS.flatMap((p, i) => {
    const [even, odd] = [combined(p, 0, weights[i]!)!, combined(p, 1, 1)]
    const factor = weights[i]! * p
    return odd === null ? [even, even] : [sums.plus(even, factor, odd), sums.plus(even, -factor, odd)]
  })
  return [coefficient[0]!, ...pairs, ...(infinity ? [coefficient.at(-1)!] : [])]
}

/** The adjoint: `count` coefficients from the points, without that at infinity where it is not given. */
function coefficients(
  sums: Sums,
  point: readonly Vector[],
  count: number,
  weights: readonly [number, number],
): Vector[] {
  const [m0, m1, m2, m3, m4, m5] = point
  const pairs = [
    [sums.add(m1!, m2!), sums.subtract(m1!, m2!)],
    [sums.add(m3!, m4!), sums.subtract(m3!, m4!)],
  ] as const
  return Array.from({ length: count }, (_, k) => {
    const own = k === 0 ? m0! : k === count - 1 && m5 ? m5 : null
    return PAIRS.reduce<Vector | null>((sum, p, i) => {
      const [value, factor] = [pairs[i]![k % 2]!, weights[i]! * p ** k]
      return sum !== null ? sums.plus(sum, factor, value) : factor === 1 ? value : sums.times(factor, value)
    }, own)!
  })
}
