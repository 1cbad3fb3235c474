// Each operator of a formula as one loop over numbers in double precision. Each has its own loop, which the engine compiles for
// what it computes; one loop that calls a function would be several times slower.
import { erf } from './erf.ts'
import type { Computed } from './expression.ts'

/** Numbers in a row, or, with a step of 0, one that stands for all. */
export interface Column {
  readonly data: Float64Array
  readonly step: 0 | 1
}

/** to ← op(x, y, z) for the first n numbers; operators of fewer arguments look at the first ones. */
export function compute(op: Computed, n: number, to: Column, x: Column, y: Column = x, z: Column = x): void {
  LOOPS[op](n, to.data, x.data, x.step, y.data, y.step, z.data, z.step)
}

type Loop = (
  n: number,
  out: Float64Array,
  x: Float64Array,
  xStep: number,
  y: Float64Array,
  yStep: number,
  z: Float64Array,
  zStep: number,
) => void

// prettier-ignore
const LOOPS: Readonly<Record<Computed, Loop>> = {
  neg: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = -a[k] },
  abs: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.abs(a[k]) },
  sign: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.sign(a[k]) },
  sqrt: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.sqrt(a[k]) },
  exp: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.exp(a[k]) },
  log: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.log(a[k]) },
  sin: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.sin(a[k]) },
  cos: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.cos(a[k]) },
  tanh: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = Math.tanh(a[k]) },
  sigmoid: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = 1 / (1 + Math.exp(-a[k])) },
  erf: (n, o, a) => { for (let k = 0; k < n; k++) o[k] = erf(a[k]) },
  add: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] + b[k * t] },
  sub: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] - b[k * t] },
  mul: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] * b[k * t] },
  div: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] / b[k * t] },
  min: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = Math.min(a[k * s], b[k * t]) },
  max: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = Math.max(a[k * s], b[k * t]) },
  pow: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] ** b[k * t] },
  lt: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] < b[k * t] ? 1 : 0 },
  le: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] <= b[k * t] ? 1 : 0 },
  eq: (n, o, a, s, b, t) => { for (let k = 0; k < n; k++) o[k] = a[k * s] === b[k * t] ? 1 : 0 },
  // NaN is not 0
  select: (n, o, a, s, b, t, c, u) => {
    for (let k = 0; k < n; k++) o[k] = a[k * s] === 0 ? c[k * u] : b[k * t]
  },
}
