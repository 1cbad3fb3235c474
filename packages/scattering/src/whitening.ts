// The inverse Cholesky factor of a covariance that samples tell of.

/** Share of the identity in the correlations: directions that samples hardly show count no more than by its inverse root. */
const SHRUNK = 0.05
/** Numbers whose deviation is below this share of the largest count as constant. */
const CONSTANT = 1e-7

/**
 * W [size, size], by rows, so that e·W has independent entries of variance 1 where e is drawn like the samples: W = D^−½ L^−T, with D the
 * variances about 0 and L Lᵀ the correlations. Numbers that do not vary are left out: their row is 0.
 */
export function whitening(samples: Float64Array, count: number, size: number): Float64Array {
  const deviations = deviationsOf(samples, count, size)
  const unit = samples.map((v, i) => (deviations[i % size] > 0 ? v / deviations[i % size] : 0))
  const correlations = correlationsOf(unit, count, size)
  const inverse = inverseCholesky(correlations, size)
  const W = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) if (deviations[j] > 0) W[j * size + i] = inverse[i * size + j] / deviations[j]
  }
  return W
}

function deviationsOf(samples: Float64Array, count: number, size: number): Float64Array {
  const squares = new Float64Array(size)
  samples.forEach((v, i) => (squares[i % size] += v * v))
  const deviations = squares.map((sum) => Math.sqrt(sum / count))
  const least = CONSTANT * deviations.reduce((most, v) => Math.max(most, v), 0)
  return deviations.map((v) => (v > least ? v : 0))
}

function correlationsOf(unit: Float64Array, count: number, size: number): Float64Array {
  const R = new Float64Array(size * size)
  for (let sample = 0; sample < count; sample++) {
    const row = unit.subarray(sample * size, (sample + 1) * size)
    for (let i = 0; i < size; i++) {
      const by = ((1 - SHRUNK) * row[i]) / count
      for (let j = 0; j <= i; j++) R[i * size + j] += by * row[j]
    }
  }
  for (let i = 0; i < size; i++) R[i * size + i] += SHRUNK
  return R
}

/** L⁻¹ of the lower triangle of A = L Lᵀ. */
function inverseCholesky(A: Float64Array, size: number): Float64Array {
  const [L, inverse] = [new Float64Array(size * size), new Float64Array(size * size)]
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = A[i * size + j]
      for (let k = 0; k < j; k++) rest -= L[i * size + k] * L[j * size + k]
      L[i * size + j] = i === j ? Math.sqrt(rest) : rest / L[j * size + j]
    }
  }
  for (let i = 0; i < size; i++) {
    // row i of L⁻¹ from the rows above: L[i, i]·L⁻¹[i] = e_i − Σ_{k<i} L[i, k]·L⁻¹[k]
    const row = inverse.subarray(i * size, (i + 1) * size)
    row[i] = 1
    for (let k = 0; k < i; k++) {
      const weight = L[i * size + k]
      for (let j = 0; j <= k; j++) row[j] -= weight * inverse[k * size + j]
    }
    for (let j = 0; j <= i; j++) row[j] /= L[i * size + i]
  }
  return inverse
}
