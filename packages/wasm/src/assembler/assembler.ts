/**
 * A small typed WebAssembly assembler: modules, functions and statements over the expressions of `expressions.ts`.
 * It writes bytes and knows nothing of kernels; V8 and its like do the optimising.
 *
 *   const module = new Module({ shared: true })
 *   const scale = module.function('scale', { params: { x: 'i32', n: 'i32', a: 'f32' } }, (f, { x, n, a }) => {
 *     const factor = f.let(f32x4.splat(a))                        // a new local that holds a value
 *     f.forRange(0, n, 4, () => {                                 // tested before the first pass
 *       f.store(x, f32x4.mul(v128.load(x), factor))               // the value's type chooses the instruction
 *       f.advance(x, 16)                                          // x += 16
 *     })
 *   })                                                            // { result: 'f32' }: the callback gives the value back
 *   f.call(scale, { x: pointer, n: 64, a: 2 })                    // in another function; `call(...)` for one with a result
 *   const kernels = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } }).exports
 *
 * Numbers stand for constants of type i32, i64, f32 and f64. An expression is emitted where it is used, each time.
 */
import { ByteBuffer } from './byte-buffer.ts'
import { AssemblerError, Local, type Operand, type ValueType, operand, typeCode, unsignedLeb } from './expressions.ts'
import { type Func, FunctionBuilder, type Locals, type Parameters, type Signature } from './function-builder.ts'

export * from './expressions.ts'
export * from './function-builder.ts'
export * from './scalar-instructions.ts'
export * from './vector-instructions.ts'

/** The import that every module has: `env.memory`. */
export interface MemoryImport {
  /** Whether the memory is shared between threads (default false); it must be what the instance gets. */
  readonly shared?: boolean
  /** Pages of 64 KiB that the memory has at least (default 1). */
  readonly initial?: number
  /** Pages that the memory may grow to at most (default 65536, the 4 GiB of 32-bit addresses). */
  readonly maximum?: number
}

interface Definition {
  readonly name: string
  readonly type: number
  readonly exported: boolean
  body?: ByteBuffer
}

/** A module while it is being written: an imported memory, imported functions, then functions. */
export class Module {
  readonly #memory: Required<MemoryImport>
  readonly #signatures = new Map<string, number>()
  readonly #imports: { readonly module: string; readonly name: string; readonly type: number }[] = []
  readonly #functions: Definition[] = []

  constructor({ shared = false, initial = 1, maximum = 65536 }: MemoryImport = {}) {
    this.#memory = { shared, initial, maximum }
  }

  /** Declares an imported function; imports come before the first `function`. */
  importFunction<const P extends Parameters, R extends ValueType = never>(
    module: string,
    name: string,
    { params, result }: Signature<P, R>,
  ): Func<P, R> {
    if (this.#functions.length > 0) throw new AssemblerError(`import "${name}": import before defining functions`)
    this.#imports.push({ module, name, type: this.#signature(params, result) })
    return { module: this, index: this.#imports.length - 1, params, result }
  }

  /**
   * Writes a function: `build` gets the builder and the parameters as locals, and gives the result's expression back if
   * the signature has one.
   */
  function<const P extends Parameters, R extends ValueType = never>(
    name: string,
    { params, result, exported = true }: Signature<P, R>,
    build: (f: FunctionBuilder, params: Locals<P>) => [R] extends [never] ? void : Operand<R>,
  ): Func<P, R> {
    const types = Object.values(params)
    const entry: Definition = { name, type: this.#signature(params, result), exported }
    const index = this.#imports.length + this.#functions.push(entry) - 1
    const f = new FunctionBuilder(this, types, result)
    const locals = Object.fromEntries(Object.keys(params).map((key, i) => [key, new Local(types[i]!, i, f)]))
    const value = build(f, locals as Locals<P>) as Operand<R> | undefined
    if (result !== undefined && value === undefined)
      throw new AssemblerError(`function "${name}" gives no ${result} back`)
    entry.body = f.finish(result === undefined ? undefined : operand(result, value!))
    return { module: this, index, params, result }
  }

  /** The binary module. */
  bytes(): Uint8Array<ArrayBuffer> {
    const out = new ByteBuffer().append([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    const section = (id: number, count: number, write: (to: ByteBuffer) => void): void => {
      const body = new ByteBuffer().append(unsignedLeb(count))
      write(body)
      out.append([id]).appendSized(body)
    }
    section(1, this.#signatures.size, (to) => {
      for (const key of this.#signatures.keys()) to.append([0x60]).append(key.split(',').map(Number))
    })
    section(2, this.#imports.length + 1, (to) => {
      for (const { module, name, type } of this.#imports)
        to.append(text(module))
          .append(text(name))
          .append([0, ...unsignedLeb(type)])
      const { shared, initial, maximum } = this.#memory
      to.append(text('env'))
        .append(text('memory'))
        .append([2, shared ? 3 : 1, ...unsignedLeb(initial), ...unsignedLeb(maximum)])
    })
    section(3, this.#functions.length, (to) => {
      for (const { type } of this.#functions) to.append(unsignedLeb(type))
    })
    section(7, this.#functions.filter(({ exported }) => exported).length, (to) => {
      for (const [i, { name, exported }] of this.#functions.entries())
        if (exported) to.append(text(name)).append([0, ...unsignedLeb(this.#imports.length + i)])
    })
    section(10, this.#functions.length, (to) => {
      for (const { name, body } of this.#functions) {
        if (body === undefined) throw new AssemblerError(`function "${name}" is not finished`)
        to.appendSized(body)
      }
    })
    return out.bytes.slice(0, out.length)
  }

  /** Index of a function type; equal types share one. The key is the type's bytes. */
  #signature(params: Parameters, result: ValueType | undefined): number {
    const types = Object.values(params).map(typeCode)
    const key = [...unsignedLeb(types.length), ...types, ...(result === undefined ? [0] : [1, typeCode(result)])].join()
    const index = this.#signatures.get(key) ?? this.#signatures.size
    this.#signatures.set(key, index)
    return index
  }
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value)
  return [...unsignedLeb(bytes.length), ...bytes]
}
