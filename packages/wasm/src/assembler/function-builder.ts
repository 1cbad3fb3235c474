/**
 * The body of a function while it is being written: statements over expressions, and calls of other functions.
 * `assembler.ts` shows how it is used.
 */
import { ByteBuffer } from './byte-buffer.ts'
import {
  AssemblerError,
  Expr,
  Local,
  type Operand,
  type ValueType,
  memoryArgument,
  operand,
  simd,
  typeCode,
  unsignedLeb,
} from './expressions.ts'
import { i32 } from './scalar-instructions.ts'
import { type LaneBits, i32x4, laneAccess } from './vector-instructions.ts'

/** Names and types of a function's parameters, in order. */
export type Parameters = Readonly<Record<string, ValueType>>

/** A function's parameters and result, and whether the module exports it under its name (default: yes). */
export interface Signature<P extends Parameters, R extends ValueType> {
  readonly params: P
  readonly result?: R
  readonly exported?: boolean
}

/** A function of a module, to be called from its other functions. */
export interface Func<P extends Parameters = Parameters, R extends ValueType = ValueType> {
  readonly module: object
  readonly index: number
  readonly params: P
  readonly result: R | undefined
}

/** A function's parameters as variables. */
export type Locals<P extends Parameters> = { readonly [K in keyof P]: Local<P[K]> }
/** A value for each parameter. */
export type Arguments<P extends Parameters> = { readonly [K in keyof P]: Operand<P[K]> }

/** A place to jump to: the end of a block, or the start of a loop. */
export interface Label {
  readonly depth: number
}

/** The value of calling `callee`, a function with a result. */
export function call<P extends Parameters, R extends ValueType>(callee: Func<P, R>, args: Arguments<P>): Expr<R> {
  if (callee.result === undefined) throw new AssemblerError('a function without result gives no value: use f.call')
  return new Expr(callee.result, callArguments(callee, args), [0x10, ...unsignedLeb(callee.index)])
}

function callArguments<P extends Parameters>(callee: Func<P>, args: Arguments<P>): Expr[] {
  return Object.entries(callee.params).map(([name, type]) => {
    const value = args[name]
    if (value === undefined) throw new AssemblerError(`a call lacks its argument "${name}"`)
    return operand(type, value as Operand<typeof type>)
  })
}

/** Writes `value` into `local`, and is that value. */
export function tee<T extends ValueType>(local: Local<T>, value: Operand<NoInfer<T>>): Expr<T> {
  return new Expr(local.type, [operand(local.type, value), new Owned(local)], [0x22, ...unsignedLeb(local.index)])
}

/** Emits nothing; it lets the builder see which function a written local belongs to. */
class Owned extends Expr {
  readonly owner: object
  constructor(local: Local) {
    super(local.type, [], [])
    this.owner = local.owner
  }
}

/** The body of one function while it is being written: statements, in order. */
export class FunctionBuilder {
  readonly #module: object
  readonly #types: ValueType[]
  readonly #paramCount: number
  readonly #result: ValueType | undefined
  readonly #code = new ByteBuffer()
  readonly #labels: Label[] = []

  constructor(module: object, params: readonly ValueType[], result: ValueType | undefined) {
    this.#module = module
    this.#types = [...params]
    this.#paramCount = params.length
    this.#result = result
  }

  /** A new variable; WebAssembly sets it to zero. */
  local<T extends ValueType>(type: T): Local<T> {
    this.#types.push(type)
    return new Local(type, this.#types.length - 1, this)
  }

  /** `count` new variables. */
  locals<T extends ValueType>(type: T, count: number): Local<T>[] {
    return Array.from({ length: count }, () => this.local(type))
  }

  /** A new variable that holds the present value of `value`. */
  let<T extends ValueType>(value: Expr<T>): Local<T> {
    const local = this.local(value.type)
    this.set(local, value as Operand<T>)
    return local
  }

  /** local ← value */
  set<T extends ValueType>(local: Local<T>, value: Operand<NoInfer<T>>): void {
    if (local.owner !== this) throw new AssemblerError('a local of another function is set')
    this.#emit(operand(local.type, value), [0x21, ...unsignedLeb(local.index)])
  }

  /** pointer ← pointer + bytes */
  advance(pointer: Local<'i32'>, bytes: Operand<'i32'>): void {
    this.set(pointer, i32.add(pointer, bytes))
  }

  /** memory[address + offset] ← value, in the width of its type. */
  store(address: Operand<'i32'>, value: Expr, offset = 0, align?: number): void {
    const [code, natural] = (
      {
        i32: [[0x36], 4],
        i64: [[0x37], 8],
        f32: [[0x38], 4],
        f64: [[0x39], 8],
        v128: [simd(0x0b), 16],
      } as const
    )[value.type]
    this.#emit(operand('i32', address), value, [...code, ...memoryArgument(offset, align ?? natural, natural)])
  }

  /** The low 8 bits of an i32. */
  store8(address: Operand<'i32'>, value: Operand<'i32'>, offset = 0): void {
    this.#emit(operand('i32', address), operand('i32', value), [0x3a, ...memoryArgument(offset, 1, 1)])
  }

  /** The low 16 bits of an i32. */
  store16(address: Operand<'i32'>, value: Operand<'i32'>, offset = 0): void {
    this.#emit(operand('i32', address), operand('i32', value), [0x3b, ...memoryArgument(offset, 2, 2)])
  }

  /** One lane of `bits` bits of a v128. */
  storeLane(bits: LaneBits, address: Operand<'i32'>, value: Expr<'v128'>, lane: number, offset = 0): void {
    this.#emit(operand('i32', address), operand('v128', value), laneAccess(0x58, bits, lane, offset))
  }

  /** Stores an i32 so that other threads see it after all that was stored before. */
  atomicStore(address: Operand<'i32'>, value: Operand<'i32'>, offset = 0): void {
    this.#emit(operand('i32', address), operand('i32', value), [0xfe, 0x17, ...memoryArgument(offset, 4, 4)])
  }

  /** Copies bytes; the ranges may overlap. */
  copy(to: Operand<'i32'>, from: Operand<'i32'>, bytes: Operand<'i32'>): void {
    this.#emit(operand('i32', to), operand('i32', from), operand('i32', bytes), [0xfc, 0x0a, 0, 0])
  }

  /** Sets bytes to the low 8 bits of `value`. */
  fill(to: Operand<'i32'>, value: Operand<'i32'>, bytes: Operand<'i32'>): void {
    this.#emit(operand('i32', to), operand('i32', value), operand('i32', bytes), [0xfc, 0x0b, 0])
  }

  /** Computes a value for its effect and forgets it. */
  drop(value: Expr): void {
    this.#emit(value, [0x1a])
  }

  /** Calls a function; a result is forgotten. */
  call<P extends Parameters>(callee: Func<P>, args: Arguments<P>): void {
    if (callee.module !== this.#module) throw new AssemblerError('a function of another module is called')
    const code = [0x10, ...unsignedLeb(callee.index)]
    this.#emit(...callArguments(callee, args), callee.result === undefined ? code : [...code, 0x1a])
  }

  /** Statements with an exit: `f.br(exit)` goes behind them. */
  block(body: (exit: Label) => void): void {
    this.#nest([0x02, 0x40], body)
  }

  /** Statements with a way back: `f.br(again)` starts them anew; without it they run once. */
  loop(body: (again: Label) => void): void {
    this.#nest([0x03, 0x40], body)
  }

  /** Runs `then` if the condition is not 0, else `otherwise`. */
  if(condition: Operand<'i32'>, then: () => void, otherwise?: () => void): void {
    this.#emit(operand('i32', condition))
    this.#nest([0x04, 0x40], () => {
      then()
      if (otherwise !== undefined) {
        this.#code.append([0x05])
        otherwise()
      }
    })
  }

  /** Runs the body once, and again while the condition that it gives back is not 0. */
  doWhile(body: () => Operand<'i32'>): void {
    this.loop((again) => this.brIf(again, body()))
  }

  /** Runs the body as often as `left` says, at least once, and counts it down to 0. */
  repeat(left: Local<'i32'>, body: () => void): void {
    this.doWhile(() => {
      body()
      this.set(left, i32.sub(left, 1))
      return left
    })
  }

  /**
   * For i = from; i < to (signed); i += step, with step > 0. `to` and `step` are computed on each pass: give locals or
   * numbers. The index may be changed by the body.
   */
  forRange(from: Operand<'i32'>, to: Operand<'i32'>, step: Operand<'i32'>, body: (index: Local<'i32'>) => void): void {
    const index = this.let(operand('i32', from))
    this.if(i32.ltS(index, to), () => {
      this.doWhile(() => {
        body(index)
        return i32.ltS(tee(index, i32.add(index, step)), to)
      })
    })
  }

  /** Jumps to a label. */
  br(label: Label): void {
    this.#code.append([0x0c, ...this.#distance(label)])
  }

  /** Jumps to a label if the condition is not 0. */
  brIf(label: Label, condition: Operand<'i32'>): void {
    this.#emit(operand('i32', condition), [0x0d, ...this.#distance(label)])
  }

  /** Leaves the function, with its result if it has one. */
  return(value?: Expr): void {
    if (value?.type !== this.#result)
      throw new AssemblerError(`the function gives ${this.#result ?? 'nothing'}, not ${value?.type ?? 'nothing'}`)
    if (value !== undefined) this.#emit(value)
    this.#code.append([0x0f])
  }

  /** Traps. */
  unreachable(): void {
    this.#code.append([0x00])
  }

  /** Transposes four vectors of four 32-bit lanes with eight shuffles. */
  transpose4x4(
    rows: readonly [Expr<'v128'>, Expr<'v128'>, Expr<'v128'>, Expr<'v128'>],
  ): [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>] {
    const [a, b, c, d] = rows.map((row) => (row instanceof Local ? row : this.let(row))) as unknown as typeof rows
    const pair = (x: Expr<'v128'>, y: Expr<'v128'>, lanes: readonly number[]) => this.let(i32x4.shuffle(x, y, lanes))
    const abLow = pair(a, b, [0, 4, 1, 5])
    const cdLow = pair(c, d, [0, 4, 1, 5])
    const abHigh = pair(a, b, [2, 6, 3, 7])
    const cdHigh = pair(c, d, [2, 6, 3, 7])
    const low = [0, 1, 4, 5]
    const high = [2, 3, 6, 7]
    return [pair(abLow, cdLow, low), pair(abLow, cdLow, high), pair(abHigh, cdHigh, low), pair(abHigh, cdHigh, high)]
  }

  /** The body's bytes: declarations of the locals, code, end. */
  finish(result: Expr | undefined): ByteBuffer {
    if (result !== undefined) this.#emit(result)
    const runs: [count: number, type: ValueType][] = []
    for (const type of this.#types.slice(this.#paramCount)) {
      const last = runs.at(-1)
      if (last !== undefined && last[1] === type) last[0]++
      else runs.push([1, type])
    }
    const body = new ByteBuffer().append(unsignedLeb(runs.length))
    for (const [count, type] of runs) body.append(unsignedLeb(count)).append([typeCode(type)])
    return body.append(this.#code.view()).append([0x0b])
  }

  #emit(...parts: readonly (Expr | readonly number[])[]): void {
    for (const part of parts) {
      if (part instanceof Expr) this.#emitExpression(part)
      else this.#code.append(part)
    }
  }

  #emitExpression(expression: Expr): void {
    if ((expression instanceof Local || expression instanceof Owned) && expression.owner !== this)
      throw new AssemblerError('a local of another function is read')
    for (const arg of expression.args) this.#emitExpression(arg)
    this.#code.append(expression.bytes)
  }

  #nest(opening: readonly number[], body: (label: Label) => void): void {
    this.#code.append(opening)
    const label: Label = { depth: this.#labels.length }
    this.#labels.push(label)
    body(label)
    this.#labels.pop()
    this.#code.append([0x0b])
  }

  #distance(label: Label): number[] {
    if (this.#labels[label.depth] !== label) throw new AssemblerError('a jump to a label outside its block')
    return unsignedLeb(this.#labels.length - 1 - label.depth)
  }
}
