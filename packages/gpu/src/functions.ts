// Element-wise functions as text. Where a GPU's own are too coarse (sines and logarithms near their zeros may be off by 1e-4 of
// themselves) or do not carry NaN, they are computed here.
import type { BinaryOperation, UnaryOperation } from '@scatterlab/tensor/operations'

/** sin(x) and cos(x) within a few units in the last place, for |x| up to some thousands: π/2 in three parts, then a polynomial. */
const turned = (first: string, second: string): string => `
  const k = Math.floor(x * 0.6366197723675814 + 0.5);
  const r = ((x - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.54978995489188e-8;
  const z = r * r;
  const s = r + r * z * (-0.16666666666666666 + z * (0.008333333333333333 + z * (-0.0001984126984126984 + z * 0.0000027557319223985893)));
  const c = 1 + z * (-0.5 + z * (0.041666666666666664 + z * (-0.001388888888888889 + z * (0.0000248015873015873 - z * 2.7557319223985894e-7))));
  const quarter = k - 4 * Math.floor(k / 4 + 0.125);
  if (quarter < 0.5) { return ${first}; }
  if (quarter < 1.5) { return ${second}; }
  if (quarter < 2.5) { return -${first}; }
  return -${second};`

/** log(x): near 1 by the series of the inverse hyperbolic tangent, log x = 2 artanh((x − 1)/(x + 1)). */
const LOG = `
  if (x > 0.7 && x < 1.4) {
    const q = (x - 1) / (x + 1);
    const z = q * q;
    return 2 * q * (1 + z * (0.3333333333333333 + z * (0.2 + z * (0.14285714285714285 + z * (0.1111111111111111 + z * 0.09090909090909091)))));
  }
  if (x > 0) { return Math.log(x); }
  if (x === 0) { return -infinity; }
  return nan;`

/** tanh(x): a series where the difference of exponentials would cancel. */
const TANH = `
  const size = Math.abs(x);
  if (size < 0.4) {
    const z = x * x;
    return x * (1 + z * (-0.3333333333333333 + z * (0.13333333333333333 + z * (-0.05396825396825397 + z * (0.021869488536155203 - z * 0.008863235529902197)))));
  }
  if (x === x) {
    const t = 1 - 2 / (Math.exp(2 * Math.min(size, 20)) + 1);
    if (x < 0) { return -t; }
    return t;
  }
  return x;`

/** Statements that return the function of `x`. `conj` is a copy. */
export const UNARY: Readonly<Record<UnaryOperation, string>> = {
  neg: 'return -x;',
  abs: 'return Math.abs(x);',
  sign: 'if (x > 0) { return 1; } if (x < 0) { return -1; } return x;',
  square: 'return x * x;',
  sqrt: 'return Math.sqrt(x);',
  reciprocal: 'return 1 / x;',
  exp: 'if (x === x) { return Math.exp(x); } return x;',
  log: LOG,
  sin: turned('s', 'c'),
  cos: turned('c', '(-s)'),
  tanh: TANH,
  sigmoid: 'if (x === x) { return 1 / (1 + Math.exp(-x)); } return x;',
  relu: 'if (x <= 0) { return 0; } return x;',
  conj: 'return x;',
}

/** aᵇ as JavaScript has it, from the power of a positive base. */
const POW = `
  if (b === 0) { return 1; }
  if (a === a && b === b) {
    const size = Math.abs(a);
    if (Math.abs(b) === infinity) {
      if (size === 1) { return nan; }
      if (size > 1) { if (b > 0) { return infinity; } return 0; }
      if (b > 0) { return 0; }
      return infinity;
    }
    let sign = 1;
    const half = b / 2;
    if (a < 0 || 1 / a < 0) {
      if (Math.floor(b) === b) { if (Math.floor(half) !== half) { sign = -1; } }
      else { if (size > 0 && size < infinity) { return nan; } }
    }
    if (size === 0) { if (b > 0) { return 0; } return sign * infinity; }
    if (size === infinity) { if (b > 0) { return sign * infinity; } return 0; }
    return sign * Math.pow(size, b);
  }
  return a + b;`

/** Statements that return the function of `a` and `b`. */
export const BINARY: Readonly<Record<BinaryOperation, string>> = {
  add: 'return a + b;',
  sub: 'return a - b;',
  mul: 'return a * b;',
  div: 'return a / b;',
  // a sum carries what is NaN of the two
  min: 'if (a === a && b === b) { return Math.min(a, b); } return a + b;',
  max: 'if (a === a && b === b) { return Math.max(a, b); } return a + b;',
  pow: POW,
}
