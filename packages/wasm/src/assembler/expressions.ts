/**
 * Typed WebAssembly expressions: small trees, emitted where they are used and each time, so that a value which is needed
 * twice goes through `f.let(...)`. The instructions are in `scalar-instructions.ts` and `vector-instructions.ts`.
 */
import { ScatterlabError } from '@scatterlab/tensor'

/** The value types of WebAssembly that kernels use. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** What an instruction takes: an expression of that type, or a plain number where the type is a number. */
export type Operand<T extends ValueType> = Expr<T> | (T extends 'v128' ? never : number)

/** A kernel generator asked for something that WebAssembly cannot express; thrown while the kernel is written. `code` is `ASSEMBLER`. */
export class AssemblerError extends ScatterlabError {
  constructor(message: string) {
    super('ASSEMBLER', message)
  }
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

/** A number as an expression. Throws `AssemblerError` if the type has no such constant. */
export function constant<T extends ValueType>(type: T, value: number): Expr<T> {
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
/** An instruction of one operand. */
export type Unary<A extends ValueType, R extends ValueType> = (a: Operand<A>) => Expr<R>
/** An instruction of two operands. */
export type Binary<A extends ValueType, B extends ValueType, R extends ValueType> = (
  a: Operand<A>,
  b: Operand<B>,
) => Expr<R>
/** Every instruction of an opcode table, as functions of one shape. */
export type Instructions<Codes, F> = { readonly [K in keyof Codes]: F }

/** Makes a load of `natural` bytes. */
export const load =
  <T extends ValueType>(type: T, natural: number, bytes: readonly number[]): Load<T> =>
  (address, offset = 0, align = natural) =>
    new Expr(type, [operand('i32', address)], [...bytes, ...memoryArgument(offset, align, natural)])

/** Makes an instruction of one operand. */
export const unary =
  <A extends ValueType, R extends ValueType>(from: A, to: R, bytes: readonly number[]): Unary<A, R> =>
  (a) =>
    new Expr(to, [operand(from, a)], bytes)

/** Makes an instruction of two operands. */
export const binary =
  <A extends ValueType, B extends ValueType, R extends ValueType>(
    first: A,
    second: B,
    to: R,
    bytes: readonly number[],
  ): Binary<A, B, R> =>
  (a, b) =>
    new Expr(to, [operand(first, a), operand(second, b)], bytes)

/** Makes every instruction of an opcode table. */
export function instructions<Codes extends object, F>(
  codes: Codes,
  make: (code: Codes[keyof Codes]) => F,
): Instructions<Codes, F> {
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, make(code)])) as Instructions<Codes, F>
}

const typeCodes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** The byte of a value type. */
export const typeCode = (type: ValueType): number => typeCodes[type]

/** `condition ? a : b`; both are computed. */
export function select<T extends ValueType>(condition: Operand<'i32'>, a: Expr<T>, b: Expr<NoInfer<T>>): Expr<T> {
  return new Expr(a.type, [a, operand(a.type, b as Operand<T>), operand('i32', condition)], [0x1c, 1, typeCode(a.type)])
}
