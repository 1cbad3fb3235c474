// What a point-wise operation computes, as data: expressions over the numbers at one place of its arrays. A body is written
// with their methods, `x.times(0.5).plus(y.exp())`, and frozen as a formula. Back ends compile it, and derivative.ts
// differentiates it. Real numbers only; complex ones are pairs (pointwise.ts).

/** Functions of one number. `sign` of 0, −0 and NaN is that number; `sigmoid` is 1/(1 + e⁻ˣ). */
export type UnaryOperator = 'neg' | 'abs' | 'sign' | 'sqrt' | 'exp' | 'log' | 'sin' | 'cos' | 'tanh' | 'sigmoid' | 'erf'

/**
 * Functions of two numbers. `min` and `max` are NaN if either number is; comparisons are 1 or 0; `pow` is JavaScript's a ** b.
 */
export type BinaryOperator = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pow' | 'lt' | 'le' | 'eq'

/** What is computed from arguments; `select(c, a, b)` is b where c is 0, else a. Back ends have code for each. */
export type Computed = UnaryOperator | BinaryOperator | 'select'

/** What can stand in a formula. */
export type Operator = 'input' | 'parameter' | 'constant' | Computed

/** An expression, or a number that stands for a constant. */
export type Term = Expression | number

/**
 * A number computed from the inputs and parameters of a formula. Literals of 0 and 1 follow the rules of algebra: 0·x is 0 and
 * x + 0 is x, whatever x is.
 */
export class Expression {
  /** What is done; `input`, `parameter` and `constant` are leaves. */
  readonly op: Operator
  /** What it is done to, in order. */
  readonly args: readonly Expression[]
  /** Which input or parameter it is, or the constant. */
  readonly value: number

  constructor(op: Operator, args: readonly Expression[], value = 0) {
    this.op = op
    this.args = args
    this.value = value
  }

  /** Whether it is this constant. */
  is(value: number): boolean {
    return this.op === 'constant' && this.value === value
  }

  /** x + y */
  plus(y: Term): Expression {
    const b = term(y)
    if (b.is(0)) return this
    return this.is(0) ? b : new Expression('add', [this, b])
  }
  /** x − y */
  minus(y: Term): Expression {
    const b = term(y)
    if (b.is(0)) return this
    return this.is(0) ? b.neg() : new Expression('sub', [this, b])
  }
  /** x · y */
  times(y: Term): Expression {
    const b = term(y)
    if (this.is(0) || b.is(1)) return this
    return this.is(1) || b.is(0) ? b : new Expression('mul', [this, b])
  }
  /** x / y */
  over(y: Term): Expression {
    const b = term(y)
    return this.is(0) || b.is(1) ? this : new Expression('div', [this, b])
  }
  /** x to the power y */
  pow(y: Term): Expression {
    const b = term(y)
    if (b.is(0)) return constant(1)
    if (b.is(1)) return this
    return b.is(2) ? this.square() : new Expression('pow', [this, b])
  }
  /** The smaller of x and y. */
  min(y: Term): Expression {
    return new Expression('min', [this, term(y)])
  }
  /** The larger of x and y. */
  max(y: Term): Expression {
    return new Expression('max', [this, term(y)])
  }
  /** 1 where x < y, else 0. */
  lt(y: Term): Expression {
    return new Expression('lt', [this, term(y)])
  }
  /** 1 where x ≤ y, else 0. */
  le(y: Term): Expression {
    return new Expression('le', [this, term(y)])
  }
  /** 1 where x > y, else 0. */
  gt(y: Term): Expression {
    return term(y).lt(this)
  }
  /** 1 where x ≥ y, else 0. */
  ge(y: Term): Expression {
    return term(y).le(this)
  }
  /** 1 where x = y, else 0. */
  eq(y: Term): Expression {
    return new Expression('eq', [this, term(y)])
  }
  /** `b` where x is 0, else `a`: x is a condition. */
  select(a: Term, b: Term): Expression {
    return new Expression('select', [this, term(a), term(b)])
  }
  /** −x */
  neg(): Expression {
    if (this.op === 'neg') return this.args[0]
    return this.op === 'constant' ? constant(-this.value) : new Expression('neg', [this])
  }
  /** |x| */
  abs(): Expression {
    return new Expression('abs', [this])
  }
  /** −1, 0 or 1 */
  sign(): Expression {
    return new Expression('sign', [this])
  }
  /** x² */
  square(): Expression {
    return this.times(this)
  }
  /** √x */
  sqrt(): Expression {
    return new Expression('sqrt', [this])
  }
  /** eˣ */
  exp(): Expression {
    return new Expression('exp', [this])
  }
  /** Natural logarithm. */
  log(): Expression {
    return new Expression('log', [this])
  }
  /** sin x */
  sin(): Expression {
    return new Expression('sin', [this])
  }
  /** cos x */
  cos(): Expression {
    return new Expression('cos', [this])
  }
  /** tanh x */
  tanh(): Expression {
    return new Expression('tanh', [this])
  }
  /** 1/(1 + e⁻ˣ) */
  sigmoid(): Expression {
    return new Expression('sigmoid', [this])
  }
  /** The error function, 2/√π · ∫₀ˣ e^(−t²) dt. */
  erf(): Expression {
    return new Expression('erf', [this])
  }
}

/** A number as an expression. */
export const constant = (value: number): Expression => new Expression('constant', [], value)

/** Input number `index` of a formula. */
export const input = (index: number): Expression => new Expression('input', [], index)

/** Parameter number `index` of a formula. */
export const parameter = (index: number): Expression => new Expression('parameter', [], index)

const term = (x: Term): Expression => (typeof x === 'number' ? constant(x) : x)
