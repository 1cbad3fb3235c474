// Fourier transforms of few points, held in registers: radix 2, 3, 4, 5, 8 and the primes from 7 to 23, and products of these. A
// butterfly asks for its inputs when it needs them and gives each output away as soon as it is known, which keeps few
// registers alive. How a longer line falls apart is in factors.ts.
// Sources: Cooley & Tukey (1965); Good (1958) and Thomas (1963) for coprime factors; Rader–Winograd forms of 3 and 5.
import { factors, indexMap } from './factors.ts'
import { type Complex, type Vectors, scaled, timesI } from './vectors.ts'

/** Reads input number `i`. */
export type Load = (i: number) => Complex
/** Takes output number `k`. */
export type Store = (k: number, z: Complex) => void
/** The sign of the exponent: −1 forward, 1 inverse. */
export type Sign = -1 | 1

/** Lengths whose transform is one butterfly. */
const BUTTERFLIES: Record<number, (v: Vectors, sign: Sign, load: Load, store: Store) => void> = {
  1: (_, __, load, store) => store(0, load(0)),
  2: butterfly2,
  3: butterfly3,
  4: butterfly4,
  5: butterfly5,
  7: oddButterfly(7),
  8: butterfly8,
  11: oddButterfly(11),
  13: oddButterfly(13),
  17: oddButterfly(17),
  19: oddButterfly(19),
  23: oddButterfly(23),
}

/** out[k] = Σ_i in[i]·e^{sign·2πi·ik/n}, in registers; n has no prime factor above 23. */
export function transform(v: Vectors, n: number, sign: Sign, load: Load, store: Store): void {
  const butterfly = BUTTERFLIES[n]
  if (butterfly !== undefined) return butterfly(v, sign, load, store)
  const [n1, n2] = factors(n)!
  const between: Complex[] = []
  const map = indexMap(n1, n2)
  for (let i2 = 0; i2 < n2; i2++) {
    transform(
      v,
      n1,
      sign,
      (i1) => load(map.input(i1, i2)),
      (k1, z) => (between[k1 * n2 + i2] = z),
    )
  }
  for (let k1 = 0; k1 < n1; k1++) {
    const rotated = (i2: number): Complex => v.rotate(between[k1 * n2 + i2]!, sign * map.turn(k1, i2))
    transform(v, n2, sign, rotated, (k2, z) => store(map.output(k1, k2), z))
  }
}

function butterfly2(v: Vectors, _sign: Sign, load: Load, store: Store): void {
  v.butterfly(load(0), load(1)).forEach((z, k) => store(k, z))
}

function butterfly3(v: Vectors, sign: Sign, load: Load, store: Store): void {
  const x0 = load(0)
  const [sum, difference] = v.butterfly(load(1), load(2))
  store(0, v.plus(x0, sum))
  const middle = v.minus(x0, scaled(sum, 1 / 2))
  const [y1, y2] = v.butterfly(middle, timesI(scaled(difference, Math.sqrt(3) / 2), sign))
  store(1, y1)
  store(2, y2)
}

function butterfly4(v: Vectors, sign: Sign, load: Load, store: Store): void {
  const [even, odd] = v.butterfly(load(0), load(2))
  const [evenSum, evenDifference] = v.butterfly(load(1), load(3))
  const [y0, y2] = v.butterfly(even, evenSum)
  store(0, y0)
  store(2, y2)
  const [y1, y3] = v.butterfly(odd, timesI(evenDifference, sign))
  store(1, y1)
  store(3, y3)
}

/** Winograd's sums and differences; u1 and u2 are the sines' part, taken out by the larger sine. */
function butterfly5(v: Vectors, sign: Sign, load: Load, store: Store): void {
  const [sine1, sine2] = [Math.sin((2 * Math.PI) / 5), Math.sin((4 * Math.PI) / 5)]
  const x0 = load(0)
  const [t1, t3] = v.butterfly(load(1), load(4))
  const [t2, t4] = v.butterfly(load(2), load(3))
  const [sum, difference] = v.butterfly(t1, t2)
  store(0, v.plus(x0, sum))
  const middle = v.minus(x0, scaled(sum, 1 / 4))
  const [r1, r2] = v.butterfly(middle, scaled(difference, Math.sqrt(5) / 4))
  const u1 = v.plus(t3, scaled(t4, sine2 / sine1))
  const u2 = v.minus(t3, scaled(t4, sine1 / sine2))
  const [y1, y4] = v.butterfly(r1, timesI(scaled(u1, sine1), sign))
  store(1, y1)
  store(4, y4)
  const [y2, y3] = v.butterfly(r2, timesI(scaled(u2, sine2), sign))
  store(2, y2)
  store(3, y3)
}

function butterfly8(v: Vectors, sign: Sign, load: Load, store: Store): void {
  const even: Complex[] = []
  const odd: Complex[] = []
  butterfly4(
    v,
    sign,
    (i) => load(2 * i),
    (k, z) => (even[k] = z),
  )
  butterfly4(
    v,
    sign,
    (i) => load(2 * i + 1),
    (k, z) => (odd[k] = z),
  )
  for (let k = 0; k < 4; k++) {
    const [low, high] = v.butterfly(even[k]!, v.rotate(odd[k]!, (sign * k) / 8))
    store(k, low)
    store(k + 4, high)
  }
}

/** Outputs (and their mirrors) of an odd length that are summed side by side: their sums stay in registers. */
const SIDE_BY_SIDE = 2

/**
 * n odd, k and j = 1 … (n − 1)/2: in[0] + Σ_j cos(2πjk/n)·(in[j] + in[n−j]) ± sign·i·Σ_j sin(2πjk/n)·(in[j] − in[n−j]) are
 * out[k] and out[n−k].
 */
function oddButterfly(n: number): (v: Vectors, sign: Sign, load: Load, store: Store) => void {
  const half = (n - 1) / 2
  return (v, sign, load, store) => {
    const x0 = load(0)
    const pairs = Array.from({ length: half }, (_, j) => v.butterfly(load(j + 1), load(n - 1 - j)))
    store(
      0,
      pairs.reduce((total, [sum]) => v.plus(total, sum), x0),
    )
    for (let first = 1; first <= half; first += SIDE_BY_SIDE) {
      const even: Complex[] = []
      const odd: Complex[] = []
      const outputs = Array.from({ length: Math.min(SIDE_BY_SIDE, half + 1 - first) }, (_, i) => first + i)
      pairs.forEach(([sum, difference], j) => {
        outputs.forEach((k, i) => {
          const angle = (2 * Math.PI * (((j + 1) * k) % n)) / n
          const sine = scaled(difference, Math.sin(angle))
          even[i] = v.plus(even[i] ?? x0, scaled(sum, Math.cos(angle)))
          odd[i] = odd[i] === undefined ? sine : v.plus(odd[i], sine)
        })
      })
      outputs.forEach((k, i) => {
        const [y, mirror] = v.butterfly(even[i]!, timesI(odd[i]!, sign))
        store(k, y)
        store(n - k, mirror)
      })
    }
  }
}
