// The arithmetic of Fourier kernels while they are being written: vectors of four lanes whose sign is known to the
// generator, and complex numbers that carry a factor still to be applied. Negation, multiplication by ±i and by constants
// cost nothing here; they end in the sign or the constant of a later addition, which becomes a multiply–add.
import { type Expr, type FunctionBuilder, Local, f32x4, v128 } from '../assembler/assembler.ts'

/** The vector `value`, or its negative. */
export interface Signed {
  readonly value: Expr<'v128'>
  readonly negative: boolean
}

/** scale·(re + i·im), one complex number to a lane. */
export interface Complex {
  readonly re: Signed
  readonly im: Signed
  readonly scale: number
  /** Known to be zero while the kernel is written: sums with it and its multiples cost nothing. */
  readonly zero?: true
}

/** −a, for nothing. */
export const negate = ({ value, negative }: Signed): Signed => ({ value, negative: !negative })

/** sign·i·z, for nothing. */
export const timesI = ({ re, im, scale, zero }: Complex, sign: -1 | 1): Complex =>
  sign > 0 ? { re: negate(im), im: re, scale, ...only(zero) } : { re: im, im: negate(re), scale, ...only(zero) }

/** factor·z, for nothing. */
export const scaled = (z: Complex, factor: number): Complex => ({ ...z, scale: z.scale * factor })

const opposite = ({ re, im, scale, zero }: Complex): Complex => ({
  re: negate(re),
  im: negate(im),
  scale,
  ...only(zero),
})

const only = (zero: true | undefined): { zero?: true } => (zero ? { zero } : {})

/** Emits vector arithmetic into one function, with variables that are used again once their block is over. */
export class Vectors {
  readonly f: FunctionBuilder
  /** Relaxed multiply–add (rounds once where the machine does), or multiply, then add: the same bits everywhere. */
  readonly relaxed: boolean
  readonly #constant: (value: number) => number
  readonly #variables: Local<'v128'>[] = []
  #used = 0

  /** `constant` gives the address of a single-precision constant. */
  constructor(f: FunctionBuilder, relaxed: boolean, constant: (value: number) => number) {
    this.f = f
    this.relaxed = relaxed
    this.#constant = constant
  }

  /** Variables that are set inside are free again behind it. */
  block(body: () => void): void {
    const mark = this.#used
    body()
    this.#used = mark
  }

  /** A variable that holds the value. */
  keep(value: Expr<'v128'>): Local<'v128'> {
    if (value instanceof Local) return value as Local<'v128'>
    if (this.#used === this.#variables.length) this.#variables.push(this.f.local('v128'))
    const variable = this.#variables[this.#used++]!
    this.f.set(variable, value)
    return variable
  }

  /** The constant in every lane. Read from memory, which V8 does faster than it builds a constant. */
  constant(value: number): Expr<'v128'> {
    return v128.load32Splat(0, this.#constant(value))
  }

  /** A complex number from two vectors. */
  complex(re: Expr<'v128'>, im: Expr<'v128'>): Complex {
    return {
      re: { value: this.keep(re), negative: false },
      im: { value: this.keep(im), negative: false },
      scale: 1,
    }
  }

  /** The number as two plain vectors: sign and scale are applied. */
  parts(z: Complex): { re: Expr<'v128'>; im: Expr<'v128'> } {
    if (z.scale === 1) return { re: plain(z.re), im: plain(z.im) }
    const factor = this.keep(this.constant(z.scale))
    return { re: plain(this.#times(factor, z.re)), im: plain(this.#times(factor, z.im)) }
  }

  /** 0 in every lane, known as such. */
  zero(): Complex {
    const part = { value: this.keep(this.constant(0)), negative: false }
    return { re: part, im: part, scale: 1, zero: true }
  }

  /** a + b, with a's scale, or b's where a is known to be zero. */
  plus(a: Complex, b: Complex): Complex {
    if (b.zero) return a
    if (a.zero) return b
    if (a.scale === b.scale) return { re: this.#sum(a.re, b.re), im: this.#sum(a.im, b.im), scale: a.scale }
    const ratio = this.keep(this.constant(b.scale / a.scale))
    return { re: this.#multiplyAdd(ratio, b.re, a.re), im: this.#multiplyAdd(ratio, b.im, a.im), scale: a.scale }
  }

  /** a − b, with a's scale. */
  minus(a: Complex, b: Complex): Complex {
    return this.plus(a, opposite(b))
  }

  /** [a + b, a − b]. */
  butterfly(a: Complex, b: Complex): [Complex, Complex] {
    if (this.relaxed || a.scale === b.scale || a.zero || b.zero) return [this.plus(a, b), this.minus(a, b)]
    // Without a fused form, one product serves both.
    const ratio = this.keep(this.constant(b.scale / a.scale))
    const same = { re: this.#times(ratio, b.re), im: this.#times(ratio, b.im), scale: a.scale }
    return [this.plus(a, same), this.minus(a, same)]
  }

  /** e^{2πi·turn}·z. The larger of cosine and sine is taken out as a scale, so that two multiply–adds remain. */
  rotate(z: Complex, turn: number): Complex {
    if (z.zero) return z
    const eighths = turn * 8
    if (Number.isInteger(eighths)) return this.#rotateByEighths(z, ((eighths % 8) + 8) % 8)
    const [c, s] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)]
    return Math.abs(c) >= Math.abs(s)
      ? scaled(this.plus(z, timesI(scaled(z, s / c), 1)), c)
      : scaled(this.plus(timesI(z, 1), scaled(z, c / s)), s)
  }

  /** (re + i·im)·z with vectors from a table. */
  multiply(z: Complex, re: Expr<'v128'>, im: Expr<'v128'>): Complex {
    const [a, b] = [this.keep(re), this.keep(im)]
    return {
      re: this.#multiplyAdd(b, negate(z.im), this.#times(a, z.re)),
      im: this.#multiplyAdd(b, z.re, this.#times(a, z.im)),
      scale: z.scale,
    }
  }

  /** weight·(re + i·im), or of its conjugate, added to `sum`. */
  weighted(
    weight: Expr<'v128'>,
    re: Expr<'v128'>,
    im: Expr<'v128'>,
    conjugated: boolean,
    sum: Complex | null,
  ): Complex {
    const parts = { re: { value: re, negative: false }, im: { value: im, negative: conjugated } }
    if (sum === null) return { re: this.#times(weight, parts.re), im: this.#times(weight, parts.im), scale: 1 }
    return {
      re: this.#multiplyAdd(weight, parts.re, sum.re),
      im: this.#multiplyAdd(weight, parts.im, sum.im),
      scale: sum.scale,
    }
  }

  /** a·b + c on vectors. */
  multiplyAdd(a: Expr<'v128'>, b: Expr<'v128'>, c: Expr<'v128'>): Expr<'v128'> {
    return this.relaxed ? f32x4.relaxedMadd(a, b, c) : f32x4.add(c, f32x4.mul(a, b))
  }

  /** c − a·b on vectors. */
  multiplySubtract(a: Expr<'v128'>, b: Expr<'v128'>, c: Expr<'v128'>): Expr<'v128'> {
    return this.relaxed ? f32x4.relaxedNmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b))
  }

  #rotateByEighths(z: Complex, eighths: number): Complex {
    const turned = [z, timesI(z, 1), opposite(z), timesI(z, -1)][eighths >> 1]!
    return eighths % 2 === 0 ? turned : scaled(this.plus(turned, timesI(turned, 1)), Math.SQRT1_2)
  }

  #times(factor: Expr<'v128'>, { value, negative }: Signed): Signed {
    return { value: this.keep(f32x4.mul(factor, value)), negative }
  }

  #sum(a: Signed, b: Signed): Signed {
    if (a.negative === b.negative) return { value: this.keep(f32x4.add(a.value, b.value)), negative: a.negative }
    const [positive, negative] = a.negative ? [b, a] : [a, b]
    return { value: this.keep(f32x4.sub(positive.value, negative.value)), negative: false }
  }

  #multiplyAdd(factor: Expr<'v128'>, b: Signed, c: Signed): Signed {
    const combine = b.negative === c.negative ? this.multiplyAdd : this.multiplySubtract
    return { value: this.keep(combine.call(this, factor, b.value, c.value)), negative: c.negative }
  }
}

const plain = ({ value, negative }: Signed): Expr<'v128'> => (negative ? f32x4.neg(value) : value)
