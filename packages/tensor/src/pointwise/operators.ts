// The operators of formulas. Each brings along how the reference computes it, so that a bundle holds only those that it uses: a
// loop of its own, which the engine compiles for what it computes; one loop that calls a function would be several times slower.
import { erf as erfOf } from './erf.ts'
import { type Computed, type Loop, type Quantity, is, literal } from './quantity.ts'

type One = (x: Quantity) => Quantity
type Two = (a: Quantity, b: Quantity) => Quantity
type Three = (condition: Quantity, a: Quantity, b: Quantity) => Quantity

/* @__NO_SIDE_EFFECTS__ */
function operator(op: Computed, loop: Loop): (...args: Quantity[]) => Quantity {
  return (...args) => ({ op, args, value: 0, loop })
}

// prettier-ignore
const opposite = operator('neg', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = -a[k] })
// prettier-ignore
const sum = operator('add', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] + b[k * t] })
// prettier-ignore
const difference = operator('sub', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] - b[k * t] })
// prettier-ignore
const product = operator('mul', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] * b[k * t] })
// prettier-ignore
const quotient = operator('div', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] / b[k * t] })
// prettier-ignore
const raised = operator('pow', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] ** b[k * t] })

// literals of 0 and 1 follow the rules of algebra: 0·x is 0 and x + 0 is x, whatever x is

/** a + b */
export const plus: Two = (a, b) => (is(b, 0) ? a : is(a, 0) ? b : sum(a, b))
/** a − b */
export const minus: Two = (a, b) => (is(b, 0) ? a : is(a, 0) ? negative(b) : difference(a, b))
/** a · b */
export const times: Two = (a, b) => (is(a, 0) || is(b, 1) ? a : is(a, 1) || is(b, 0) ? b : product(a, b))
/** a / b */
export const over: Two = (a, b) => (is(a, 0) || is(b, 1) ? a : quotient(a, b))
/** a to the power b */
export const power: Two = (a, b) => (is(b, 0) ? literal(1) : is(b, 1) ? a : is(b, 2) ? square(a) : raised(a, b))
/** −x */
export const negative: One = (x) => (x.op === 'neg' ? x.args[0] : x.op === 'constant' ? literal(-x.value) : opposite(x))
/** x² */
export const square: One = (x) => times(x, x)

/** The smaller of a and b. */
// prettier-ignore
export const smaller: Two = operator('min', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = Math.min(a[k * s], b[k * t]) })
/** The larger of a and b. */
// prettier-ignore
export const larger: Two = operator('max', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = Math.max(a[k * s], b[k * t]) })
/** 1 where a < b, else 0. */
// prettier-ignore
export const less: Two = operator('lt', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] < b[k * t] ? 1 : 0 })
/** 1 where a ≤ b, else 0. */
// prettier-ignore
export const atMost: Two = operator('le', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] <= b[k * t] ? 1 : 0 })
/** 1 where a = b, else 0. */
// prettier-ignore
export const equal: Two = operator('eq', (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] === b[k * t] ? 1 : 0 })
/** b where the condition is 0, else a. NaN is not 0. */
// prettier-ignore
export const select: Three = operator('select', (n, o, a, s, b, t, c, u) => { for (let k = 0; k < n; k++) o[k] = a[k * s] === 0 ? c[k * u] : b[k * t] })

/** |x| */
// prettier-ignore
export const absolute: One = operator('abs', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.abs(a[k]) })
/** −1, 0 or 1 */
// prettier-ignore
export const sign: One = operator('sign', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.sign(a[k]) })
/** √x */
// prettier-ignore
export const root: One = operator('sqrt', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.sqrt(a[k]) })
/** eˣ */
// prettier-ignore
export const exp: One = operator('exp', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.exp(a[k]) })
/** Natural logarithm. */
// prettier-ignore
export const log: One = operator('log', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.log(a[k]) })
/** sin x */
// prettier-ignore
export const sin: One = operator('sin', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.sin(a[k]) })
/** cos x */
// prettier-ignore
export const cos: One = operator('cos', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.cos(a[k]) })
/** tanh x */
// prettier-ignore
export const tanh: One = operator('tanh', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.tanh(a[k]) })
/** 1/(1 + e⁻ˣ) */
// prettier-ignore
export const sigmoid: One = operator('sigmoid', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = 1 / (1 + Math.exp(-a[k])) })
/** The error function. */
// prettier-ignore
export const erf: One = operator('erf', (n, o, a) => { for (let k = 0; k < n; k++) o[k] = erfOf(a[k]) })
