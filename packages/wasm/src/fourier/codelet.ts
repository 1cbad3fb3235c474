// One Fourier transform of n points from memory to memory, four transforms to a vector, while it is being written. Two
// passes of short transforms with a line of work space between them: written out in full for short lines, as two loops
// with a table of twiddle factors for long ones. Where inputs come from and outputs go is the caller's.
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import { type Sign, factors, indexMap, isSmooth, transform } from './butterflies.ts'
import type { Kernels } from './kernels.ts'
import type { Complex, Vectors } from './vectors.ts'

/** Bytes of four complex numbers: four real parts, four imaginary parts. */
export const QUAD = 32

/** Longer lines are done by loops. */
const LONGEST_STRAIGHT = 80
/** The longest line: both factors still fit in two passes. */
const LONGEST = 2048

/** Whether there is a codelet for lines of n points: n = 2^a·3^b·5^c ≤ 2048. */
export const hasCodelet = (n: number): boolean => n >= 1 && n <= LONGEST && isSmooth(n)

/** Where a line lies. Element i of the source is read with `load(source + i·loadStep)`, and stored likewise. */
export interface Line {
  readonly source: Local<'i32'>
  readonly target: Local<'i32'>
  /** `scratchBytes(n)` of work space. */
  readonly scratch: Local<'i32'>
  /** Bytes from an element to the next. */
  readonly loadStep: number
  readonly storeStep: number
  /** Reads element i; a long line comes with a moved pointer and the i that is left. */
  readonly load: (source: Local<'i32'>, i: number) => Complex
  readonly store: (target: Local<'i32'>, k: number, z: Complex) => void
}

/** Whether the line is written out in full, so that `load` and `store` see the true index. */
export const isStraight = (n: number): boolean => n <= LONGEST_STRAIGHT

/** Bytes of work space for a line of n points. */
export function scratchBytes(n: number): number {
  const pair = factors(n)
  return pair === null ? 0 : (pair[0] + 1) * pair[1] * QUAD
}

/** Emits target[k] ← Σ_i source[i]·e^{sign·2πi·ik/n}, unnormalised. All is read before anything is written. */
export function emitLine(v: Vectors, kernels: Kernels, n: number, sign: Sign, line: Line): void {
  const pair = factors(n)
  if (pair === null) {
    v.block(() =>
      transform(
        v,
        n,
        sign,
        (i) => line.load(line.source, i),
        (k, z) => line.store(line.target, k, z),
      ),
    )
  } else if (isStraight(n)) {
    emitStraight(v, pair, sign, line)
  } else {
    emitLoops(v, kernels, pair, sign, line)
  }
}

function emitStraight(v: Vectors, [n1, n2]: readonly [number, number], sign: Sign, line: Line): void {
  const map = indexMap(n1, n2)
  const at = (k1: number, i2: number): number => (i2 * n1 + k1) * QUAD
  for (let i2 = 0; i2 < n2; i2++) {
    v.block(() =>
      transform(
        v,
        n1,
        sign,
        (i1) => line.load(line.source, map.input(i1, i2)),
        (k1, z) => storeQuad(v, line.scratch, at(k1, i2), z),
      ),
    )
  }
  for (let k1 = 0; k1 < n1; k1++) {
    v.block(() =>
      transform(
        v,
        n2,
        sign,
        (i2) => v.rotate(loadQuad(v, line.scratch, at(k1, i2)), sign * map.turn(k1, i2)),
        (k2, z) => line.store(line.target, map.output(k1, k2), z),
      ),
    )
  }
}

function emitLoops(v: Vectors, kernels: Kernels, [n1, n2]: readonly [number, number], sign: Sign, line: Line): void {
  const { f } = v
  const pitch = (n1 + 1) * QUAD
  const twiddles = kernels.table(`twiddles ${n1}·${n2} ${sign}`, () => twiddleTable(n1, n2, sign))
  const source = f.let(line.source)
  const between = f.let(line.scratch)
  const target = f.let(line.target)
  const twiddle = f.let(i32.const(twiddles))
  const left = f.let(i32.const(n2))
  f.doWhile(() => {
    v.block(() =>
      transform(
        v,
        n1,
        sign,
        (i1) => line.load(source, n2 * i1),
        (k1, z) => storeQuad(v, between, k1 * QUAD, z),
      ),
    )
    f.advance(source, line.loadStep)
    f.advance(between, pitch)
    f.set(left, i32.sub(left, 1))
    return left
  })
  f.set(between, line.scratch)
  f.set(left, n1)
  f.doWhile(() => {
    v.block(() => {
      const rotated = (i2: number): Complex => {
        const z = loadQuad(v, between, i2 * pitch)
        if (i2 === 0) return z
        return v.multiply(z, v128.load32Splat(twiddle, 8 * i2), v128.load32Splat(twiddle, 8 * i2 + 4))
      }
      transform(v, n2, sign, rotated, (k2, z) => line.store(target, n1 * k2, z))
    })
    f.advance(between, QUAD)
    f.advance(target, line.storeStep)
    f.advance(twiddle, 8 * n2)
    f.set(left, i32.sub(left, 1))
    return left
  })
}

/** e^{sign·2πi·k1·i2/(n1·n2)} for k1, then i2: real, imaginary. */
function twiddleTable(n1: number, n2: number, sign: Sign): Float64Array {
  const table = new Float64Array(2 * n1 * n2)
  for (let k1 = 0, at = 0; k1 < n1; k1++) {
    for (let i2 = 0; i2 < n2; i2++, at += 2) {
      const angle = (sign * 2 * Math.PI * k1 * i2) / (n1 * n2)
      table[at] = Math.cos(angle)
      table[at + 1] = Math.sin(angle)
    }
  }
  return table
}

/** Four complex numbers at address + offset, imaginary parts 16 bytes behind the real ones. */
export const loadQuad = (v: Vectors, address: Local<'i32'>, offset: number): Complex =>
  v.complex(v128.load(address, offset), v128.load(address, offset + QUAD / 2))

/** Writes what `loadQuad` reads. */
export function storeQuad(v: Vectors, address: Local<'i32'>, offset: number, z: Complex): void {
  const { re, im } = v.parts(z)
  v.f.store(address, re, offset)
  v.f.store(address, im, offset + QUAD / 2)
}
