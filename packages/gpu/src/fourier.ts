// Fourier transforms along an axis, of any length: one pass for each factor (Stockham, decimation in time). After passes whose
// factors multiply to L, place k·(n/L) + p of a line holds the transform of length L of every (n/L)-th number from p on:
//   y[k, p] = Σ_{q<r} ω_{L}^{qk} x[k mod L/r, p + q·n/L],   the factor of the pass being r.
import { type View, isComplex } from '@scatterlab/tensor'
import { MOST_NUMBERS } from './device.ts'
import { modulus, wrap } from './kernel-text.ts'
import { COMPLEX, type Recorder } from './recorder.ts'

/** Factors are merged up to this: fewer passes, each a longer sum. */
const LARGEST_FACTOR = 16

/** Longer lines would be divided inexactly. */
const LONGEST = 2 ** 20

/** What a transform makes of its last pass, and how many numbers of a line it reads. */
export interface TransformOptions {
  /** Numbers of a line of x; those beyond are 0 (default: all). */
  readonly given?: number
  /**
   * `complex`: the transform; `real`: its real part; `added`: that, added to `out`; `modulus`: |·| times `scale` (default `complex`).
   */
  readonly keep?: 'complex' | 'real' | 'added' | 'modulus'
  readonly scale?: number
}

/** Records `fft`. */
export function fft(record: Recorder, x: View, out: View, axis: number, sign: -1 | 1): void {
  transform(record, x, out, axis, x.shape[axis], sign)
}

/**
 * out ← the transforms of length n of the lines of x (real or complex) along `axis`. Only as many frequencies as `out` holds are
 * computed.
 */
export function transform(
  record: Recorder,
  x: View,
  out: View,
  axis: number,
  n: number,
  sign: -1 | 1,
  { given = n, keep = 'complex', scale = 1 }: TransformOptions = {},
): void {
  const factors = factorsOf(n)
  if (n > LONGEST || Math.max(...factors) ** 2 > MOST_NUMBERS) return record.decline()
  const roots = record.table(`roots ${n}`, () => rootsOf(n))
  const shape = out.shape.toSpliced(axis, 1, n)
  let [from, length, reach] = [x, 1, given]
  for (const [pass, factor] of factors.entries()) {
    length *= factor
    const last = pass === factors.length - 1
    const to = last ? out : record.temporary(shape, COMPLEX, out)
    const sum = { factor, length, n, axis, sign, reach }
    const real = !isComplex(from.dtype)
    if (!last || keep === 'complex') {
      record.pass(to, { x: from, roots }, (read, index, part) =>
        linesOf(sum, index, (p) => termOf(read.x, real, sum, p), part),
      )
    } else if (keep !== 'modulus') {
      const adds = keep === 'added'
      record.pass(to, { x: from, roots, before: adds ? to : undefined }, (read, index) =>
        linesOf(
          sum,
          index,
          (p) => termOf(read.x, real, sum, p),
          '0',
          `return total${adds ? ` + ${read.before(index)}` : ''};`,
        ),
      )
    } else {
      record.pass(
        to,
        { x: from, roots },
        (read, index) =>
          linesOf(
            sum,
            index,
            (p) => termOf(read.x, real, sum, p),
            'both',
            `${modulus('radius', 'total', 'imag')}
    return scale * radius;`,
          ),
        { scale },
      )
    }
    ;[from, reach] = [to, n]
  }
}

interface Sum {
  readonly factor: number
  readonly length: number
  readonly n: number
  readonly axis: number
  readonly sign: -1 | 1
  readonly reach: number
}

/** Statements that sum the terms of one number: `part` of it, or both parts as `total` and `imag`. */
function linesOf(
  { factor, length, n, axis, reach }: Sum,
  index: readonly string[],
  term: (read: { readonly index: readonly string[]; readonly part: string }) => string,
  part: string,
  result = 'return total;',
): string {
  const step = n / length
  const at = index.toSpliced(axis, 1, 'j')
  const sums =
    part === 'both'
      ? `total = total + ${term({ index: at, part: '0' })};\nimag = imag + ${term({ index: at, part: '1' })};`
      : `total = total + ${term({ index: at, part })};`
  return `
    const k = Math.floor((${index[axis]} + 0.5) / ${step});
    let low = k;
    ${wrap('low', length / factor)}
    const start = low * ${step * factor} + ${index[axis]} - k * ${step};
    let turn = 0;
    let total = 0;
    let imag = 0;
    for (let q = 0; q < ${factor}; q++) {
      const j = start + q * ${step};
      ${reach < n ? `if (j < ${reach}) {` : '{'}
        const c = roots[turn * ${2 * step}];
        const s = roots[turn * ${2 * step} + 1];
        ${sums}
      }
      turn = turn + k;
      if (turn >= ${length}) { turn = turn - ${length}; }
    }
    ${result}`
}

/** The real (part 0) or imaginary (part 1) part of ω·x: the part's own number times the cosine, the other's times the sine. */
function termOf(
  read: (index: readonly string[], part?: string) => string,
  real: boolean,
  { sign }: Sum,
  { index, part }: { readonly index: readonly string[]; readonly part: string },
): string {
  const turned = sign < 0 ? '(-s)' : 's'
  if (real)
    return part === '0'
      ? `c * ${read(index)}`
      : part === '1'
        ? `${turned} * ${read(index)}`
        : `(c + (${turned} - c) * ${part}) * ${read(index)}`
  if (part === '0') return `c * ${read(index, '0')} - ${turned} * ${read(index, '1')}`
  if (part === '1') return `c * ${read(index, '1')} + ${turned} * ${read(index, '0')}`
  return `c * ${read(index, part)} + (2 * ${part} - 1) * ${turned} * ${read(index, `(1 - ${part})`)}`
}

/** cos and sin of 2πk/n, interleaved, from double precision. */
function rootsOf(n: number): number[] {
  return Array.from({ length: 2 * n }, (_, i) => {
    const angle = (2 * Math.PI * Math.floor(i / 2)) / n
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)
  })
}

/** Factors of n, none above `LARGEST_FACTOR` but for primes: as few as that allows, and of those the ones with the least sum. */
export function factorsOf(n: number): readonly number[] {
  const known = factorings.get(n)
  if (known !== undefined) return known
  let best: readonly number[] = n <= LARGEST_FACTOR ? [n] : []
  for (let factor = 2; factor <= LARGEST_FACTOR && n > LARGEST_FACTOR; factor++) {
    if (n % factor !== 0) continue
    const factors = [factor, ...factorsOf(n / factor)]
    const cost = costOf(factors) - costOf(best)
    if (best.length === 0 || cost < 0) best = factors
  }
  // a prime, or one that only larger primes divide
  if (best.length === 0) best = primesOf(n)
  factorings.set(n, best)
  return best
}

const factorings = new Map<number, readonly number[]>()

const costOf = (factors: readonly number[]): number =>
  1e9 * factors.length + factors.reduce((sum, factor) => sum + factor, 0)

function primesOf(n: number): number[] {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return [p, ...primesOf(n / p)]
  return [n]
}
