// What theory says of n uniform points in d dimensions. Draws nothing.

/** log Γ(x) for x > 0: Lanczos' series with g = 7, to 1e-14. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ]
  const series = terms.reduce((sum, term, k) => sum + term / (x + k), 0.9999999999998099)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series)
}

/** log V_d, V_d = π^{d/2}/Γ(d/2 + 1) the volume of the unit ball. */
export const logBallVolume = (d: number): number => (d / 2) * Math.log(Math.PI) - logGamma(d / 2 + 1)

/** log₁₀ of 1/(V_d ε^d): fewer balls of radius ε cannot cover the cube [0, 1]^d. */
export const logPointsToCover = (d: number, radius: number): number =>
  (-logBallVolume(d) - d * Math.log(radius)) / Math.LN10

/** Γ(1 + 1/d)·(n V_d)^{−1/d}: the mean distance to the nearest of n points on the torus, as long as no ball meets itself. */
export const nearestDistance = (n: number, d: number): number =>
  Math.exp(logGamma(1 + 1 / d) - (Math.log(n) + logBallVolume(d)) / d)

/** The deviation of that distance over its mean: r^d has an exponential law. */
export const relativeDeviation = (d: number): number =>
  Math.sqrt(Math.exp(logGamma(1 + 2 / d) - 2 * logGamma(1 + 1 / d)) - 1)

/** √(d/6), near which the distances of two points of the cube lie. */
export const pairDistance = (d: number): number => Math.sqrt(d / 6)

/**
 * The mean distance to the nearest of n points on the torus, for any radius: E r = ∫ (1 − F(r))^n dr, where F(r) is the volume of the
 * torus within r. A ball of r > ½ meets itself, and fills less than V_d r^d. F is the law of a sum of d squares u², u uniform in
 * [0, ½], on a grid that is fine enough for 0.1 % of r.
 */
export function nearestDistanceWrapped(n: number, d: number): number {
  const closed = nearestDistance(n, d)
  if (closed * (1 + 6 * relativeDeviation(d)) < 0.5) return closed
  const step = 1 / 4 / 250
  // d/12 is the mean square; beyond it none of a hundred points is the nearest, and d/4 is the largest of all
  const length = Math.ceil((n < 100 ? d / 4 : d / 12) / step) + 1
  const law = power(squareLaw(step, length), d, length)
  // the mass at s = k·step stands for the interval around it; trapezia over (1 − F)^n
  let [mean, F, before, beyond] = [0, 0, 0, 1]
  for (let k = 0; k < length; k++) {
    F += law[k]
    const radius = Math.sqrt((k + 0.5) * step)
    const next = Math.exp(n * Math.log1p(-Math.min(F, 1)))
    mean += ((beyond + next) / 2) * (radius - before)
    before = radius
    beyond = next
  }
  return mean
}

/** The law of u² on multiples of `step`: the mass 2√s of each interval is shared by its ends so that its mean is kept. */
function squareLaw(step: number, length: number): Float64Array {
  const law = new Float64Array(length)
  const add = (k: number, mass: number): void => void (k < length && (law[k] += mass))
  for (let k = 0; k < Math.round(0.25 / step); k++) {
    const [low, high] = [Math.sqrt(k * step), Math.sqrt((k + 1) * step)]
    const mass = 2 * (high - low)
    const mean = (2 / 3) * (high ** 3 - low ** 3)
    const above = mean / step - k * mass
    add(k, mass - above)
    add(k + 1, above)
  }
  return law
}

/** The law of a sum of `count` such numbers: squaring and multiplying, all terms positive, so that small masses are exact too. */
function power(law: Float64Array, count: number, length: number): Float64Array {
  if (count === 1) return law
  const half = power(law, Math.floor(count / 2), length)
  const even = convolved(half, half, length)
  return count % 2 === 0 ? even : convolved(even, law, length)
}

function convolved(a: Float64Array, b: Float64Array, length: number): Float64Array {
  const out = new Float64Array(length)
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue
    const end = Math.min(b.length, length - i)
    for (let j = 0; j < end; j++) out[i + j] += a[i] * b[j]
  }
  return out
}
