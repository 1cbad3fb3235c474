/**
 * Typed WebAssembly expressions: every instruction that gives a value, as a function from operands to an `Expr`.
 * An expression is a small tree; it is emitted where it is used, each time it is used, so a value that is needed twice
 * goes through `f.let(...)`. Statements, functions and modules are in `assembler.ts`.
 */
import * as op from './opcodes.ts'

/** The value types of WebAssembly that kernels use. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** What an instruction takes: an expression of that type, or a plain number where the type is a number. */
export type Operand<T extends ValueType> = Expr<T> | (T extends 'v128' ? never : number)

/** A kernel generator asked for something that WebAssembly cannot express; thrown while the kernel is being written. */
export class AssemblerError extends Error {
  override readonly name: string = 'AssemblerError'
  readonly code: string = 'ASSEMBLER'
}

/** A value of type `T`: the operands' code, then `bytes`. */
export class Expr<T extends ValueType = ValueType> {
  readonly type: T
  readonly args: readonly Expr[]
  readonly bytes: readonly number[]

  constructor(type: T, args: readonly Expr[], bytes: readonly number[]) {
    this.type = type
    this.args = args
    this.bytes = bytes
  }
}

/** A variable of one function; as an expression it is the variable's present value. */
export class Local<T extends ValueType = ValueType> extends Expr<T> {
  readonly index: number
  /** The function that it belongs to. */
  readonly owner: object

  constructor(type: T, index: number, owner: object) {
    super(type, [], [0x20, ...unsignedLeb(index)])
    this.index = index
    this.owner = owner
  }
}

/** Unsigned LEB128 bytes of 0 ≤ n < 2^32. */
export function unsignedLeb(n: number): number[] {
  if (n < 128) return [n]
  const bytes: number[] = []
  for (let rest = n >>> 0; ; rest >>>= 7) {
    if (rest < 128) return bytes.concat(rest)
    bytes.push((rest & 127) | 128)
  }
}

function signedLeb(n: bigint): number[] {
  const bytes: number[] = []
  for (let rest = n; ; rest >>= 7n) {
    const low = Number(rest & 127n)
    if (rest >= -64n && rest < 64n) return bytes.concat(low)
    bytes.push(low | 128)
  }
}

/** Bytes of an i32 constant; takes both readings of the sign bit, −2^31 … 2^32 − 1. */
function i32Bytes(n: number): number[] {
  if (!Number.isInteger(n) || n < -(2 ** 31) || n >= 2 ** 32)
    throw new AssemblerError(`i32 constant ${n}: give an integer of 32 bits`)
  const value = n | 0
  return value >= -64 && value < 64 ? [0x41, value & 127] : [0x41, ...signedLeb(BigInt(value))]
}

function floatBytes(value: number, bytes: 4 | 8): number[] {
  const view = new DataView(new ArrayBuffer(bytes))
  if (bytes === 4) view.setFloat32(0, value, true)
  else view.setFloat64(0, value, true)
  return [bytes === 4 ? 0x43 : 0x44, ...new Uint8Array(view.buffer)]
}

function constant<T extends ValueType>(type: T, value: number): Expr<T> {
  if (type === 'i32') return new Expr(type, [], i32Bytes(value))
  if (type === 'i64') return new Expr(type, [], [0x42, ...signedLeb(BigInt(value))])
  if (type === 'f32') return new Expr(type, [], floatBytes(value, 4))
  if (type === 'f64') return new Expr(type, [], floatBytes(value, 8))
  throw new AssemblerError(`the number ${value} stands where a ${type} is needed: splat it`)
}

/** The expression of an operand: a number becomes a constant, an expression must be of type `type`. */
export function operand<T extends ValueType>(type: T, value: Operand<T>): Expr<T> {
  if (typeof value === 'number') return constant(type, value)
  if (value.type !== type)
    throw new AssemblerError(`an expression of type ${value.type} stands where ${type} is needed`)
  return value
}

/** Alignment hint and offset of a memory access, for an access of `natural` bytes. */
export function memoryArgument(offset: number, align: number, natural: number): number[] {
  if (!Number.isInteger(offset) || offset < 0 || offset >= 2 ** 32)
    throw new AssemblerError(`memory offset ${offset}: give an integer from 0 to 2^32 - 1`)
  if (align > natural || (align & (align - 1)) !== 0 || align < 1)
    throw new AssemblerError(`alignment ${align}: give a power of two up to ${natural}`)
  return [31 - Math.clz32(align), ...unsignedLeb(offset)]
}

/** Bytes of a SIMD instruction. */
export const simd = (code: number): number[] => [0xfd, ...unsignedLeb(code)]

/** `(address, offset = 0, align = natural)`: the address in bytes plus a constant offset. */
export type Load<T extends ValueType> = (address: Operand<'i32'>, offset?: number, align?: number) => Expr<T>
export type Unary<A extends ValueType, R extends ValueType> = (a: Operand<A>) => Expr<R>
export type Binary<A extends ValueType, B extends ValueType, R extends ValueType> = (
  a: Operand<A>,
  b: Operand<B>,
) => Expr<R>
export type Ternary = (a: Expr<'v128'>, b: Expr<'v128'>, c: Expr<'v128'>) => Expr<'v128'>
/** Every instruction of an opcode table, as functions of one shape. */
export type Instructions<Codes, F> = { readonly [K in keyof Codes]: F }

const load =
  <T extends ValueType>(type: T, natural: number, bytes: readonly number[]): Load<T> =>
  (address, offset = 0, align = natural) =>
    new Expr(type, [operand('i32', address)], [...bytes, ...memoryArgument(offset, align, natural)])

const unary =
  <A extends ValueType, R extends ValueType>(from: A, to: R, bytes: readonly number[]): Unary<A, R> =>
  (a) =>
    new Expr(to, [operand(from, a)], bytes)

const binary =
  <A extends ValueType, B extends ValueType, R extends ValueType>(
    first: A,
    second: B,
    to: R,
    bytes: readonly number[],
  ): Binary<A, B, R> =>
  (a, b) =>
    new Expr(to, [operand(first, a), operand(second, b)], bytes)

const ternary =
  (bytes: readonly number[]): Ternary =>
  (a, b, c) =>
    new Expr('v128', [operand('v128', a), operand('v128', b), operand('v128', c)], bytes)

function instructions<Codes extends object, F>(
  codes: Codes,
  make: (code: Codes[keyof Codes]) => F,
): Instructions<Codes, F> {
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, make(code)])) as Instructions<Codes, F>
}

const plain2 =
  <T extends ValueType, R extends ValueType>(type: T, to: R) =>
  (code: number) =>
    binary(type, type, to, [code])
const plain1 =
  <T extends ValueType>(type: T) =>
  (code: number) =>
    unary(type, type, [code])
const lanes2 = (code: number) => binary('v128', 'v128', 'v128', simd(code))
const lanes1 = (code: number) => unary('v128', 'v128', simd(code))

type V128Unary = Unary<'v128', 'v128'>
type V128Binary = Binary<'v128', 'v128', 'v128'>
type Atomic = (address: Operand<'i32'>, value: Operand<'i32'>, offset?: number) => Expr<'i32'>

const atomic =
  (code: number): Atomic =>
  (address, value, offset = 0) =>
    new Expr('i32', [operand('i32', address), operand('i32', value)], [0xfe, code, ...memoryArgument(offset, 4, 4)])

/** 32-bit integers and addresses; `S`/`U` reads the sign bit or not. Float conversions saturate. */
export const i32: Instructions<typeof op.i32Binary, Binary<'i32', 'i32', 'i32'>> &
  Instructions<typeof op.i32Unary, Unary<'i32', 'i32'>> & {
    readonly const: (value: number) => Expr<'i32'>
    readonly load: Load<'i32'>
    readonly load8S: Load<'i32'>
    readonly load8U: Load<'i32'>
    readonly load16S: Load<'i32'>
    readonly load16U: Load<'i32'>
    readonly truncF32S: Unary<'f32', 'i32'>
    readonly truncF32U: Unary<'f32', 'i32'>
    readonly truncF64S: Unary<'f64', 'i32'>
    readonly truncF64U: Unary<'f64', 'i32'>
    readonly reinterpretF32: Unary<'f32', 'i32'>
    readonly wrapI64: Unary<'i64', 'i32'>
    readonly memorySize: () => Expr<'i32'>
    readonly atomicLoad: Load<'i32'>
    /** Adds and gives the old value; likewise `sub`, `and`, `or`, `xor`, `xchg`. */
    readonly atomic: Instructions<typeof op.i32AtomicRmw, Atomic>
    /** Writes `value` if the word is `expected`; gives the word that was there. */
    readonly atomicCompareExchange: (
      address: Operand<'i32'>,
      expected: Operand<'i32'>,
      value: Operand<'i32'>,
      offset?: number,
    ) => Expr<'i32'>
    /** Sleeps while the word is `expected`: 0 woken, 1 was different, 2 timed out. Timeout in nanoseconds, −1 for ever. */
    readonly atomicWait: (
      address: Operand<'i32'>,
      expected: Operand<'i32'>,
      timeout: Operand<'i64'>,
      offset?: number,
    ) => Expr<'i32'>
    /** Wakes up to `count` sleepers; gives how many. */
    readonly atomicNotify: Atomic
  } = {
  ...instructions(op.i32Binary, plain2('i32', 'i32')),
  ...instructions(op.i32Unary, plain1('i32')),
  const: (value) => constant('i32', value),
  load: load('i32', 4, [0x28]),
  load8S: load('i32', 1, [0x2c]),
  load8U: load('i32', 1, [0x2d]),
  load16S: load('i32', 2, [0x2e]),
  load16U: load('i32', 2, [0x2f]),
  truncF32S: unary('f32', 'i32', [0xfc, 0]),
  truncF32U: unary('f32', 'i32', [0xfc, 1]),
  truncF64S: unary('f64', 'i32', [0xfc, 2]),
  truncF64U: unary('f64', 'i32', [0xfc, 3]),
  reinterpretF32: unary('f32', 'i32', [0xbc]),
  wrapI64: unary('i64', 'i32', [0xa7]),
  memorySize: () => new Expr('i32', [], [0x3f, 0]),
  atomicLoad: load('i32', 4, [0xfe, 0x10]),
  atomic: instructions(op.i32AtomicRmw, atomic),
  atomicCompareExchange: (address, expected, value, offset = 0) =>
    new Expr(
      'i32',
      [operand('i32', address), operand('i32', expected), operand('i32', value)],
      [0xfe, 0x48, ...memoryArgument(offset, 4, 4)],
    ),
  atomicWait: (address, expected, timeout, offset = 0) =>
    new Expr(
      'i32',
      [operand('i32', address), operand('i32', expected), operand('i64', timeout)],
      [0xfe, 0x01, ...memoryArgument(offset, 4, 4)],
    ),
  atomicNotify: atomic(0x00),
}

/** 64-bit integers: only what timeouts need. */
export const i64: {
  readonly const: (value: number) => Expr<'i64'>
  readonly extendI32S: Unary<'i32', 'i64'>
  readonly extendI32U: Unary<'i32', 'i64'>
} = {
  const: (value) => constant('i64', value),
  extendI32S: unary('i32', 'i64', [0xac]),
  extendI32U: unary('i32', 'i64', [0xad]),
}

/** Single precision scalars. */
export const f32: Instructions<typeof op.f32Binary, Binary<'f32', 'f32', 'f32'>> &
  Instructions<typeof op.f32Unary, Unary<'f32', 'f32'>> &
  Instructions<typeof op.f32Compare, Binary<'f32', 'f32', 'i32'>> & {
    readonly const: (value: number) => Expr<'f32'>
    readonly load: Load<'f32'>
    readonly convertI32S: Unary<'i32', 'f32'>
    readonly convertI32U: Unary<'i32', 'f32'>
    readonly demoteF64: Unary<'f64', 'f32'>
    readonly reinterpretI32: Unary<'i32', 'f32'>
  } = {
  ...instructions(op.f32Binary, plain2('f32', 'f32')),
  ...instructions(op.f32Unary, plain1('f32')),
  ...instructions(op.f32Compare, plain2('f32', 'i32')),
  const: (value) => constant('f32', value),
  load: load('f32', 4, [0x2a]),
  convertI32S: unary('i32', 'f32', [0xb2]),
  convertI32U: unary('i32', 'f32', [0xb3]),
  demoteF64: unary('f64', 'f32', [0xb6]),
  reinterpretI32: unary('i32', 'f32', [0xbe]),
}

/** Double precision scalars. */
export const f64: Instructions<typeof op.f64Binary, Binary<'f64', 'f64', 'f64'>> &
  Instructions<typeof op.f64Unary, Unary<'f64', 'f64'>> &
  Instructions<typeof op.f64Compare, Binary<'f64', 'f64', 'i32'>> & {
    readonly const: (value: number) => Expr<'f64'>
    readonly load: Load<'f64'>
    readonly convertI32S: Unary<'i32', 'f64'>
    readonly convertI32U: Unary<'i32', 'f64'>
    readonly promoteF32: Unary<'f32', 'f64'>
  } = {
  ...instructions(op.f64Binary, plain2('f64', 'f64')),
  ...instructions(op.f64Unary, plain1('f64')),
  ...instructions(op.f64Compare, plain2('f64', 'i32')),
  const: (value) => constant('f64', value),
  load: load('f64', 8, [0x2b]),
  convertI32S: unary('i32', 'f64', [0xb7]),
  convertI32U: unary('i32', 'f64', [0xb8]),
  promoteF32: unary('f32', 'f64', [0xbb]),
}

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

const typeCodes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** The byte of a value type. */
export const typeCode = (type: ValueType): number => typeCodes[type]

/** `condition ? a : b`; both are computed. */
export function select<T extends ValueType>(condition: Operand<'i32'>, a: Expr<T>, b: Expr<NoInfer<T>>): Expr<T> {
  return new Expr(a.type, [a, operand(a.type, b as Operand<T>), operand('i32', condition)], [0x1c, 1, typeCode(a.type)])
}
