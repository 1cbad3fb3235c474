import { type RealArray, random } from '@scatterlab/tensor'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, test } from 'vitest'
import { leadingEigenpairs } from './eigenpairs.ts'

/** A = V diag(spectrum) Vᵀ with a random orthogonal V. */
function matrixWith(spectrum: readonly number[], seed: number): Matrix {
  const n = spectrum.length
  const noise = Matrix.from1DArray(n, n, random(seed).fillNormal(new Float64Array(n * n)))
  const vectors = new EigenvalueDecomposition(noise.add(noise.transpose()), { assumeSymmetric: true }).eigenvectorMatrix
  return vectors.mmul(Matrix.diag([...spectrum])).mmul(vectors.transpose())
}

/** max ‖A v - λ v‖ and max |VᵀV - I|, by ml-matrix. */
function check(a: Matrix, values: Float64Array, vectors: RealArray): { residual: number; orthogonality: number } {
  const v = Matrix.from1DArray(values.length, a.rows, vectors)
  const residuals = v.mmul(a).sub(Matrix.diag([...values]).mmul(v))
  const rows = residuals.to2DArray().map((row) => Math.hypot(...row))
  const orthogonality = Matrix.sub(v.mmul(v.transpose()), Matrix.eye(values.length))
  return { residual: Math.max(...rows), orthogonality: Math.max(...orthogonality.to1DArray().map(Math.abs)) }
}

const decays: Record<string, (i: number) => number> = {
  'a power of the index': (i) => 1 / (1 + i) ** 2,
  exponentially: (i) => 0.9 ** i,
  'not at all beyond the tenth': (i) => (i < 10 ? 1 - 0.05 * i : 0.01),
  'to zero at rank 30': (i) => (i < 30 ? 1 / (1 + i) : 0),
}

describe.each(Object.keys(decays))('a spectrum that decays %s', (name) => {
  const n = 260
  const spectrum = Array.from({ length: n }, (_, i) => 7 * decays[name](i))
  const a = matrixWith(spectrum, 3)
  const exact = new EigenvalueDecomposition(a, { assumeSymmetric: true }).realEigenvalues.toReversed()

  test.each([1, 10, 40, 130, 250])('%i pairs in double precision', async (count) => {
    const tolerance = 1e-7
    const found = await leadingEigenpairs({ data: Float64Array.from(a.to1DArray()), shape: [n, n] }, count, {
      tolerance,
    })
    const { residual, orthogonality } = check(a, found.values, found.vectors)
    expect(residual).toBeLessThanOrEqual(1.01 * tolerance * 7)
    expect(residual / 7).toBeCloseTo(found.residual, 10)
    expect(orthogonality).toBeLessThan(1e-10)
    // |λ - λ̂| ≤ ‖residual‖ for a symmetric matrix
    for (let i = 0; i < count; i++)
      expect(Math.abs(found.values[i] - exact[i])).toBeLessThanOrEqual(1.01 * tolerance * 7)
  })

  test('40 pairs in single precision', async () => {
    const tolerance = 1e-5
    const found = await leadingEigenpairs({ data: Float32Array.from(a.to1DArray()), shape: [n, n] }, 40, { tolerance })
    const { residual, orthogonality } = check(a, found.values, found.vectors)
    expect(residual).toBeLessThanOrEqual(1.1 * tolerance * 7) // the matrix itself is rounded: 6e-8 of its norm
    expect(orthogonality).toBeLessThan(1e-5)
    for (let i = 0; i < 40; i++) expect(Math.abs(found.values[i] - exact[i])).toBeLessThanOrEqual(1.1 * tolerance * 7)
  })
})

test('a seed gives the same pairs, and the zero and the identity matrix have theirs', async () => {
  const n = 200
  const a = matrixWith(
    Array.from({ length: n }, (_, i) => 0.8 ** i),
    5,
  )
  const matrix = { data: Float64Array.from(a.to1DArray()), shape: [n, n] }
  expect(await leadingEigenpairs(matrix, 5, { seed: 1 })).toEqual(await leadingEigenpairs(matrix, 5, { seed: 1 }))
  const zero = await leadingEigenpairs({ data: new Float64Array(n * n), shape: [n, n] }, 3)
  expect(zero).toMatchObject({ values: new Float64Array(3), residual: 0 })
  const identity = await leadingEigenpairs({ data: Float64Array.from(Matrix.eye(n).to1DArray()), shape: [n, n] }, 3)
  identity.values.forEach((value) => expect(value).toBeCloseTo(1, 12))
})

test('what cannot be asked for is refused', async () => {
  const data = new Float64Array(12)
  await expect(leadingEigenpairs({ data, shape: [3, 4] }, 1)).rejects.toMatchObject({ code: 'SHAPE' })
  await expect(leadingEigenpairs({ data: new Float64Array(9), shape: [3, 3] }, 4)).rejects.toThrow(
    'count is 4: it must be a whole number, 1 to 3',
  )
  await expect(leadingEigenpairs({ data: new Float64Array(9), shape: [3, 3] }, 1, { tolerance: 0 })).rejects.toThrow(
    'tolerance is 0',
  )
})

test.each([3, 200])('matrices of %i rows that are not symmetric, or not semidefinite, are refused', async (n) => {
  const identity = Matrix.eye(n)
  const leading = (a: Matrix) => leadingEigenpairs({ data: Float64Array.from(a.to1DArray()), shape: [n, n] }, 2)
  await expect(leading(identity.clone().set(0, 2, 1e-3))).rejects.toThrow(
    'not symmetric: 0 in row 2, column 0, but 0.001',
  )
  await expect(leading(identity.clone().mul(-4))).rejects.toThrow('positive semidefinite')
  await expect(leading(identity.clone().set(1, 1, -2))).rejects.toMatchObject({ code: 'DATA' })
  // rounding is not refused
  expect((await leading(identity.clone().set(0, 2, 1e-9))).values[0]).toBeCloseTo(1, 8)
})

test('a NaN is refused', async () => {
  const data = new Float64Array(200 ** 2).fill(1)
  data[7] = Number.NaN
  await expect(leadingEigenpairs({ data, shape: [200, 200] }, 3)).rejects.toThrow('entry 7 of the matrix is NaN')
})

test('numbers whose products overflow are told', async () => {
  const data = new Float32Array(200 ** 2).fill(3e38)
  await expect(leadingEigenpairs({ data, shape: [200, 200] }, 3)).rejects.toMatchObject({ code: 'CONVERGENCE' })
})

test('a tolerance below the rounding of the matrix ends with what was reached', async () => {
  const n = 200
  const data = Float32Array.from(
    matrixWith(
      Array.from({ length: n }, (_, i) => 1 / (1 + i)),
      5,
    ).to1DArray(),
  )
  await expect(leadingEigenpairs({ data, shape: [n, n] }, 20, { tolerance: 1e-15 })).rejects.toMatchObject({
    code: 'CONVERGENCE',
    message: expect.stringMatching(/residual of \S+·λ1, not 1e-15·λ1: raise `tolerance`/),
  })
})
