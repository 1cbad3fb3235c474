import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as op from './opcodes.ts'
import {
  AssemblerError,
  Module,
  call,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  select,
  tee,
  v128,
  type Expr,
  type FunctionBuilder,
  type Local,
  type Operand,
  type ValueType,
} from './assembler.ts'

type Numbers = readonly number[]
type Callable = (...args: number[]) => number
type Typed = 'f32' | 'f64' | 'i32'

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array }
const f32s = [0, -0, 1, -1.5, 2.5, 3.5, -3.7, 1e-3, 1e30, -1e30, Infinity, -Infinity, NaN, 3e9, -3e9, 0.49999997]
const i32s = [0, 1, -1, 2, 7, -8, 31, 33, 123456789, -987654321, 2147483647, -2147483648]

function build(
  write: (module: Module) => void,
  shared = false,
): { kernel: Record<string, Callable>; memory: WebAssembly.Memory } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 16, shared })
  const module = new Module({ shared })
  write(module)
  const bytes = module.bytes()
  expect(WebAssembly.validate(bytes)).toBe(true)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  return { kernel: exports as Record<string, Callable>, memory }
}

/** Runs an instruction of numbers on numbers. */
function scalar(
  types: readonly Typed[],
  result: ValueType,
  instruction: (...operands: never[]) => Expr,
  args: Numbers,
): number {
  const params = Object.fromEntries(types.map((type, i) => [`p${i}`, type]))
  const { kernel } = build((module) => {
    module.function(
      'run',
      { params, result },
      (_, p) => instruction(...(Object.values(p) as never[])) as Operand<ValueType>,
    )
  })
  return kernel.run!(...args)
}

/** Runs an instruction of registers on lanes: loads from 0, 16, 32, stores to 64. */
function lanes(
  from: Typed,
  to: Typed,
  instruction: (...operands: Expr<'v128'>[]) => Expr,
  ...inputs: Numbers[]
): number[] {
  const { kernel, memory } = build((module) => {
    module.function('run', { params: {} }, (f) => f.store(64, instruction(...inputs.map((_, i) => v128.load(16 * i)))))
  })
  for (const [i, input] of inputs.entries()) new arrays[from](memory.buffer, 16 * i).set(input)
  kernel.run!()
  return [...new arrays[to](memory.buffer, 64, to === 'f64' ? 2 : 4)]
}

const pairs = (values: Numbers): [number, number][] =>
  values.flatMap((a) => values.map((b): [number, number] => [a, b]))
const chunks = (values: Numbers, size: number): number[][] =>
  Array.from({ length: Math.floor(values.length / size) }, (_, i) => values.slice(size * i, size * i + size))

const nearest = (x: number): number => {
  if (!Number.isFinite(x) || x === 0) return x
  const floor = Math.floor(x)
  const even = floor % 2 === 0 ? floor : floor + 1
  const rounded = x - floor === 0.5 ? even : Math.round(x)
  return rounded === 0 && x < 0 ? -0 : rounded
}
const rotl = (a: number, n: number): number => (a << (n & 31)) | (a >>> (-n & 31))
const clamp = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : Math.trunc(Math.max(low, Math.min(high, x)))
const copysign = (a: number, b: number): number => (Object.is(b, -0) || b < 0 ? -Math.abs(a) : Math.abs(a))

const i32Meaning: Record<keyof typeof op.i32Binary, (a: number, b: number) => number> = {
  eq: (a, b) => +(a === b),
  ne: (a, b) => +(a !== b),
  ltS: (a, b) => +(a < b),
  ltU: (a, b) => +(a >>> 0 < b >>> 0),
  gtS: (a, b) => +(a > b),
  gtU: (a, b) => +(a >>> 0 > b >>> 0),
  leS: (a, b) => +(a <= b),
  leU: (a, b) => +(a >>> 0 <= b >>> 0),
  geS: (a, b) => +(a >= b),
  geU: (a, b) => +(a >>> 0 >= b >>> 0),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  divS: (a, b) => a / b,
  divU: (a, b) => (a >>> 0) / (b >>> 0),
  remS: (a, b) => a % b,
  remU: (a, b) => (a >>> 0) % (b >>> 0),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shrS: (a, b) => a >> b,
  shrU: (a, b) => a >>> b,
  rotl,
  rotr: (a, b) => rotl(a, -b),
}
const floatMeaning = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  min: Math.min,
  max: Math.max,
  copysign,
  pmin: (a: number, b: number) => (b < a ? b : a),
  pmax: (a: number, b: number) => (a < b ? b : a),
}
const compareMeaning = {
  eq: (a: number, b: number) => +(a === b),
  ne: (a: number, b: number) => +(a !== b),
  lt: (a: number, b: number) => +(a < b),
  gt: (a: number, b: number) => +(a > b),
  le: (a: number, b: number) => +(a <= b),
  ge: (a: number, b: number) => +(a >= b),
}
const unaryMeaning = {
  abs: Math.abs,
  neg: (a: number) => -a,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
  sqrt: Math.sqrt,
}

describe('scalar instructions', () => {
  const traps = (name: string, a: number, b: number): boolean =>
    /div|rem/.test(name) && (b === 0 || (name === 'divS' && a === -(2 ** 31) && b === -1))

  it.each(Object.keys(op.i32Binary) as (keyof typeof op.i32Binary)[])('i32.%s', (name) => {
    for (const [a, b] of pairs(i32s).filter((pair) => !traps(name, ...pair)))
      expect(scalar(['i32', 'i32'], 'i32', i32[name], [a, b])).toBe(i32Meaning[name](a, b) | 0)
    for (const [a, b] of pairs(i32s).filter((pair) => traps(name, ...pair)))
      expect(() => scalar(['i32', 'i32'], 'i32', i32[name], [a, b])).toThrow(WebAssembly.RuntimeError)
  })

  it('i32 unary', () => {
    for (const a of i32s) {
      expect(scalar(['i32'], 'i32', i32.eqz, [a])).toBe(+(a === 0))
      expect(scalar(['i32'], 'i32', i32.clz, [a])).toBe(Math.clz32(a))
      expect(scalar(['i32'], 'i32', i32.ctz, [a])).toBe(a === 0 ? 32 : 31 - Math.clz32(a & -a))
      expect(scalar(['i32'], 'i32', i32.popcnt, [a])).toBe((a >>> 0).toString(2).replaceAll('0', '').length)
    }
  })

  it.each(Object.keys(op.f32Binary) as (keyof typeof op.f32Binary)[])('f32 and f64 %s', (name) => {
    for (const [a, b] of pairs(f32s.filter((x) => name !== 'copysign' || !Number.isNaN(x)))) {
      expect(scalar(['f32', 'f32'], 'f32', f32[name], [a, b])).toBe(
        Math.fround(floatMeaning[name](Math.fround(a), Math.fround(b))),
      )
      expect(scalar(['f64', 'f64'], 'f64', f64[name], [a, b])).toBe(floatMeaning[name](a, b))
    }
  })

  it.each(Object.keys(op.f32Compare) as (keyof typeof op.f32Compare)[])('f32 and f64 %s', (name) => {
    for (const [a, b] of pairs(f32s)) {
      expect(scalar(['f32', 'f32'], 'i32', f32[name], [a, b])).toBe(compareMeaning[name](a, b))
      expect(scalar(['f64', 'f64'], 'i32', f64[name], [a, b])).toBe(compareMeaning[name](a, b))
    }
  })

  it.each(Object.keys(op.f32Unary) as (keyof typeof op.f32Unary)[])('f32 and f64 %s', (name) => {
    for (const a of f32s) {
      expect(scalar(['f32'], 'f32', f32[name], [a])).toBe(Math.fround(unaryMeaning[name](Math.fround(a))))
      expect(scalar(['f64'], 'f64', f64[name], [a])).toBe(unaryMeaning[name](a))
    }
  })

  it('conversions', () => {
    for (const a of i32s) {
      expect(scalar(['i32'], 'f32', f32.convertI32S, [a])).toBe(Math.fround(a))
      expect(scalar(['i32'], 'f32', f32.convertI32U, [a])).toBe(Math.fround(a >>> 0))
      expect(scalar(['i32'], 'f64', f64.convertI32S, [a])).toBe(a)
      expect(scalar(['i32'], 'f64', f64.convertI32U, [a])).toBe(a >>> 0)
      expect(scalar(['i32'], 'i32', (x: Local<'i32'>) => i32.wrapI64(i64.extendI32S(x)), [a])).toBe(a)
      expect(scalar(['i32'], 'i32', (x: Local<'i32'>) => i32.wrapI64(i64.extendI32U(x)), [a])).toBe(a)
      expect(scalar(['i32'], 'i32', (x: Local<'i32'>) => i32.reinterpretF32(f32.reinterpretI32(x)), [a])).toBe(a)
    }
    for (const a of f32s) {
      expect(scalar(['f32'], 'i32', i32.truncF32S, [a])).toBe(clamp(a, -(2 ** 31), 2 ** 31 - 1) | 0)
      expect(scalar(['f32'], 'i32', i32.truncF32U, [a])).toBe(clamp(a, 0, 2 ** 32 - 1) | 0)
      expect(scalar(['f64'], 'i32', i32.truncF64S, [a])).toBe(clamp(a, -(2 ** 31), 2 ** 31 - 1) | 0)
      expect(scalar(['f64'], 'i32', i32.truncF64U, [a])).toBe(clamp(a, 0, 2 ** 32 - 1) | 0)
      expect(scalar(['f64'], 'f32', f32.demoteF64, [a])).toBe(Math.fround(a))
      expect(scalar(['f32'], 'f64', f64.promoteF32, [a])).toBe(Math.fround(a))
    }
    // The whole 64 bits: sign extended or not.
    const high = (extend: typeof i64.extendI32S, a: number): bigint => {
      const { kernel } = build((m) => m.function('run', { params: { a: 'i32' }, result: 'i64' }, (_, p) => extend(p.a)))
      return kernel.run!(a) as unknown as bigint
    }
    expect(high(i64.extendI32S, -2)).toBe(-2n)
    expect(high(i64.extendI32U, -2)).toBe(4294967294n)
  })

  it('constants', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
        (n) => scalar([], 'i32', () => i32.const(n), []) === (n | 0),
      ),
      { numRuns: 60 },
    )
    for (const n of [63, 64, -64, -65, 8191, 8192, 2 ** 31])
      expect(scalar([], 'i32', () => i32.const(n), [])).toBe(n | 0)
    for (const n of f32s) {
      expect(scalar([], 'f32', () => f32.const(n), [])).toBe(Math.fround(n))
      expect(scalar([], 'f64', () => f64.const(n), [])).toBe(n)
    }
    for (const n of [0, -1, 63, 64, -64, -65, 2 ** 40, -(2 ** 52)])
      expect(scalar([], 'i64', () => i64.const(n), []) as unknown as bigint).toBe(BigInt(n))
  })

  it('select', () => {
    for (const c of [0, 1, -5]) {
      expect(scalar(['i32'], 'i32', (x: Local<'i32'>) => select(x, i32.const(7), i32.const(9)), [c])).toBe(c ? 7 : 9)
      const chosen = lanes('i32', 'i32', (a, b) => select(i32x4.extractLane(a, 0), a, b), [c, 2, 3, 4], [5, 6, 7, 8])
      expect(chosen).toEqual(c ? [c, 2, 3, 4] : [5, 6, 7, 8])
    }
  })
})

describe('vector instructions', () => {
  const quads = chunks([...f32s, ...f32s.slice(3), ...f32s.slice(0, 3)], 4)
  const mask = (condition: number): number => (condition ? -1 : 0)

  it.each(Object.keys(compareMeaning) as (keyof typeof compareMeaning)[])('f32x4 and f64x2 %s', (name) => {
    const meaning = compareMeaning[name]
    for (const [a, b] of quads.flatMap((x) => quads.map((y) => [x, y] as const))) {
      expect(lanes('f32', 'i32', f32x4[name], a, b)).toEqual(a.map((x, i) => mask(meaning(x, b[i]!))))
      expect(lanes('f64', 'i32', f64x2[name], a.slice(2), b.slice(2))).toEqual(
        [2, 2, 3, 3].map((i) => mask(meaning(a[i]!, b[i]!))),
      )
    }
  })

  it.each(['add', 'sub', 'mul', 'div', 'min', 'max', 'pmin', 'pmax'] as const)('f32x4 and f64x2 %s', (name) => {
    const meaning = floatMeaning[name]
    const round = Math.fround
    for (const [a, b] of quads.flatMap((x) => quads.map((y) => [x, y] as const))) {
      expect(lanes('f32', 'f32', f32x4[name], a, b)).toEqual(a.map((x, i) => round(meaning(round(x), round(b[i]!)))))
      expect(lanes('f64', 'f64', f64x2[name], a.slice(2), b.slice(2))).toEqual([2, 3].map((i) => meaning(a[i]!, b[i]!)))
    }
  })

  it.each(Object.keys(unaryMeaning) as (keyof typeof unaryMeaning)[])('f32x4 and f64x2 %s', (name) => {
    for (const a of quads) {
      expect(lanes('f32', 'f32', f32x4[name], a)).toEqual(a.map((x) => Math.fround(unaryMeaning[name](Math.fround(x)))))
      expect(lanes('f64', 'f64', f64x2[name], a.slice(0, 2))).toEqual(a.slice(0, 2).map(unaryMeaning[name]))
    }
  })

  it('relaxed instructions, to what every machine must give', () => {
    const a = [1, -2, 3, 0.5]
    const b = [4, 5, -6, 8]
    const c = [0.25, 10, -1, 2]
    expect(lanes('f32', 'f32', f32x4.relaxedMadd, a, b, c)).toEqual([4.25, 0, -19, 6])
    expect(lanes('f32', 'f32', f32x4.relaxedNmadd, a, b, c)).toEqual([-3.75, 20, 17, -2])
    expect(lanes('f64', 'f64', f64x2.relaxedMadd, a.slice(0, 2), b.slice(0, 2), c.slice(0, 2))).toEqual([4.25, 0])
    expect(lanes('f64', 'f64', f64x2.relaxedNmadd, a.slice(0, 2), b.slice(0, 2), c.slice(0, 2))).toEqual([-3.75, 20])
    expect(lanes('f32', 'f32', f32x4.relaxedMin, a, b)).toEqual([1, -2, -6, 0.5])
    expect(lanes('f32', 'f32', f32x4.relaxedMax, a, b)).toEqual([4, 5, 3, 8])
    expect(lanes('f64', 'f64', f64x2.relaxedMin, [1, 9], [4, 5])).toEqual([1, 5])
    expect(lanes('f64', 'f64', f64x2.relaxedMax, [1, 9], [4, 5])).toEqual([4, 9])
    expect(lanes('i32', 'i32', i32x4.relaxedLaneselect, [1, 2, 3, 4], [5, 6, 7, 8], [-1, 0, 0, -1])).toEqual([
      1, 6, 7, 4,
    ])
  })

  const i32x4Meaning: Record<keyof typeof op.i32x4Binary, (a: number, b: number) => number> = {
    ...(Object.fromEntries(
      (['eq', 'ne', 'ltS', 'ltU', 'gtS', 'gtU', 'leS', 'leU', 'geS', 'geU'] as const).map((name) => [
        name,
        (a: number, b: number) => mask(i32Meaning[name](a, b)),
      ]),
    ) as Record<
      'eq' | 'ne' | 'ltS' | 'ltU' | 'gtS' | 'gtU' | 'leS' | 'leU' | 'geS' | 'geU',
      (a: number, b: number) => number
    >),
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: Math.imul,
    minS: Math.min,
    maxS: Math.max,
    minU: (a, b) => Math.min(a >>> 0, b >>> 0),
    maxU: (a, b) => Math.max(a >>> 0, b >>> 0),
    dotI16x8S: (a, b) => (a >> 16) * (b >> 16) + ((a << 16) >> 16) * ((b << 16) >> 16),
  }
  it.each(Object.keys(op.i32x4Binary) as (keyof typeof op.i32x4Binary)[])('i32x4.%s', (name) => {
    for (const a of chunks(i32s, 4)) {
      for (const b of chunks(i32s, 4))
        expect(lanes('i32', 'i32', i32x4[name], a, b)).toEqual(a.map((x, i) => i32x4Meaning[name](x, b[i]!) | 0))
    }
  })

  it('i32x4 unary, shifts and tests', () => {
    const halves = (side: 0 | 8, signed: boolean) => (a: Expr<'v128'>) =>
      i32x4[
        side === 0 ? (signed ? 'extendLowI16x8S' : 'extendLowI16x8U') : signed ? 'extendHighI16x8S' : 'extendHighI16x8U'
      ](a)
    for (const a of chunks(i32s, 4)) {
      expect(lanes('i32', 'i32', i32x4.abs, a)).toEqual(a.map((x) => Math.abs(x) | 0))
      expect(lanes('i32', 'i32', i32x4.neg, a)).toEqual(a.map((x) => -x | 0))
      expect(lanes('i32', 'i32', (x) => i32x4.shl(x, 3), a)).toEqual(a.map((x) => x << 3))
      expect(lanes('i32', 'i32', (x) => i32x4.shrS(x, 3), a)).toEqual(a.map((x) => x >> 3))
      expect(lanes('i32', 'i32', (x) => i32x4.shrU(x, 3), a)).toEqual(a.map((x) => (x >>> 3) | 0))
      expect(lanes('i32', 'f32', f32x4.convertI32x4S, a)).toEqual(a.map(Math.fround))
      expect(lanes('i32', 'f32', f32x4.convertI32x4U, a)).toEqual(a.map((x) => Math.fround(x >>> 0)))
      expect(lanes('i32', 'f64', f64x2.convertLowI32x4S, a)).toEqual(a.slice(0, 2))
      expect(lanes('i32', 'f64', f64x2.convertLowI32x4U, a)).toEqual(a.slice(0, 2).map((x) => x >>> 0))
      const shorts = new Int16Array(new Int32Array(a).buffer)
      for (const side of [0, 8] as const) {
        const four = [...shorts].slice(side / 2, side / 2 + 4)
        expect(lanes('i32', 'i32', halves(side, true), a)).toEqual(four)
        expect(lanes('i32', 'i32', halves(side, false), a)).toEqual(four.map((x) => x & 0xffff))
      }
      expect(lanes('i32', 'i32', (x) => i32x4.splat(i32x4.allTrue(x)), a)[0]).toBe(+a.every((x) => x !== 0))
      expect(lanes('i32', 'i32', (x) => i32x4.splat(i32x4.bitmask(x)), a)[0]).toBe(
        a.reduce((bits, x, i) => bits | (+(x < 0) << i), 0),
      )
    }
    for (const a of chunks(f32s, 4)) {
      expect(lanes('f32', 'i32', i32x4.truncSatF32x4S, a)).toEqual(
        a.map((x) => clamp(Math.fround(x), -(2 ** 31), 2 ** 31 - 1) | 0),
      )
      expect(lanes('f32', 'i32', i32x4.truncSatF32x4U, a)).toEqual(
        a.map((x) => clamp(Math.fround(x), 0, 2 ** 32 - 1) | 0),
      )
      expect(lanes('f64', 'f32', f32x4.demoteF64x2Zero, a.slice(0, 2))).toEqual([
        ...a.slice(0, 2).map(Math.fround),
        0,
        0,
      ])
      expect(lanes('f32', 'f64', f64x2.promoteLowF32x4, a)).toEqual(a.slice(0, 2).map(Math.fround))
    }
  })

  it('logic and selection by bits', () => {
    const a = [0b1100, -1, 0, 12345]
    const b = [0b1010, 7, 0, 54321]
    const bits = [0b0110, 0xff, -1, 0]
    expect(lanes('i32', 'i32', v128.and, a, b)).toEqual(a.map((x, i) => x & b[i]!))
    expect(lanes('i32', 'i32', v128.or, a, b)).toEqual(a.map((x, i) => x | b[i]!))
    expect(lanes('i32', 'i32', v128.xor, a, b)).toEqual(a.map((x, i) => x ^ b[i]!))
    expect(lanes('i32', 'i32', v128.andnot, a, b)).toEqual(a.map((x, i) => x & ~b[i]!))
    expect(lanes('i32', 'i32', v128.not, a)).toEqual(a.map((x) => ~x))
    expect(lanes('i32', 'i32', v128.bitselect, a, b, bits)).toEqual(
      a.map((x, i) => (x & bits[i]!) | (b[i]! & ~bits[i]!)),
    )
    expect(lanes('i32', 'i32', (x) => i32x4.splat(v128.anyTrue(x)), [0, 0, 1, 0])[0]).toBe(1)
    expect(lanes('i32', 'i32', (x) => i32x4.splat(v128.anyTrue(x)), [0, 0, 0, 0])[0]).toBe(0)
  })

  it('lanes: splat, extract, replace, shuffle, swizzle, constants', () => {
    const a = [1, 2, 3, 4]
    const b = [5, 6, 7, 8]
    for (const lane of [0, 1, 2, 3]) {
      expect(lanes('f32', 'f32', (x) => f32x4.splat(f32x4.extractLane(x, lane)), a)).toEqual(Array(4).fill(a[lane]))
      expect(lanes('f32', 'f32', (x) => f32x4.replaceLane(x, lane, 9), a)).toEqual(a.with(lane, 9))
      expect(lanes('i32', 'i32', (x) => i32x4.splat(i32x4.extractLane(x, lane)), a)).toEqual(Array(4).fill(a[lane]))
      expect(lanes('i32', 'i32', (x) => i32x4.replaceLane(x, lane, 9), a)).toEqual(a.with(lane, 9))
    }
    for (const lane of [0, 1]) {
      expect(lanes('f64', 'f64', (x) => f64x2.splat(f64x2.extractLane(x, lane)), [1.5, 2.5])).toEqual(
        Array(2).fill(lane + 1.5),
      )
      expect(lanes('f64', 'f64', (x) => f64x2.replaceLane(x, lane, 9), [1, 2])).toEqual([1, 2].with(lane, 9))
    }
    fc.assert(
      fc.property(fc.array(fc.nat(7), { minLength: 4, maxLength: 4 }), (order) => {
        expect(lanes('f32', 'f32', (x, y) => f32x4.shuffle(x, y, order), a, b)).toEqual(
          order.map((i) => [...a, ...b][i]),
        )
        expect(lanes('i32', 'i32', (x, y) => i32x4.shuffle(x, y, order), a, b)).toEqual(
          order.map((i) => [...a, ...b][i]),
        )
      }),
      { numRuns: 30 },
    )
    expect(lanes('f64', 'f64', (x, y) => f64x2.shuffle(x, y, [3, 0]), [1, 2], [3, 4])).toEqual([4, 1])
    const reversed = Array.from({ length: 16 }, (_, i) => 31 - i)
    expect(lanes('i32', 'i32', (x, y) => v128.shuffle(x, y, reversed), a, b)).toEqual([8, 7, 6, 5].map((x) => x << 24))
    const indices = [0x03020100, 0x07060504, -1, 0x0f0e0d0c]
    expect(lanes('i32', 'i32', v128.swizzle, a, indices)).toEqual([1, 2, 0, 4])
    expect(lanes('i32', 'i32', () => v128.const(new Uint8Array(new Int32Array([9, -8, 7, 6]).buffer)), a)).toEqual([
      9, -8, 7, 6,
    ])
  })

  it('transposes 4x4', () => {
    const { kernel, memory } = build((module) => {
      module.function('run', { params: {} }, (f) => {
        const rows = [v128.load(0), v128.load(16), f.let(v128.load(32)), v128.load(48)] as const
        for (const [i, row] of f.transpose4x4(rows).entries()) f.store(64 + 16 * i, row)
      })
    })
    const all = new Float32Array(memory.buffer)
    all.set(Array.from({ length: 16 }, (_, i) => i))
    kernel.run!()
    expect([...all.subarray(16, 32)]).toEqual(Array.from({ length: 16 }, (_, i) => 4 * (i % 4) + Math.floor(i / 4)))
  })
})

describe('memory', () => {
  const contents = Uint8Array.from({ length: 64 }, (_, i) => 250 + 7 * i)
  const bytes = [...contents]
  const view = new DataView(contents.buffer)
  const little = true

  function loaded(type: ValueType, expression: () => Expr): number {
    const { kernel, memory } = build((module) => {
      module.function('run', { params: {}, result: type }, () => expression() as Operand<ValueType>)
    })
    new Uint8Array(memory.buffer).set(bytes)
    return kernel.run!()
  }
  function loadedLanes(expression: () => Expr<'v128'>): number[] {
    const { kernel, memory } = build((module) =>
      module.function('run', { params: {} }, (f) => f.store(128, expression())),
    )
    new Uint8Array(memory.buffer).set(bytes)
    kernel.run!()
    return [...new Uint8Array(memory.buffer, 128, 16)]
  }
  function stored(write: (f: FunctionBuilder) => void): number[] {
    const { kernel, memory } = build((module) => module.function('run', { params: {} }, write))
    kernel.run!()
    return [...new Uint8Array(memory.buffer, 0, 64)]
  }

  it('scalar loads at an address and offset, aligned or not', () => {
    expect(loaded('i32', () => i32.load(3, 4, 1))).toBe(view.getInt32(7, little))
    expect(loaded('i32', () => i32.load8S(5))).toBe(view.getInt8(5))
    expect(loaded('i32', () => i32.load8U(0, 1))).toBe(view.getUint8(1))
    expect(loaded('i32', () => i32.load16S(6))).toBe(view.getInt16(6, little))
    expect(loaded('i32', () => i32.load16U(0, 6))).toBe(view.getUint16(6, little))
    expect(loaded('f32', () => f32.load(8, 4))).toBe(view.getFloat32(12, little))
    expect(loaded('f64', () => f64.load(8, 16))).toBe(view.getFloat64(24, little))
    expect(loaded('i32', () => i32.memorySize())).toBe(1)
  })

  it('vector loads', () => {
    const whole = bytes
    expect(loadedLanes(() => v128.load(5, 3, 1))).toEqual(whole.slice(8, 24))
    const splat = (size: number, from: number): number[] =>
      Array.from({ length: 16 }, (_, i) => whole[from + (i % size)]!)
    expect(loadedLanes(() => v128.load8Splat(7))).toEqual(splat(1, 7))
    expect(loadedLanes(() => v128.load16Splat(4, 2))).toEqual(splat(2, 6))
    expect(loadedLanes(() => v128.load32Splat(8, 4))).toEqual(splat(4, 12))
    expect(loadedLanes(() => v128.load64Splat(8))).toEqual(splat(8, 8))
    expect(loadedLanes(() => v128.load32Zero(4))).toEqual([...whole.slice(4, 8), ...Array(12).fill(0)])
    expect(loadedLanes(() => v128.load64Zero(0, 8))).toEqual([...whole.slice(8, 16), ...Array(8).fill(0)])
    const widened = (values: Numbers, size: 2 | 4): number[] => [
      ...new Uint8Array((size === 2 ? new Int16Array(values) : new Int32Array(values)).buffer),
    ]
    expect(loadedLanes(() => v128.load8x8S(3))).toEqual(
      widened(
        Array.from({ length: 8 }, (_, i) => view.getInt8(3 + i)),
        2,
      ),
    )
    expect(loadedLanes(() => v128.load8x8U(3))).toEqual(
      widened(
        Array.from({ length: 8 }, (_, i) => view.getUint8(3 + i)),
        2,
      ),
    )
    expect(loadedLanes(() => v128.load16x4S(8))).toEqual(
      widened(
        Array.from({ length: 4 }, (_, i) => view.getInt16(8 + 2 * i, little)),
        4,
      ),
    )
    expect(loadedLanes(() => v128.load16x4U(8))).toEqual(
      widened(
        Array.from({ length: 4 }, (_, i) => view.getUint16(8 + 2 * i, little)),
        4,
      ),
    )
  })

  it.each([8, 16, 32, 64] as const)('lane loads and stores of %i bits', (bits) => {
    const size = bits / 8
    for (let lane = 0; lane < 16 / size; lane++) {
      const expected = bytes.slice(0, 16)
      expected.splice(lane * size, size, ...bytes.slice(40, 40 + size))
      expect(loadedLanes(() => v128.loadLane(bits, 32, v128.load(0), lane, 8))).toEqual(expected)
      const out = stored((f) => f.storeLane(bits, 16, v128.const(contents.subarray(0, 16)), lane, 8))
      expect(out.slice(24, 24 + size)).toEqual(bytes.slice(lane * size, lane * size + size))
      expect(out.slice(24 + size, 32).every((x) => x === 0)).toBe(true)
    }
  })

  it('stores', () => {
    const read = (out: Numbers): DataView => new DataView(Uint8Array.from(out).buffer)
    expect(read(stored((f) => f.store(4, i32.const(-77), 4))).getInt32(8, little)).toBe(-77)
    expect(read(stored((f) => f.store(8, i64.const(-(2 ** 40))))).getBigInt64(8, little)).toBe(-(2n ** 40n))
    expect(read(stored((f) => f.store(4, f32.const(1.5)))).getFloat32(4, little)).toBe(1.5)
    expect(read(stored((f) => f.store(1, f64.const(Math.PI), 8, 1))).getFloat64(9, little)).toBe(Math.PI)
    expect(stored((f) => f.store8(3, 0x1ff, 1)).slice(3, 7)).toEqual([0, 255, 0, 0])
    expect(stored((f) => f.store16(4, 0x12345, 2)).slice(5, 9)).toEqual([0, 0x45, 0x23, 0])
    expect(stored((f) => f.fill(2, 7, 3)).slice(0, 7)).toEqual([0, 0, 7, 7, 7, 0, 0])
    const overlapping = stored((f) => {
      f.store(0, i32.const(0x04030201))
      f.copy(1, 0, 4)
    })
    expect(overlapping.slice(0, 6)).toEqual([1, 1, 2, 3, 4, 0])
  })

  it('atomics on a shared memory', () => {
    const meaning: Record<keyof typeof op.i32AtomicRmw, (a: number, b: number) => number> = {
      add: (a, b) => a + b,
      sub: (a, b) => a - b,
      and: (a, b) => a & b,
      or: (a, b) => a | b,
      xor: (a, b) => a ^ b,
      xchg: (_, b) => b,
    }
    for (const [name, change] of Object.entries(meaning)) {
      const { kernel, memory } = build((module) => {
        module.function('run', { params: {}, result: 'i32' }, () =>
          i32.atomic[name as keyof typeof meaning](4, 0b0110, 4),
        )
      }, true)
      const words = new Int32Array(memory.buffer)
      words[2] = 0b1100
      expect(kernel.run!()).toBe(0b1100)
      expect(words[2]).toBe(change(0b1100, 0b0110))
    }
    const { kernel, memory } = build((module) => {
      module.function('load', { params: {}, result: 'i32' }, () => i32.atomicLoad(4, 4))
      module.function('store', { params: { value: 'i32' } }, (f, { value }) => f.atomicStore(4, value, 4))
      module.function('exchange', { params: { expected: 'i32' }, result: 'i32' }, (_, { expected }) =>
        i32.atomicCompareExchange(4, expected, 99, 4),
      )
      module.function('wait', { params: { expected: 'i32' }, result: 'i32' }, (_, { expected }) =>
        i32.atomicWait(4, expected, 1000, 4),
      )
      module.function('notify', { params: {}, result: 'i32' }, () => i32.atomicNotify(4, 1, 4))
    }, true)
    kernel.store!(5)
    expect(kernel.load!()).toBe(5)
    expect(new Int32Array(memory.buffer)[2]).toBe(5)
    expect(kernel.exchange!(4)).toBe(5)
    expect(kernel.load!()).toBe(5)
    expect(kernel.exchange!(5)).toBe(5)
    expect(kernel.load!()).toBe(99)
    expect(kernel.wait!(0)).toBe(1)
    expect(kernel.wait!(99)).toBe(2)
    expect(kernel.notify!()).toBe(0)
  })
})

describe('statements', () => {
  it('if, else, block, loop, br, brIf, return, tee', () => {
    const { kernel } = build((module) => {
      module.function('sign', { params: { x: 'i32' }, result: 'i32' }, (f, { x }) => {
        f.if(i32.ltS(x, 0), () => f.return(i32.const(-1)))
        const out = f.local('i32')
        f.if(
          i32.eqz(x),
          () => f.set(out, 0),
          () => f.set(out, 1),
        )
        return out
      })
      // Steps of the Collatz iteration.
      module.function('collatz', { params: { n: 'i32' }, result: 'i32' }, (f, { n }) => {
        const steps = f.local('i32')
        f.block((done) => {
          f.loop((again) => {
            f.brIf(done, i32.eq(n, 1))
            f.if(
              i32.and(n, 1),
              () => f.set(n, i32.add(i32.mul(n, 3), 1)),
              () => f.set(n, i32.shrU(n, 1)),
            )
            f.advance(steps, 1)
            f.br(again)
          })
        })
        return steps
      })
      module.function('twice', { params: { x: 'i32' }, result: 'i32' }, (f, { x }) => {
        const y = f.local('i32')
        return i32.add(tee(y, i32.mul(x, 3)), y)
      })
      module.function('early', { params: { x: 'i32' } }, (f, { x }) => {
        f.if(x, () => f.return())
        f.unreachable()
      })
    })
    expect([-9, 0, 9].map((x) => kernel.sign!(x))).toEqual([-1, 0, 1])
    expect([1, 2, 27].map((n) => kernel.collatz!(n))).toEqual([0, 1, 111])
    expect(kernel.twice!(7)).toBe(42)
    expect(kernel.early!(1)).toBeUndefined()
    expect(() => kernel.early!(0)).toThrow(WebAssembly.RuntimeError)
  })

  it('forRange and doWhile', () => {
    const { kernel } = build((module) => {
      module.function(
        'sum',
        { params: { from: 'i32', to: 'i32', step: 'i32' }, result: 'i32' },
        (f, { from, to, step }) => {
          const total = f.local('i32')
          f.forRange(from, to, step, (i) => f.set(total, i32.add(i32.mul(total, 10), i)))
          return total
        },
      )
      module.function('power', { params: { n: 'i32' }, result: 'f64' }, (f, { n }) => {
        const x = f.let(f64.const(1))
        f.doWhile(() => {
          f.set(x, f64.mul(x, 2))
          return tee(n, i32.sub(n, 1))
        })
        return x
      })
    })
    expect(kernel.sum!(1, 5, 1)).toBe(1234)
    expect(kernel.sum!(1, 6, 2)).toBe(135)
    expect(kernel.sum!(5, 5, 1)).toBe(0)
    expect(kernel.sum!(6, 5, 1)).toBe(0)
    expect(kernel.power!(10)).toBe(1024)
  })

  it('calls, imports, locals of every type, deep nesting', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 })
    const module = new Module()
    const seen: number[] = []
    const log = module.importFunction('host', 'log', { params: { x: 'f64' } })
    const ask = module.importFunction('host', 'ask', { params: {}, result: 'f64' })
    const half = module.function('half', { params: { x: 'f64' }, result: 'f64', exported: false }, (_, { x }) =>
      f64.div(x, 2),
    )
    module.function('run', { params: {} }, (f) => {
      f.call(log, { x: call(half, { x: call(ask, {}) }) })
      f.call(half, { x: 4 })
      f.drop(f64.const(3))
      for (const type of ['i32', 'i64', 'f32', 'f64', 'v128', 'i32'] as const) f.locals(type, 100)
      f.block((outer) => {
        const nest = (depth: number): void => {
          if (depth === 150) f.br(outer)
          else f.block(() => nest(depth + 1))
        }
        nest(0)
        f.unreachable()
      })
    })
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), {
      env: { memory },
      host: { log: (x: number) => seen.push(x), ask: () => 5 },
    })
    expect(Object.keys(instance.exports)).toEqual(['run'])
    ;(instance.exports.run as () => void)()
    expect(seen).toEqual([2.5])
  })

  it('links to memories of any size, shared or not', () => {
    for (const shared of [false, true]) {
      const bytes = (() => {
        const module = new Module({ shared })
        module.function('size', { params: {}, result: 'i32' }, () => i32.memorySize())
        return module.bytes()
      })()
      for (const [initial, maximum] of [
        [1, 1],
        [3, 100],
        [2, 65536],
      ] as const) {
        const memory = new WebAssembly.Memory({ initial, maximum, shared })
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
        expect((exports.size as Callable)()).toBe(initial)
      }
    }
  })
})

describe('misuse', () => {
  const inFunction = (write: (f: FunctionBuilder, x: Local<'i32'>) => void) => () =>
    new Module().function('run', { params: { x: 'i32' } }, (f, { x }) => write(f, x))
  const register = v128.load(0)

  it('is a type error, and an AssemblerError where types are gone', () => {
    // @ts-expect-error a register where an integer is needed
    expect(() => i32.add(register, 1)).toThrow(AssemblerError)
    // @ts-expect-error a number where a register is needed
    expect(() => f32x4.add(register, 1)).toThrow('splat')
    // @ts-expect-error an address of type f32
    expect(() => v128.load(f32.const(1))).toThrow(AssemblerError)
    // @ts-expect-error branches of different types
    expect(() => select(1, i32.const(1), f32.const(1))).toThrow(AssemblerError)
    // @ts-expect-error an f32 set to an i32 local
    expect(inFunction((f, x) => f.set(x, f32.const(1)))).toThrow(AssemblerError)
    // @ts-expect-error a register teed into an i32 local
    expect(inFunction((_, x) => tee(x, register))).toThrow(AssemblerError)
    // @ts-expect-error no result given back
    expect(() => new Module().function('run', { params: {}, result: 'i32' }, () => {})).toThrow('gives no i32')
    const module = new Module()
    const half = module.function('half', { params: { x: 'f64' }, result: 'f64' }, (_, { x }) => x)
    const none = module.function('none', { params: {} }, () => {})
    // @ts-expect-error an argument of the wrong type
    expect(() => call(half, { x: i32.const(1) })).toThrow(AssemblerError)
    // @ts-expect-error a missing argument
    expect(() => call(half, {})).toThrow('"x"')
    expect(() => call(none, {})).toThrow('no value')
    expect(inFunction((f) => f.call(none, {}))).toThrow('another module')
  })

  it('of numbers is an AssemblerError', () => {
    expect(() => i32.const(1.5)).toThrow(AssemblerError)
    expect(() => i32.const(2 ** 32)).toThrow(AssemblerError)
    expect(() => i32.load(0, -1)).toThrow('offset')
    expect(() => i32.load(0, 0, 8)).toThrow('alignment')
    expect(() => i32.load(0, 0, 3)).toThrow('alignment')
    expect(() => f32x4.extractLane(register, 4)).toThrow('lane 4')
    expect(() => f64x2.replaceLane(register, 2, 0)).toThrow('lane 2')
    expect(() => v128.loadLane(64, 0, register, 2)).toThrow('lane 2')
    expect(() => f32x4.shuffle(register, register, [0, 1, 2])).toThrow('4 indices')
    expect(() => f32x4.shuffle(register, register, [0, 1, 2, 8])).toThrow(AssemblerError)
    expect(() => v128.const(new Uint8Array(15))).toThrow('16')
  })

  it('of locals, labels and imports is an AssemblerError', () => {
    const module = new Module()
    let stray: Local<'i32'> | undefined
    module.function('first', { params: { x: 'i32' } }, (_, { x }) => {
      stray = x
    })
    expect(inFunction((f, x) => f.set(x, stray!))).toThrow('another function')
    expect(inFunction((f) => f.set(stray!, 1))).toThrow('another function')
    expect(inFunction((f) => f.drop(tee(stray!, 1)))).toThrow('another function')
    expect(
      inFunction((f) => {
        let gone: { depth: number } | undefined
        f.block((exit) => {
          gone = exit
        })
        f.block(() => f.br(gone!))
      }),
    ).toThrow('outside its block')
    expect(inFunction((f) => f.return(i32.const(1)))).toThrow('gives nothing')
    expect(() => module.importFunction('host', 'late', { params: {} })).toThrow('import before')
    const unfinished = new Module()
    expect(() => unfinished.function('run', { params: {} }, () => unfinished.bytes())).toThrow('not finished')
    expect(new AssemblerError('').code).toBe('ASSEMBLER')
  })
})
