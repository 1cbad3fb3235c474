// Vectors of single or of double precision, so that a kernel is written once for both.
import { type Expr, f32x4, f64x2, v128 } from './assembler.ts'

/** What differs between single and double precision. */
export interface Precision {
  readonly dtype: 'float32' | 'float64'
  readonly bytes: 4 | 8
  readonly lanes: 4 | 2
  readonly splat: (address: Expr<'i32'>, offset?: number) => Expr<'v128'>
  readonly add: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>
  readonly mul: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>
  /** a·b + c, fused where the machine does so. */
  readonly relaxedMadd: (a: Expr<'v128'>, b: Expr<'v128'>, c: Expr<'v128'>) => Expr<'v128'>
}

/** Four single-precision numbers to a vector. */
export const single: Precision = {
  dtype: 'float32',
  bytes: 4,
  lanes: 4,
  splat: v128.load32Splat,
  add: f32x4.add,
  mul: f32x4.mul,
  relaxedMadd: f32x4.relaxedMadd,
}

/** Two double-precision numbers to a vector. */
export const double: Precision = {
  dtype: 'float64',
  bytes: 8,
  lanes: 2,
  splat: v128.load64Splat,
  add: f64x2.add,
  mul: f64x2.mul,
  relaxedMadd: f64x2.relaxedMadd,
}
