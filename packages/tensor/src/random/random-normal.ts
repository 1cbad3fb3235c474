// The quantile function of the normal distribution, in + - × ÷ and √ alone: IEEE 754 fixes these to the last bit, so the
// result is the same on every engine (Math.log is not). For random.ts; nothing random here.

/**
 * Φ⁻¹(1/2 + q), the normal deviate below which the share 1/2 + q lies, for -1/2 < q < 1/2; relative error about 1e-15.
 * q instead of the share itself: both tails then reach as far as doubles near 1/2 do, 8.3 standard deviations.
 * Source: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477.
 */
export function normalQuantile(q: number): number {
  const side = Math.abs(q)
  if (side <= 0.425) return q * centre(0.180625 - q * q)
  const r = Math.sqrt(-logarithm(0.5 - side))
  const deviate = r <= 5 ? flank(r - 1.6) : tail(r - 5)
  return q < 0 ? -deviate : deviate
}

function centre(r: number): number {
  const above = polynomial(
    r,
    2509.0809287301227,
    33430.57558358813,
    67265.7709270087,
    45921.95393154987,
    13731.69376550946,
    1971.5909503065513,
    133.14166789178438,
    3.3871328727963665,
  )
  const below = polynomial(
    r,
    5226.495278852854,
    28729.085735721943,
    39307.89580009271,
    21213.794301586597,
    5394.196021424751,
    687.1870074920579,
    42.31333070160091,
    1,
  )
  return above / below
}

function flank(r: number): number {
  const above = polynomial(
    r,
    0.0007745450142783414,
    0.022723844989269184,
    0.2417807251774506,
    1.2704582524523684,
    3.6478483247632045,
    5.769497221460691,
    4.630337846156546,
    1.4234371107496835,
  )
  const below = polynomial(
    r,
    1.0507500716444169e-9,
    0.0005475938084995345,
    0.015198666563616457,
    0.14810397642748008,
    0.6897673349851,
    1.6763848301838038,
    2.053191626637759,
    1,
  )
  return above / below
}

function tail(r: number): number {
  const above = polynomial(
    r,
    2.0103343992922881e-7,
    2.7115555687434876e-5,
    0.0012426609473880784,
    0.026532189526576124,
    0.29656057182850487,
    1.7848265399172913,
    5.463784911164114,
    6.657904643501103,
  )
  const below = polynomial(
    r,
    2.0442631033899397e-15,
    1.421511758316446e-7,
    1.8463183175100548e-5,
    0.0007868691311456133,
    0.014875361290850615,
    0.1369298809227358,
    0.599832206555888,
    1,
  )
  return above / below
}

/** a·x⁷ + b·x⁶ + … + h, by Horner's rule. */
function polynomial(
  x: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
): number {
  return ((((((a * x + b) * x + c) * x + d) * x + e) * x + f) * x + g) * x + h
}

const LN_2 = 0.6931471805599453
const SQRT_HALF = 0.7071067811865476

/** ln x for 0 < x ≤ 1 by x = 2^-k·m and ln m = 2·artanh((m-1)/(m+1)); what is left out of the series is below 1e-18. */
function logarithm(x: number): number {
  let halvings = 0
  for (; x < SQRT_HALF; x *= 2) halvings++
  const z = (x - 1) / (x + 1)
  const y = z * z
  const from7 = ((y / 21 + 1 / 19) * y + 1 / 17) * y + 1 / 15
  const series = polynomial(y, from7, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1)
  return 2 * z * series - halvings * LN_2
}
