// Minimal filtering along one axis (Winograd, Toom–Cook): m outputs of a filter of 3 elements from m + 2 inputs by m + 2
// products instead of 3m. Y = Aᵀ[(G w) ⊙ (Bᵀ d)], and the gradient by the filter is Gᵀ[(A y) ⊙ (Bᵀ d)].
// Sources: Lavin & Gray (2016), "Fast algorithms for convolutional neural networks"; points as in `POINTS`.
// Without the last input and the last output, the point at infinity is not needed: m − 1 outputs from m + 1 inputs.
import { type Expr, type FunctionBuilder, type Local, f32x4, v128 } from '../assembler/assembler.ts'

type Vector = Local<'v128'>

/** Outputs of a whole tile along an axis: F(2, 3) with the points 0, ±1, ∞, or F(4, 3) with 0, ±√½, ±√2, ∞. */
export type TileSide = 2 | 4

/** Products along an axis for `outputs` outputs. */
export const pointsFor = (outputs: number): number => outputs + 2

/** Sums of vectors with constant factors, each a new variable. */
export interface Sums {
  readonly add: (a: Vector, b: Vector) => Vector
  readonly subtract: (a: Vector, b: Vector) => Vector
  /** a + factor·b */
  readonly plus: (a: Vector, factor: number, b: Vector) => Vector
  readonly times: (factor: number, a: Vector) => Vector
}

/** Sums in one function; each constant is kept in a variable from its first use, which must not lie in a branch. */
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
      const size = of(Math.abs(factor))
      if (!relaxed) return factor > 0 ? add(a, f32x4.mul(b, size)) : subtract(a, f32x4.mul(b, size))
      return f.let(factor > 0 ? f32x4.relaxedMadd(b, size, a) : f32x4.relaxedNmadd(b, size, a))
    },
  }
}

function splat(value: number): Expr<'v128'> {
  return v128.const(new Uint8Array(new Float32Array(4).fill(value).buffer))
}

/** The transforms of one axis. Those with a shorter list of inputs are of the tile without its last output. */
export interface AxisTransforms {
  /** Constants that `image`, `result`, `gradient`, `filter` and `filterGradient` multiply by. */
  readonly constants: Readonly<Record<keyof Omit<AxisTransforms, 'constants'>, readonly number[]>>
  /** Bᵀ: inputs to points. */
  readonly image: (sums: Sums, d: readonly Vector[]) => Vector[]
  /** Aᵀ: points to outputs. */
  readonly result: (sums: Sums, m: readonly Vector[]) => Vector[]
  /** A: gradients by the outputs to points. */
  readonly gradient: (sums: Sums, y: readonly Vector[]) => Vector[]
  /** G: the filter to points, always all of them. */
  readonly filter: (sums: Sums, w: readonly Vector[]) => Vector[]
  /** Gᵀ: points, all of them, to the filter. */
  readonly filterGradient: (sums: Sums, u: readonly Vector[]) => Vector[]
}

const r = Math.SQRT2

/** Points 0, 1, −1, ∞. */
const two: AxisTransforms = {
  constants: { image: [], result: [], gradient: [], filter: [0.5], filterGradient: [0.5] },
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

/** Points 0, ±√½, ±√2, ∞: of the known choices the one with the smallest errors. */
const four: AxisTransforms = {
  constants: {
    image: [2.5, 2, 0.5, r / 2, r],
    result: [r / 2, r, 0.5, 2, r / 4, 2 * r],
    gradient: [0.5, 2, r / 2, r],
    filter: [2 / 3, 1 / 3, r / 3, 1 / 6, r / 6],
    filterGradient: [2 / 3, 1 / 6, r / 3, r / 6, 1 / 3],
  },
  image: ({ add, plus }, [d0, d1, d2, d3, d4, d5]) => {
    const [even1, odd1] = [plus(d4!, -2, d2!), plus(d3!, -2, d1!)]
    const [even2, odd2] = [plus(d4!, -0.5, d2!), plus(d3!, -0.5, d1!)]
    return [
      plus(add(d0!, d4!), -2.5, d2!),
      plus(even1, r / 2, odd1),
      plus(even1, -r / 2, odd1),
      plus(even2, r, odd2),
      plus(even2, -r, odd2),
      ...(d5 ? [plus(add(d1!, d5), -2.5, d3!)] : []),
    ]
  },
  result: ({ add, subtract, plus, times }, [m0, m1, m2, m3, m4, m5]) => {
    const [even1, odd1] = [add(m1!, m2!), subtract(m1!, m2!)]
    const [even2, odd2] = [add(m3!, m4!), subtract(m3!, m4!)]
    return [
      add(m0!, add(even1, even2)),
      plus(times(r / 2, odd1), r, odd2),
      plus(times(0.5, even1), 2, even2),
      ...(m5 ? [plus(plus(m5, r / 4, odd1), 2 * r, odd2)] : []),
    ]
  },
  gradient: ({ plus }, [y0, y1, y2, y3]) => {
    const [even1, odd1] = [plus(y0!, 0.5, y2!), y3 ? plus(y1!, 0.5, y3) : y1!]
    const [even2, odd2] = [plus(y0!, 2, y2!), y3 ? plus(y1!, 2, y3) : y1!]
    return [
      y0!,
      plus(even1, r / 2, odd1),
      plus(even1, -r / 2, odd1),
      plus(even2, r, odd2),
      plus(even2, -r, odd2),
      ...(y3 ? [y3] : []),
    ]
  },
  filter: ({ plus, times }, [w0, w1, w2]) => {
    const even1 = plus(times(-2 / 3, w0!), -1 / 3, w2!)
    const even2 = plus(times(1 / 6, w0!), 1 / 3, w2!)
    return [
      w0!,
      plus(even1, -r / 3, w1!),
      plus(even1, r / 3, w1!),
      plus(even2, r / 6, w1!),
      plus(even2, -r / 6, w1!),
      w2!,
    ]
  },
  filterGradient: ({ add, subtract, plus, times }, [u0, u1, u2, u3, u4, u5]) => {
    const [even1, odd1] = [add(u1!, u2!), subtract(u1!, u2!)]
    const [even2, odd2] = [add(u3!, u4!), subtract(u3!, u4!)]
    return [
      plus(plus(u0!, -2 / 3, even1), 1 / 6, even2),
      plus(times(-r / 3, odd1), r / 6, odd2),
      plus(plus(u5!, -1 / 3, even1), 1 / 3, even2),
    ]
  },
}

/** The transforms of tiles of that many outputs along an axis. */
export const axisTransforms = (side: TileSide): AxisTransforms => (side === 2 ? two : four)
