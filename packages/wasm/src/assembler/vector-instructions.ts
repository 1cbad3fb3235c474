/**
 * The instructions on 128-bit registers, under the names of the WebAssembly text format: `f32x4.mul(a, b)`.
 */
import {
  AssemblerError,
  type Binary,
  Expr,
  type Instructions,
  type Load,
  type Operand,
  type Unary,
  type ValueType,
  binary,
  instructions,
  load,
  memoryArgument,
  operand,
  simd,
  unary,
} from './expressions.ts'
import * as op from './opcodes.ts'

/** An instruction of three registers. */
export type Ternary = (a: Expr<'v128'>, b: Expr<'v128'>, c: Expr<'v128'>) => Expr<'v128'>

type V128Unary = Unary<'v128', 'v128'>
type V128Binary = Binary<'v128', 'v128', 'v128'>

const ternary =
  (bytes: readonly number[]): Ternary =>
  (a, b, c) =>
    new Expr('v128', [operand('v128', a), operand('v128', b), operand('v128', c)], bytes)

const lanes2 = (code: number) => binary('v128', 'v128', 'v128', simd(code))
const lanes1 = (code: number) => unary('v128', 'v128', simd(code))

function laneIndex(lane: number, lanes: number): number {
  if (!Number.isInteger(lane) || lane < 0 || lane >= lanes) throw new AssemblerError(`lane ${lane}: there are ${lanes}`)
  return lane
}

/** Lanes of a byte shuffle: 16 indices into the 32 bytes of a, then b. */
function shuffleBytes(a: Expr<'v128'>, b: Expr<'v128'>, bytes: readonly number[], lanes: number): Expr<'v128'> {
  if (bytes.length !== 16) throw new AssemblerError(`shuffle of ${lanes} lanes: give ${lanes} indices`)
  for (const byte of bytes) laneIndex(byte, 32)
  return new Expr('v128', [operand('v128', a), operand('v128', b)], [...simd(0x0d), ...bytes])
}

const widen = (indices: readonly number[], bytes: number): number[] =>
  indices.flatMap((lane) => Array.from({ length: bytes }, (_, i) => lane * bytes + i))

/** Lane operations of a vector of `N` numbers of type `T`. */
export interface Lanes<T extends ValueType> {
  readonly splat: Unary<T, 'v128'>
  readonly extractLane: (a: Expr<'v128'>, lane: number) => Expr<T>
  readonly replaceLane: (a: Expr<'v128'>, lane: number, value: Operand<T>) => Expr<'v128'>
  /** Lanes of a (0 …) and b (counted on from a's last), in the order of `indices`. */
  readonly shuffle: (a: Expr<'v128'>, b: Expr<'v128'>, indices: readonly number[]) => Expr<'v128'>
}

const lanesOf = <T extends ValueType>(
  type: T,
  count: number,
  splat: number,
  extract: number,
  replace: number,
): Lanes<T> => ({
  splat: unary(type, 'v128', simd(splat)),
  extractLane: (a, lane) => new Expr(type, [operand('v128', a)], [...simd(extract), laneIndex(lane, count)]),
  replaceLane: (a, lane, value) =>
    new Expr('v128', [operand('v128', a), operand(type, value)], [...simd(replace), laneIndex(lane, count)]),
  shuffle: (a, b, indices) => shuffleBytes(a, b, widen(indices, 16 / count), count),
})

/** The lane widths, in bits, of partial loads and stores. */
export type LaneBits = 8 | 16 | 32 | 64

/** Whole registers: loads, logic, selection by bits. */
export const v128: Instructions<typeof op.v128Loads, Load<'v128'>> &
  Instructions<typeof op.v128Binary, V128Binary> & {
    /** A constant of 16 bytes. Costly in V8: constants in memory, loaded with `load32Splat`, are faster. */
    readonly const: (bytes: Uint8Array) => Expr<'v128'>
    readonly not: V128Unary
    /** Bits of a where mask is 1, of b where it is 0. */
    readonly bitselect: (a: Expr<'v128'>, b: Expr<'v128'>, mask: Expr<'v128'>) => Expr<'v128'>
    readonly anyTrue: Unary<'v128', 'i32'>
    /** `value` with one lane of `bits` bits read from memory. */
    readonly loadLane: (
      bits: LaneBits,
      address: Operand<'i32'>,
      value: Expr<'v128'>,
      lane: number,
      offset?: number,
    ) => Expr<'v128'>
    /** Bytes of a (0 … 15) and b (16 … 31). */
    readonly shuffle: (a: Expr<'v128'>, b: Expr<'v128'>, indices: readonly number[]) => Expr<'v128'>
    /** Bytes of a at the indices in b; 0 where an index passes 15. */
    readonly swizzle: V128Binary
  } = {
  ...instructions(op.v128Loads, ([code, natural]) => load('v128', natural, simd(code))),
  ...instructions(op.v128Binary, lanes2),
  const: (bytes) => {
    if (bytes.length !== 16) throw new AssemblerError(`v128 constant of ${bytes.length} bytes: give 16`)
    return new Expr('v128', [], [...simd(0x0c), ...bytes])
  },
  not: unary('v128', 'v128', simd(0x4d)),
  bitselect: ternary(simd(0x52)),
  anyTrue: unary('v128', 'i32', simd(0x53)),
  loadLane: (bits, address, value, lane, offset = 0) =>
    new Expr('v128', [operand('i32', address), operand('v128', value)], laneAccess(0x54, bits, lane, offset)),
  shuffle: (a, b, indices) => shuffleBytes(a, b, indices, 16),
  swizzle: lanes2(0x0e),
}

/** Bytes of a lane load (`first` = 0x54) or lane store (0x58). */
export function laneAccess(first: number, bits: LaneBits, lane: number, offset: number): number[] {
  const size = bits / 8
  return [...simd(first + Math.log2(size)), ...memoryArgument(offset, size, size), laneIndex(lane, 16 / size)]
}

/** Four single-precision lanes. `relaxed…` needs relaxed SIMD. */
export const f32x4: Lanes<'f32'> &
  Instructions<typeof op.f32x4Binary, V128Binary> &
  Instructions<typeof op.f32x4Unary, V128Unary> &
  Instructions<typeof op.f32x4Fused, Ternary> = {
  ...lanesOf('f32', 4, 0x13, 0x1f, 0x20),
  ...instructions(op.f32x4Binary, lanes2),
  ...instructions(op.f32x4Unary, lanes1),
  ...instructions(op.f32x4Fused, (code) => ternary(simd(code))),
}

/** Two double-precision lanes. `relaxed…` needs relaxed SIMD. */
export const f64x2: Lanes<'f64'> &
  Instructions<typeof op.f64x2Binary, V128Binary> &
  Instructions<typeof op.f64x2Unary, V128Unary> &
  Instructions<typeof op.f64x2Fused, Ternary> = {
  ...lanesOf('f64', 2, 0x14, 0x21, 0x22),
  ...instructions(op.f64x2Binary, lanes2),
  ...instructions(op.f64x2Unary, lanes1),
  ...instructions(op.f64x2Fused, (code) => ternary(simd(code))),
}

/** Four 32-bit integer lanes. */
export const i32x4: Lanes<'i32'> &
  Instructions<typeof op.i32x4Binary, V128Binary> &
  Instructions<typeof op.i32x4Unary, V128Unary> &
  Instructions<typeof op.i32x4Shift, Binary<'v128', 'i32', 'v128'>> & {
    readonly allTrue: Unary<'v128', 'i32'>
    /** The sign bits of the four lanes, as a number from 0 to 15. */
    readonly bitmask: Unary<'v128', 'i32'>
    /** Lanes of a where the lane of mask is all ones, of b where all zeros; other masks are the machine's choice. */
    readonly relaxedLaneselect: Ternary
  } = {
  ...lanesOf('i32', 4, 0x11, 0x1b, 0x1c),
  ...instructions(op.i32x4Binary, lanes2),
  ...instructions(op.i32x4Unary, lanes1),
  ...instructions(op.i32x4Shift, (code) => binary('v128', 'i32', 'v128', simd(code))),
  allTrue: unary('v128', 'i32', simd(0xa3)),
  bitmask: unary('v128', 'i32', simd(0xa4)),
  relaxedLaneselect: ternary(simd(0x10b)),
}
