// The kernel of a formula for one layout of its arrays: all outputs in one pass over rows of numbers.
//
//   out[r, i] ← F(in[r, i], parameters)          r < rows, i < n
//
// A value that is the same for all numbers, or for those of a row, is computed once. The rest runs in vectors, the end of a row
// one number at a time.
import type { Formula } from '@scatterlab/tensor'
import { type Expr, type FunctionBuilder, type Local, Module, f32x4, f64x2, i32, v128 } from '../assembler/assembler.ts'
import type { Precision } from '../assembler/precision.ts'
import { type Write, isComparison, isLong, lanesOf, operator, splat } from './operators.ts'

/**
 * How the numbers of a view lie along a row: next to each other, one for all, at any steps; or every second one, with those of
 * the next view in between (`pair`, then `other`), as the parts of complex numbers do.
 */
export type Layout = 'run' | 'one' | 'steps' | 'pair' | 'other'

/** Where a view is found: one that lies where another does, or beside it as its other part, goes by that one's pointer. */
export interface Place {
  readonly layout: Layout
  readonly pointer: number
}

/** Whether every operator of a formula has code in a precision. */
export const hasKernel = ({ nodes }: Formula, precision: Precision): boolean =>
  nodes.every(({ op, args }) => args.length === 0 || op === 'select' || operator(op, precision) !== undefined)

/**
 * Emits `run(rows, n, …)`: for each pointer its address, the step between rows and that along a row, in bytes; then the parameters.
 * `places` are those of the inputs, then of the outputs.
 */
export function formulaModule(
  formula: Formula,
  precision: Precision,
  places: readonly Place[],
  shared: boolean,
): Module {
  const module = new Module({ shared })
  const pointers = [...new Set(places.map((place) => place.pointer))]
  const params = {
    rows: 'i32',
    n: 'i32',
    ...Object.fromEntries(pointers.flatMap((v) => [`at${v}`, `row${v}`, `step${v}`].map((name) => [name, 'i32']))),
    ...Object.fromEntries(Array.from({ length: formula.parameters }, (_, i) => [`p${i}`, `f${8 * precision.bytes}`])),
  } as const
  module.function('run', { params: params as Record<string, 'i32' | 'f32' | 'f64'> }, (f, locals) => {
    const pointer = (name: string): Local<'i32'> => locals[name] as Local<'i32'>
    const body = new Body(f, formula, precision, places, (i) =>
      f.let(
        precision.bytes === 4
          ? f32x4.splat(locals[`p${i}`] as Local<'f32'>)
          : f64x2.splat(locals[`p${i}`] as Local<'f64'>),
      ),
    )
    const rows = locals.rows as Local<'i32'>
    const steps = new Map(pointers.map((v) => [v, pointer(`step${v}`)]))
    f.forRange(0, rows, 1, () => {
      const at = new Map(pointers.map((v) => [v, f.let(pointer(`at${v}`))]))
      body.startRow(at, steps)
      const left = f.let(pointer('n'))
      for (const vectors of new Set([body.unroll, 1])) {
        whileLeft(f, left, vectors * precision.lanes, () => body.vectors(vectors))
      }
      whileLeft(f, left, 1, () => body.number())
      for (const v of pointers) f.advance(pointer(`at${v}`), pointer(`row${v}`))
    })
  })
  return module
}

/** While at least `count` numbers are left: the body, and `count` less. */
function whileLeft(f: FunctionBuilder, left: Local<'i32'>, count: number, body: () => void): void {
  f.if(i32.geS(left, count), () => {
    f.doWhile(() => {
      body()
      f.set(left, i32.sub(left, count))
      return i32.geS(left, count)
    })
  })
}

type Pointers = ReadonlyMap<number, Local<'i32'>>

/** Values of the nodes so far; those of comparisons are masks. */
type Values = (Local<'v128'> | undefined)[]

/** Writes the formula's code piece by piece. */
class Body {
  readonly #f: FunctionBuilder
  readonly #formula: Formula
  readonly #precision: Precision
  readonly #places: readonly Place[]
  readonly #writers = new Map<string, Write>()
  readonly #zero: Local<'v128'>
  readonly #one: Local<'v128'>
  /** What is the same for all numbers, then also what is the same for those of a row. */
  readonly #fixed: Values = []
  #row: Values = []
  #pointers: Pointers = new Map()
  #steps: Pointers = new Map()
  /** The parts of pairs in the present vector. */
  readonly #parts = new Map<number, Local<'v128'>>()

  constructor(
    f: FunctionBuilder,
    formula: Formula,
    precision: Precision,
    places: readonly Place[],
    parameter: (index: number) => Local<'v128'>,
  ) {
    this.#f = f
    this.#formula = formula
    this.#precision = precision
    this.#places = places
    for (const { op, args } of formula.nodes) {
      if (args.length > 0 && op !== 'select' && !this.#writers.has(op))
        this.#writers.set(op, operator(op, precision)!(f, precision))
    }
    ;[this.#zero, this.#one] = [splat(f, precision, 0), splat(f, precision, 1)]
    for (const [i, { op, value }] of formula.nodes.entries()) {
      if (op === 'constant') this.#fixed[i] = splat(f, precision, value)
      if (op === 'parameter') this.#fixed[i] = parameter(value)
    }
    this.#fill(this.#fixed)
  }

  /** How many vectors a pass of the main loop takes: more of what is short. */
  get unroll(): number {
    const size = this.#formula.nodes.reduce((sum, { op, args }) => sum + (isLong(op) ? 4 : args.length > 0 ? 1 : 0), 0)
    return size <= 8 ? 4 : 1
  }

  /** Goes to a row, by pointers that move on with what is done of it; computes what is the same for all its numbers. */
  startRow(at: Pointers, steps: Pointers): void {
    this.#pointers = at
    this.#steps = steps
    this.#row = [...this.#fixed]
    for (const [i, { op, value }] of this.#formula.nodes.entries())
      if (op === 'input' && this.#places[value]!.layout === 'one')
        this.#row[i] = this.#f.let(this.#precision.splat(this.#at(value)))
    this.#fill(this.#row)
  }

  /** Some vectors of every view. */
  vectors(count: number): void {
    for (let k = 0; k < count; k++) {
      this.#parts.clear()
      const results = this.#results(this.#withInputs((v) => this.#load(v, k)))
      for (const [i, value] of results.entries()) this.#store(this.#formula.inputs + i, value, results[i + 1], k)
    }
    this.#advance((v) => {
      const { layout } = this.#places[v]!
      if (layout === 'steps') return this.#f.let(i32.mul(this.#steps.get(v)!, count * this.#precision.lanes))
      return layout === 'run' ? 16 * count : layout === 'pair' ? 32 * count : undefined
    })
  }

  /** One number of every view. */
  number(): void {
    const beside = (v: number): number => (this.#places[v]!.layout === 'other' ? this.#precision.bytes : 0)
    const results = this.#results(this.#withInputs((v) => this.#f.let(this.#precision.splat(this.#at(v), beside(v)))))
    for (const [k, value] of results.entries()) {
      const v = this.#formula.inputs + k
      this.#f.storeLane(this.#laneBits, this.#at(v), value, 0, beside(v))
    }
    this.#advance((v) => (this.#places[v]!.layout === 'one' ? undefined : this.#steps.get(v)!))
  }

  #at(v: number): Local<'i32'> {
    return this.#pointers.get(this.#places[v]!.pointer)!
  }

  #advance(by: (v: number) => Local<'i32'> | number | undefined): void {
    for (const [v, pointer] of this.#pointers) {
      const bytes = by(v)
      if (bytes !== undefined) this.#f.advance(pointer, bytes)
    }
  }

  #withInputs(load: (v: number) => Local<'v128'>): Values {
    const values = [...this.#row]
    for (const [i, { op, value }] of this.#formula.nodes.entries()) if (op === 'input') values[i] ??= load(value)
    this.#fill(values)
    return values
  }

  /** Computes every node whose arguments are there. */
  #fill(values: Values): void {
    for (const [i, { op, args }] of this.#formula.nodes.entries()) {
      if (values[i] !== undefined || args.length === 0 || args.some((arg) => values[arg] === undefined)) continue
      const number = (arg: number): Local<'v128'> => this.#number(values, arg)
      if (op === 'select') {
        const [condition, then, otherwise] = args as [number, number, number]
        values[i] = this.#f.let(v128.bitselect(number(then), number(otherwise), this.#mask(values, condition)))
      } else values[i] = this.#f.let(this.#atZero(op, args, values) ?? this.#writers.get(op)!(...args.map(number)))
    }
  }

  /** max(x, 0), of which two fast instructions make +0 of −0 and keep NaN as the slow one does. */
  #atZero(op: string, [x, limit]: readonly number[], values: Values): Expr<'v128'> | undefined {
    const { op: kind, value } = this.#formula.nodes[limit ?? 0]!
    if (op !== 'max' || kind !== 'constant' || !Object.is(value, 0)) return undefined
    const { add, pmax } = lanesOf(this.#precision)
    return add(pmax(this.#number(values, x!), this.#zero), this.#zero)
  }

  /** A node's value as a number. */
  #number(values: Values, node: number): Local<'v128'> {
    const value = values[node]!
    return isComparison(this.#formula.nodes[node]!.op) ? this.#f.let(v128.and(value, this.#one)) : value
  }

  #mask(values: Values, node: number): Local<'v128'> {
    const value = values[node]!
    if (isComparison(this.#formula.nodes[node]!.op)) return value
    return this.#f.let(lanesOf(this.#precision).ne(value, this.#zero))
  }

  #results(values: Values): Local<'v128'>[] {
    return this.#formula.outputs.map((node) => this.#number(values, node))
  }

  /** The k-th vector of a view from its pointer on. */
  #load(v: number, k: number): Local<'v128'> {
    const f = this.#f
    const { lanes, splat: splatAt } = this.#precision
    const { layout, pointer } = this.#places[v]!
    const at = this.#at(v)
    if (layout === 'run') return f.let(v128.load(at, 16 * k))
    if (layout === 'steps') {
      const place = f.let(i32.add(at, i32.mul(this.#steps.get(pointer)!, k * lanes)))
      const value = f.let(splatAt(place))
      for (let lane = 1; lane < lanes; lane++) {
        f.advance(place, this.#steps.get(pointer)!)
        f.set(value, v128.loadLane(this.#laneBits, place, value, lane))
      }
      return value
    }
    const first = layout === 'pair' ? v : v - 1
    if (!this.#parts.has(first)) {
      const [low, high] = [f.let(v128.load(at, 32 * k)), f.let(v128.load(at, 32 * k + 16))]
      const even = Array.from({ length: lanes }, (_, i) => 2 * i)
      const part = (lane: 0 | 1): Local<'v128'> => {
        const picked = even.map((i) => i + lane)
        return f.let(lanesOf(this.#precision).shuffle(low, high, picked))
      }
      this.#parts.set(first, part(0)).set(first + 1, part(1))
    }
    return this.#parts.get(v)!
  }

  /** Writes the k-th vector of a view; with a pair's first its second too. */
  #store(v: number, value: Local<'v128'>, next: Local<'v128'> | undefined, k: number): void {
    const f = this.#f
    const { lanes } = this.#precision
    const { layout, pointer } = this.#places[v]!
    const at = this.#at(v)
    if (layout === 'run') f.store(at, value, 16 * k)
    if (layout === 'pair') {
      const { shuffle } = lanesOf(this.#precision)
      const woven = Array.from({ length: 2 * lanes }, (_, i) => (i >> 1) + (i & 1) * lanes)
      f.store(at, shuffle(value, next!, woven.slice(0, lanes)), 32 * k)
      f.store(at, shuffle(value, next!, woven.slice(lanes)), 32 * k + 16)
    }
    if (layout !== 'steps') return
    const place = f.let(i32.add(at, i32.mul(this.#steps.get(pointer)!, k * lanes)))
    for (let lane = 0; lane < lanes; lane++) {
      f.storeLane(this.#laneBits, place, value, lane)
      if (lane < lanes - 1) f.advance(place, this.#steps.get(pointer)!)
    }
  }

  get #laneBits(): 32 | 64 {
    return this.#precision.bytes === 4 ? 32 : 64
  }
}
