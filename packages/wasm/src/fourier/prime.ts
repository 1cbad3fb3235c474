// Fourier transforms of a prime number of points that no butterfly is made for, from memory to memory, four to a vector, while
// they are being written: as a cyclic convolution, by two transforms.
// Source: Rader, "Discrete Fourier transforms when the number of data samples is prime" (1968).
import { linesDft } from '@scatterlab/tensor'
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import type { Line } from './codelet.ts'
import type { Sign } from './butterflies.ts'
import type { Kernels } from './kernels.ts'
import { QUAD, loadQuad, storeQuad } from './layout.ts'
import type { Complex, Vectors } from './vectors.ts'

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
  v.block(() => {
    const { re, im } = v.parts(line.load(line.source, 0))
    ;[re, im].forEach((part, i) => f.set(first[i]!, part))
  })
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
  linesDft(length).transform(re, im, -1)
  return Float64Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? re : im)[i >> 1]!)
}
