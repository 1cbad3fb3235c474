// Fourier transforms of a prime number of points above 17, from memory to memory, four to a vector, while they are being written:
// short ones as sums with real coefficients, long ones as a cyclic convolution by two transforms.
// Source: Rader, "Discrete Fourier transforms when the number of data samples is prime" (1968).
import { dft } from '@scatterlab/tensor'
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import type { Line } from './codelet.ts'
import type { Sign } from './butterflies.ts'
import type { Kernels } from './kernels.ts'
import { QUAD, loadQuad, storeQuad } from './layout.ts'
import { type Complex, type Vectors, timesI } from './vectors.ts'

/** Outputs (and their mirrors) that are summed side by side: their sums stay in registers. */
const SIDE_BY_SIDE = 2

/** Bytes of work space for the sums of n points. */
export const sumsBytes = (n: number): number => n * QUAD

/**
 * Emits a line of an odd number of points as sums: in[0] + Σ_j cos(2πjk/n)·(in[j] + in[n−j]) ± sign·i·Σ_j sin(2πjk/n)·(in[j] − in[n−j])
 * are out[k] and out[n−k], k and j = 1 … (n − 1)/2.
 */
export function emitSums(v: Vectors, kernels: Kernels, n: number, sign: Sign, line: Line): void {
  const { f } = v
  const half = (n - 1) / 2
  const pairs = f.let(i32.add(line.scratch, QUAD))
  const up = f.let(i32.add(line.source, line.loadStep))
  const down = f.let(i32.add(line.source, (n - 1) * line.loadStep))
  const left = f.let(i32.const(half))
  const total = f.locals('v128', 2)
  v.block(() => {
    const first = line.load(line.source, 0)
    storeQuad(v, line.scratch, 0, first)
    setQuad(v, total, first)
  })
  f.repeat(left, () => {
    v.block(() => {
      const [sum, difference] = v.butterfly(line.load(up, 0), line.load(down, 0))
      storeQuad(v, pairs, 0, sum)
      storeQuad(v, pairs, QUAD, difference)
      setQuad(v, total, v.plus(v.complex(total[0]!, total[1]!), sum))
    })
    f.advance(pairs, 2 * QUAD)
    f.advance(up, line.loadStep)
    f.advance(down, -line.loadStep)
  })
  line.store(line.target, 0, v.complex(total[0]!, total[1]!))

  const blocks = Math.ceil(half / SIDE_BY_SIDE)
  const table = f.let(i32.const(kernels.table(`sums ${n}`, () => sumTable(n, blocks))))
  const sums = Array.from({ length: SIDE_BY_SIDE }, () => f.locals('v128', 4))
  const pair = f.locals('v128', 4)
  const block = f.let(i32.const(blocks))
  f.set(up, i32.add(line.target, line.storeStep))
  f.set(down, i32.add(line.target, (n - SIDE_BY_SIDE) * line.storeStep))
  f.repeat(block, () => {
    v.block(() => {
      const zero = v.keep(v.constant(0))
      const [re, im] = [0, 1].map((part) => v.keep(v128.load(line.scratch, (part * QUAD) / 2)))
      for (const own of sums) [re!, im!, zero, zero].forEach((value, i) => f.set(own[i]!, value))
    })
    f.set(pairs, i32.add(line.scratch, QUAD))
    f.set(left, half)
    f.repeat(left, () => {
      pair.forEach((part, i) => f.set(part, v128.load(pairs, 16 * i)))
      sums.forEach((own, k) =>
        v.block(() => {
          const [cosine, sine] = [0, 4].map((at) => v.keep(v128.load32Splat(table, 8 * k + at)))
          own.forEach((sum, i) => f.set(sum, v.multiplyAdd(i < 2 ? cosine! : sine!, pair[i]!, sum)))
        }),
      )
      f.advance(table, 8 * SIDE_BY_SIDE)
      f.advance(pairs, 2 * QUAD)
    })
    sums.forEach(([evenRe, evenIm, oddRe, oddIm], k) =>
      v.block(() => {
        const [y, mirror] = v.butterfly(v.complex(evenRe!, evenIm!), timesI(v.complex(oddRe!, oddIm!), sign))
        line.store(up, k, y)
        line.store(down, SIDE_BY_SIDE - 1 - k, mirror)
      }),
    )
    // The last block ends at the middle and may overlap the one before.
    const step = f.let(i32.const(SIDE_BY_SIDE * line.storeStep))
    f.if(i32.eq(block, 2), () => f.set(step, (half - SIDE_BY_SIDE * (blocks - 1)) * line.storeStep))
    f.advance(up, step)
    f.set(down, i32.sub(down, step))
  })
}

/** For each block of k, then j, then k of the block: cos(2πjk/n), sin(2πjk/n). */
function sumTable(n: number, blocks: number): number[] {
  const half = (n - 1) / 2
  return Array.from({ length: blocks }, (_, b) => Math.min(b * SIDE_BY_SIDE, half - SIDE_BY_SIDE) + 1).flatMap(
    (first) =>
      Array.from({ length: half * SIDE_BY_SIDE }, (_, at) => {
        const [j, k] = [Math.floor(at / SIDE_BY_SIDE) + 1, first + (at % SIDE_BY_SIDE)]
        const angle = (2 * Math.PI * ((j * k) % n)) / n
        return [Math.cos(angle), Math.sin(angle)]
      }).flat(),
  )
}

/** Bytes of work space for a convolution of `length` points, without that of its transforms. */
export const convolutionBytes = (length: number): number => (length + 1) * QUAD

/**
 * Emits a line of p points, p an odd prime, as a cyclic convolution of `length` points: with a generator g of the residues
 * modulo p, out[g^−m] − in[0] = Σ_q in[g^q]·e^{sign·2πi·g^(q−m)/p}. The length is p − 1, or at least 2p − 3: then zeros
 * stand behind.
 */
export function emitConvolution(
  v: Vectors,
  kernels: Kernels,
  p: number,
  length: number,
  sign: Sign,
  line: Line,
  emit: (length: number, sign: Sign, line: Line) => void,
): void {
  const { f } = v
  const work = f.let(line.scratch)
  const scratch = f.let(i32.add(line.scratch, length * QUAD))
  const first = f.locals('v128', 2)
  v.block(() => setQuad(v, first, line.load(line.source, 0)))
  const [from, to] = [powersTable(kernels, p, 1, line.loadStep), powersTable(kernels, p, -1, line.storeStep)].map(
    (at) => f.let(i32.const(at)),
  ) as [Local<'i32'>, Local<'i32'>]
  const read = (offsets: Local<'i32'>, q: number): Complex =>
    line.load(f.let(i32.add(line.source, i32.load(offsets, 4 * q))), 0)
  const write = (offsets: Local<'i32'>, m: number, sum: Complex): void =>
    line.store(f.let(i32.add(line.target, i32.load(offsets, 4 * m))), 0, v.plus(v.complex(first[0]!, first[1]!), sum))
  const quads: Line = {
    source: work,
    target: work,
    scratch,
    loadStep: QUAD,
    storeStep: QUAD,
    load: (at, i) => loadQuad(v, at, i * QUAD),
    store: (at, k, z) => storeQuad(v, at, k * QUAD, z),
  }
  const repeat = (count: number, body: () => void): void => f.repeat(f.let(i32.const(count)), () => v.block(body))
  const whole = length === p - 1
  if (whole) emit(length, -1, { ...quads, source: from, loadStep: 4, load: read })
  else {
    const at = f.let(work)
    const zero = f.let(v.constant(0))
    repeat(p - 1, () => {
      storeQuad(v, at, 0, read(from, 0))
      f.advance(from, 4)
      f.advance(at, QUAD)
    })
    repeat(length - (p - 1), () => {
      for (const part of [0, QUAD / 2]) f.store(at, zero, part)
      f.advance(at, QUAD)
    })
    emit(length, -1, quads)
  }
  v.block(() => line.store(line.target, 0, v.plus(v.complex(first[0]!, first[1]!), loadQuad(v, work, 0))))
  // The factor of a place in the work space: both lie in steps, one a quarter of the other.
  const factors = kernels.table(`convolution ${p} ${length} ${sign}`, () => convolutionTable(p, length, sign))
  const shift = f.let(i32.sub(factors, i32.shrU(work, 2)))
  const load = (at: Local<'i32'>, i: number): Complex => {
    const factor = f.let(i32.add(i32.shrU(at, 2), shift))
    return v.multiply(loadQuad(v, at, i * QUAD), v128.load32Splat(factor, 8 * i), v128.load32Splat(factor, 8 * i + 4))
  }
  if (whole) emit(length, 1, { ...quads, load, target: to, storeStep: 4, store: write })
  else {
    emit(length, 1, { ...quads, load })
    const at = f.let(work)
    repeat(p - 1, () => {
      write(to, 0, loadQuad(v, at, 0))
      f.advance(to, 4)
      f.advance(at, QUAD)
    })
  }
}

/** step·(g^q mod p), or of g^−q, for q = 0 … p − 2: offsets in bytes. */
const powersTable = (kernels: Kernels, p: number, direction: 1 | -1, step: number): number =>
  kernels.words(`powers ${p} ${direction} ${step}`, () =>
    Int32Array.from(powers(p, direction), (power) => step * power),
  )

/** g^q modulo p for q = 0 … p − 2, or g^−q. */
export function powers(p: number, direction: 1 | -1): number[] {
  const g = generator(p)
  const list = [1]
  while (list.length < p - 1) list.push((list.at(-1)! * g) % p)
  return direction === 1 ? list : [1, ...list.slice(1).reverse()]
}

/** The smallest generator of the residues 1 … p − 1 of a prime p. */
function generator(p: number): number {
  for (let g = 2; ; g++) {
    let order = 1
    for (let power = g; power !== 1; power = (power * g) % p) order++
    if (order === p - 1) return g
  }
}

/** The transform of e^{sign·2πi·g^−r/p}, r modulo p − 1 on both sides of 0, divided by the length: real, imaginary. */
function convolutionTable(p: number, length: number, sign: Sign): Float64Array {
  const [re, im] = [new Float64Array(length), new Float64Array(length)]
  powers(p, -1).forEach((power, r) => {
    const angle = (sign * 2 * Math.PI * power) / p
    for (const at of r === 0 || length === p - 1 ? [r] : [r, length - (p - 1) + r]) {
      re[at] = Math.cos(angle) / length
      im[at] = Math.sin(angle) / length
    }
  })
  dft(length).transform(re, im, -1)
  return Float64Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? re : im)[i >> 1]!)
}

function setQuad(v: Vectors, to: readonly Local<'v128'>[], z: Parameters<Vectors['parts']>[0]): void {
  const { re, im } = v.parts(z)
  v.f.set(to[0]!, re)
  v.f.set(to[1]!, im)
}
