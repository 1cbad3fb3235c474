// Quantities with methods: the form in which the body of a point-wise function is written, `x.times(0.5).plus(y.exp())`. Names all
// operators, so that a bundle with it holds them all.
import * as operators from './operators.ts'
import { type Loop, type Operator, type Quantity, is, literal } from './quantity.ts'

/** An expression, or a number that stands for a constant. */
export type Term = Expression | number

/**
 * A number computed from the inputs and parameters of a formula. Literals of 0 and 1 follow the rules of algebra: 0·x is 0 and
 * x + 0 is x, whatever x is.
 */
export class Expression implements Quantity {
  /** What is done; `input`, `parameter` and `constant` are leaves. */
  readonly op: Operator
  /** What it is done to, in order. */
  readonly args: readonly Expression[]
  /** Which input or parameter it is, or the constant. */
  readonly value: number
  /** How the reference does it; leaves have none. */
  readonly loop: Loop | undefined

  constructor({ op, args, value, loop }: Quantity) {
    this.op = op
    this.args = args.map(expression)
    this.value = value
    this.loop = loop
  }

  /** Whether it is this constant. */
  is(value: number): boolean {
    return is(this, value)
  }

  /** x + y */
  plus(y: Term): Expression {
    return expression(operators.plus(this, term(y)))
  }
  /** x − y */
  minus(y: Term): Expression {
    return expression(operators.minus(this, term(y)))
  }
  /** x · y */
  times(y: Term): Expression {
    return expression(operators.times(this, term(y)))
  }
  /** x / y */
  over(y: Term): Expression {
    return expression(operators.over(this, term(y)))
  }
  /** x to the power y */
  pow(y: Term): Expression {
    return expression(operators.power(this, term(y)))
  }
  /** The smaller of x and y. */
  min(y: Term): Expression {
    return expression(operators.smaller(this, term(y)))
  }
  /** The larger of x and y. */
  max(y: Term): Expression {
    return expression(operators.larger(this, term(y)))
  }
  /** 1 where x < y, else 0. */
  lt(y: Term): Expression {
    return expression(operators.less(this, term(y)))
  }
  /** 1 where x ≤ y, else 0. */
  le(y: Term): Expression {
    return expression(operators.atMost(this, term(y)))
  }
  /** 1 where x > y, else 0. */
  gt(y: Term): Expression {
    return expression(operators.less(term(y), this))
  }
  /** 1 where x ≥ y, else 0. */
  ge(y: Term): Expression {
    return expression(operators.atMost(term(y), this))
  }
  /** 1 where x = y, else 0. */
  eq(y: Term): Expression {
    return expression(operators.equal(this, term(y)))
  }
  /** `b` where x is 0, else `a`: x is a condition. */
  select(a: Term, b: Term): Expression {
    return expression(operators.select(this, term(a), term(b)))
  }
  /** −x */
  neg(): Expression {
    return expression(operators.negative(this))
  }
  /** |x| */
  abs(): Expression {
    return expression(operators.absolute(this))
  }
  /** −1, 0 or 1 */
  sign(): Expression {
    return expression(operators.sign(this))
  }
  /** x² */
  square(): Expression {
    return expression(operators.square(this))
  }
  /** √x */
  sqrt(): Expression {
    return expression(operators.root(this))
  }
  /** eˣ */
  exp(): Expression {
    return expression(operators.exp(this))
  }
  /** Natural logarithm. */
  log(): Expression {
    return expression(operators.log(this))
  }
  /** sin x */
  sin(): Expression {
    return expression(operators.sin(this))
  }
  /** cos x */
  cos(): Expression {
    return expression(operators.cos(this))
  }
  /** tanh x */
  tanh(): Expression {
    return expression(operators.tanh(this))
  }
  /** 1/(1 + e⁻ˣ) */
  sigmoid(): Expression {
    return expression(operators.sigmoid(this))
  }
  /** The error function, 2/√π · ∫₀ˣ e^(−t²) dt. */
  erf(): Expression {
    return expression(operators.erf(this))
  }
}

/** The quantity with methods. */
export const expression = (x: Quantity): Expression => (x instanceof Expression ? x : new Expression(x))

/** A number as an expression. */
export const constant = (value: number): Expression => expression(literal(value))

const term = (x: Term): Expression => (typeof x === 'number' ? constant(x) : x)
