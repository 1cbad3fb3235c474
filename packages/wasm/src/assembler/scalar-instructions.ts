/**
 * The instructions whose values are integers and floating-point numbers, under the names of the WebAssembly text format:
 * `i32.add(a, b)`. Numbers stand for constants.
 */
import {
  type Binary,
  Expr,
  type Instructions,
  type Load,
  type Operand,
  type Unary,
  type ValueType,
  binary,
  constant,
  instructions,
  load,
  memoryArgument,
  operand,
  unary,
} from './expressions.ts'
import * as op from './opcodes.ts'

const plain2 =
  <T extends ValueType, R extends ValueType>(type: T, to: R) =>
  (code: number) =>
    binary(type, type, to, [code])
const plain1 =
  <T extends ValueType>(type: T) =>
  (code: number) =>
    unary(type, type, [code])

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
