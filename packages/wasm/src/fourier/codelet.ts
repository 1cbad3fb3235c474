// One Fourier transform of n points from memory to memory, four transforms to a vector, while it is being written. Two
// passes of shorter transforms with a line of work space between them: written out in full for short lines, as two loops
// with a table of twiddle factors for long ones. The caller says where inputs come from and outputs go.
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import { type Sign, transform } from './butterflies.ts'
import { convolutionLength, factors, indexMap, isStraight } from './factors.ts'
import type { Kernels } from './kernels.ts'
import { QUAD, loadQuad, storeQuad } from './layout.ts'
import { convolutionBytes, emitConvolution } from './prime.ts'
import type { Complex, Vectors } from './vectors.ts'

/** The longest line. */
const LONGEST = 2 ** 20

/** Whether there is a codelet for lines of n points: 1 … 2^20. */
export const hasCodelet = (n: number): boolean => n >= 1 && n <= LONGEST

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

/** Bytes of work space for a line of n points. */
export function scratchBytes(n: number): number {
  const pair = factors(n)
  if (pair === null) {
    if (isStraight(n)) return 0
    const length = convolutionLength(n)
    return convolutionBytes(length) + scratchBytes(length)
  }
  return betweenBytes(pair) + Math.max(...pair.map((m) => (isStraight(m) ? 0 : scratchBytes(m))))
}

/** Bytes of the line between two passes; the pitch is not a power of two. */
const betweenBytes = ([n1, n2]: readonly [number, number]): number => (n1 + 1) * n2 * QUAD

/** Emits target[k] ← Σ_i source[i]·e^{sign·2πi·ik/n}, unnormalised. All is read before anything is written. */
export function emitLine(v: Vectors, kernels: Kernels, n: number, sign: Sign, line: Line): void {
  const pair = factors(n)
  if (pair !== null) {
    if (isStraight(n)) emitStraight(v, pair, sign, line)
    else emitLoops(v, kernels, pair, sign, line)
  } else if (isStraight(n)) {
    emitShort(v, kernels, n, sign, line)
  } else {
    emitConvolution(v, kernels, n, convolutionLength(n), sign, line, (m, direction, part) =>
      emitLine(v, kernels, m, direction, part),
    )
  }
}

/** A transform that is one part of a longer one: in registers where it is short. */
function emitShort(v: Vectors, kernels: Kernels, n: number, sign: Sign, line: Line): void {
  if (!isStraight(n)) return emitLine(v, kernels, n, sign, line)
  v.block(() =>
    transform(
      v,
      n,
      sign,
      (i) => line.load(line.source, i),
      (k, z) => line.store(line.target, k, z),
    ),
  )
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

function emitLoops(v: Vectors, kernels: Kernels, pair: readonly [number, number], sign: Sign, line: Line): void {
  const { f } = v
  const [n1, n2] = pair
  const pitch = (n1 + 1) * QUAD
  const twiddles = kernels.table(`twiddles ${n1}·${n2} ${sign}`, () => twiddleTable(n1, n2, sign))
  const source = f.let(line.source)
  const between = f.let(line.scratch)
  const target = f.let(line.target)
  const scratch = pair.every(isStraight) ? line.scratch : f.let(i32.add(line.scratch, betweenBytes(pair)))
  const twiddle = f.let(i32.const(twiddles))
  const left = f.let(i32.const(n2))
  f.repeat(left, () => {
    emitShort(v, kernels, n1, sign, {
      source,
      target: between,
      scratch,
      loadStep: n2 * line.loadStep,
      storeStep: QUAD,
      load: (at, i) => line.load(at, n2 * i),
      store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
    })
    f.advance(source, line.loadStep)
    f.advance(between, pitch)
  })
  f.set(between, line.scratch)
  f.set(left, n1)
  const rotated = (at: Local<'i32'>, i2: number): Complex =>
    v.multiply(loadQuad(v, at, i2 * pitch), v128.load32Splat(twiddle, 8 * i2), v128.load32Splat(twiddle, 8 * i2 + 4))
  f.repeat(left, () => {
    if (!isStraight(n2)) rotateFirst()
    emitShort(v, kernels, n2, sign, {
      source: between,
      target,
      scratch,
      loadStep: pitch,
      storeStep: n1 * line.storeStep,
      load: (at, i2) => (i2 > 0 && isStraight(n2) ? rotated(at, i2) : loadQuad(v, at, i2 * pitch)),
      store: (at, k2, z) => line.store(at, n1 * k2, z),
    })
    f.advance(between, QUAD)
    f.advance(target, line.storeStep)
    if (isStraight(n2)) f.advance(twiddle, 8 * n2)
  })

  /** The twiddle factors of a transform that does not see its indices, applied where its inputs lie. */
  function rotateFirst(): void {
    const at = f.let(between)
    const rest = f.let(i32.const(n2))
    f.repeat(rest, () => {
      v.block(() => storeQuad(v, at, 0, rotated(at, 0)))
      f.advance(at, pitch)
      f.advance(twiddle, 8)
    })
  }
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
