// Whether two sets of points can be told apart: the label of each point's nearest neighbour among all others.

/** Shares of points, in per cent, whose nearest neighbour is of their own set; 50 where the sets have one law. */
export interface TwoSamples {
  readonly accuracy: number
  readonly realRecall: number
  readonly fakeRecall: number
}

/**
 * Leave-one-out 1-NN accuracy on the union of as many real and drawn points (Lopez-Paz & Oquab 2017). A low recall of real points beside a high one
 * of drawn ones tells of a generator that draws few kinds; both below 50 % of one that remembers.
 */
export function nearestIsOwn(real: Float32Array, fake: Float32Array, length: number): TwoSamples {
  const [n, m] = [real.length / length, fake.length / length]
  const all = new Float32Array(real.length + fake.length)
  all.set(real)
  all.set(fake, real.length)
  const own = [0, 0]
  for (let i = 0; i < n + m; i++) {
    let [nearest, least] = [-1, Infinity]
    for (let j = 0; j < n + m; j++) {
      if (j === i) continue
      let distance = 0
      for (let k = 0; k < length && distance < least; k++) distance += (all[i * length + k] - all[j * length + k]) ** 2
      if (distance < least) [nearest, least] = [j, distance]
    }
    const kind = i < n ? 0 : 1
    if (nearest < n === (kind === 0)) own[kind]++
  }
  const [realRecall, fakeRecall] = [(100 * own[0]) / n, (100 * own[1]) / m]
  return { accuracy: (100 * (own[0] + own[1])) / (n + m), realRecall, fakeRecall }
}
