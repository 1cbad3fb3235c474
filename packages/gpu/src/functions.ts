// The operators of formulas as text: statements that compute a variable from others. Where a GPU's own functions are too coarse
// (sines and logarithms near their zeros may be off by 1e-4 of themselves) or do not carry NaN, they are computed here.
import type { Computed } from '@scatterlab/tensor'

/** Writes `let y = …` from the names of variables; other variables it declares begin with y. */
export type Statement = (y: string, a: string, b: string, c: string) => string

/** sin(x) and cos(x) within a few units in the last place, for |x| up to some thousands: π/2 in three parts, then a polynomial. */
const turned =
  (first: string, second: string): Statement =>
  (y, x) =>
    `
  let k$ = Math.floor(${x} * 0.6366197723675814 + 0.5);
  let r$ = ((${x} - k$ * 1.5703125) - k$ * 4.837512969970703e-4) - k$ * 7.54978995489188e-8;
  let z$ = r$ * r$;
  let s$ = r$ + r$ * z$ * (-0.16666666666666666 + z$ * (0.008333333333333333 + z$ * (-0.0001984126984126984 + z$ * 0.0000027557319223985893)));
  let c$ = 1 + z$ * (-0.5 + z$ * (0.041666666666666664 + z$ * (-0.001388888888888889 + z$ * (0.0000248015873015873 - z$ * 2.7557319223985894e-7))));
  let q$ = k$ - 4 * Math.floor(k$ / 4 + 0.125);
  let ${y} = -(${second});
  if (q$ < 2.5) { ${y} = -(${first}); }
  if (q$ < 1.5) { ${y} = ${second}; }
  if (q$ < 0.5) { ${y} = ${first}; }`.replaceAll('$', y)

/** log(x): near 1 by the series of the inverse hyperbolic tangent, log x = 2 artanh((x − 1)/(x + 1)). */
const log: Statement = (y, x) => `
  let ${y} = nan;
  if (${x} > 0) { ${y} = Math.log(${x}); }
  if (${x} === 0) { ${y} = -infinity; }
  if (${x} > 0.7 && ${x} < 1.4) {
    let ${y}q = (${x} - 1) / (${x} + 1);
    let ${y}z = ${y}q * ${y}q;
    ${y} = 2 * ${y}q * (1 + ${y}z * (0.3333333333333333 + ${y}z * (0.2 + ${y}z * (0.14285714285714285 + ${y}z * (0.1111111111111111 + ${y}z * 0.09090909090909091)))));
  }`

/** tanh(x): a series where the difference of exponentials would cancel. */
const tanh: Statement = (y, x) => `
  let ${y}s = Math.abs(${x});
  let ${y}z = ${x} * ${x};
  let ${y} = ${x} * (1 + ${y}z * (-0.3333333333333333 + ${y}z * (0.13333333333333333 + ${y}z * (-0.05396825396825397 + ${y}z * (0.021869488536155203 - ${y}z * 0.008863235529902197)))));
  if (${y}s >= 0.4) {
    ${y} = 1 - 2 / (Math.exp(2 * Math.min(${y}s, 20)) + 1);
    if (${x} < 0) { ${y} = -${y}; }
  }`

/** erf(x): N. Juffa's polynomial near 0, and his exponent of 1 − |erf| beyond. */
const erf: Statement = (y, x) => `
  let ${y}s = Math.abs(${x});
  let ${y}z = ${x} * ${x};
  let ${y} = ${x} + ${x} * (0.128379166 + ${y}z * (-0.376125336 + ${y}z * (0.112819925 + ${y}z * (-0.0267681349 + ${y}z * (0.00499119423 - ${y}z * 0.000596761703)))));
  if (${y}s > 0.927734375) {
    ${y}s = Math.min(${y}s, 4);
    ${y} = 1 - Math.exp(-${y}s * (1.128717512 + ${y}s * (0.634846687 + ${y}s * (0.106777877 + ${y}s * (-0.0242546219 + ${y}s * (0.00388396438 + ${y}s * (-0.000383197126 + ${y}s * 0.000017285347)))))));
    if (${x} < 0) { ${y} = -${y}; }
  }`

/** aᵇ as JavaScript has it, from the power of a positive base. */
const pow: Statement = (y, a, b) => `
  let ${y} = ${a} + ${b};
  if (${a} === ${a} && ${b} === ${b}) {
    let ${y}s = Math.abs(${a});
    let ${y}n = one;
    let ${y}h = ${b} / 2;
    if (${a} < 0 || 1 / ${a} < 0) {
      if (Math.floor(${b}) === ${b}) { if (Math.floor(${y}h) !== ${y}h) { ${y}n = -one; } }
      else { if (${y}s > 0 && ${y}s < infinity) { ${y}n = nan; } }
    }
    if (${y}s === 0) { if (${b} > 0) { ${y} = zero; } else { ${y} = ${y}n * infinity; } }
    else { if (${y}s === infinity) { if (${b} > 0) { ${y} = ${y}n * infinity; } else { ${y} = zero; } }
    else { ${y} = ${y}n * Math.pow(${y}s, ${b}); } }
    if (Math.abs(${b}) === infinity) {
      if (${y}s === 1) { ${y} = nan; }
      if (${y}s > 1) { if (${b} > 0) { ${y} = infinity; } else { ${y} = zero; } }
      if (${y}s < 1) { if (${b} > 0) { ${y} = zero; } else { ${y} = infinity; } }
    }
  }
  if (${b} === 0) { ${y} = one; }`

/** A sum carries what is NaN of the two. */
const extremum =
  (name: 'min' | 'max'): Statement =>
  (y, a, b) =>
    `let ${y} = ${a} + ${b}; if (${a} === ${a} && ${b} === ${b}) { ${y} = Math.${name}(${a}, ${b}); }`

const comparison =
  (symbol: string): Statement =>
  (y, a, b) =>
    `let ${y} = zero; if (${a} ${symbol} ${b}) { ${y} = one; }`

/** The statements; the names `zero`, `one`, `nan` and `infinity` are numbers. */
export const STATEMENTS: Readonly<Record<Computed, Statement>> = {
  neg: (y, x) => `let ${y} = -${x};`,
  abs: (y, x) => `let ${y} = Math.abs(${x});`,
  sign: (y, x) => `let ${y} = ${x}; if (${x} > 0) { ${y} = one; } if (${x} < 0) { ${y} = -one; }`,
  sqrt: (y, x) => `let ${y} = Math.sqrt(${x});`,
  exp: (y, x) => `let ${y} = ${x}; if (${x} === ${x}) { ${y} = Math.exp(${x}); }`,
  log,
  sin: turned('s$', 'c$'),
  cos: turned('c$', '(-s$)'),
  tanh,
  sigmoid: (y, x) => `let ${y} = ${x}; if (${x} === ${x}) { ${y} = 1 / (1 + Math.exp(-${x})); }`,
  erf,
  add: (y, a, b) => `let ${y} = ${a} + ${b};`,
  sub: (y, a, b) => `let ${y} = ${a} - ${b};`,
  mul: (y, a, b) => `let ${y} = ${a} * ${b};`,
  div: (y, a, b) => `let ${y} = ${a} / ${b};`,
  min: extremum('min'),
  max: extremum('max'),
  pow,
  lt: comparison('<'),
  le: comparison('<='),
  eq: comparison('==='),
  select: (y, condition, a, b) => `let ${y} = ${a}; if (${condition} === 0) { ${y} = ${b}; }`,
}
