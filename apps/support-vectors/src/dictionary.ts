// Dictionaries along fibres: unit atoms drawn at random, atoms learned from fibres without labels, and fibres of pairs of digits that are
// near each other and of two classes.
import type { FeatureMatrix, RunOptions } from '@scatterlab/learn'
import { type Random, ValueError, random } from '@scatterlab/tensor'
import { codesOf } from './fibres.ts'

/** How a dictionary is learned. */
export interface LearningOptions extends RunOptions {
  readonly atoms: number
  /** Fibres that it is learned from, drawn anew in each pass. */
  readonly fibres: number
  readonly passes: number
  readonly seed: string
  /** λ for a dictionary. */
  penalty(dictionary: FeatureMatrix): number
  /** Hears of the mean objective ½‖x − zD‖² + λ‖z‖₁ of each pass. */
  onPass?(pass: number, objective: number): void
}

/** Unit vectors, every direction as likely. */
export function drawnAtoms(atoms: number, columns: number, seed: string): FeatureMatrix {
  const data = random(seed).fillNormal(new Float32Array(atoms * columns))
  return unitRows({ data, shape: [atoms, columns] })
}

/**
 * Alternating minimisation (Mairal, Bach, Ponce and Sapiro 2010): codes of some fibres by homotopy, then each atom in turn for these codes. It
 * starts from fibres that are drawn; an atom that no code uses becomes another one. Throws `ValueError` for fewer fibres than atoms.
 */
export async function learnDictionary(fibres: FeatureMatrix, options: LearningOptions): Promise<FeatureMatrix> {
  const { atoms, fibres: some, passes, seed, penalty, onPass, ...run } = options
  const [rows] = fibres.shape
  if (rows < atoms) throw new ValueError(`${rows} fibres for ${atoms} atoms: give more digits, or ask for fewer atoms`)
  const stream = random(seed)
  const dictionary = unitRows(drawnRows(fibres, atoms, stream))
  const lambda = penalty(dictionary)
  for (let pass = 0; pass < passes; pass++) {
    const own = drawnRows(fibres, Math.min(some, rows), stream)
    const codes = await codesOf(own, dictionary, lambda, run)
    onPass?.(pass, objectiveOf(own, codes, dictionary, lambda))
    updateAtoms(own, codes, dictionary, stream)
  }
  return dictionary
}

/** One pass of block coordinate descent over the atoms, in place: each is the best of norm 1 or less for the codes, then of norm 1. */
export function updateAtoms(
  { data: x, shape: [rows, columns] }: FeatureMatrix,
  { data: z }: FeatureMatrix,
  { data: d, shape: [atoms] }: FeatureMatrix,
  stream: Random,
): void {
  // A = ZᵀZ and B = ZᵀX, codes being sparse
  const a = new Float64Array(atoms * atoms)
  const b = new Float64Array(atoms * columns)
  for (let i = 0; i < rows; i++) {
    const used: number[] = []
    for (let k = 0; k < atoms; k++) if (z[i * atoms + k] !== 0) used.push(k)
    for (const k of used) {
      const weight = z[i * atoms + k]
      for (const j of used) a[k * atoms + j] += weight * z[i * atoms + j]
      for (let c = 0; c < columns; c++) b[k * columns + c] += weight * x[i * columns + c]
    }
  }
  const atom = new Float64Array(columns)
  for (let k = 0; k < atoms; k++) {
    const own = a[k * atoms + k]
    if (own === 0) {
      const row = stream.integer(0, rows)
      for (let c = 0; c < columns; c++) atom[c] = x[row * columns + c]
    } else {
      for (let c = 0; c < columns; c++) {
        let rest = b[k * columns + c]
        for (let j = 0; j < atoms; j++) if (j !== k) rest -= a[k * atoms + j] * d[j * columns + c]
        atom[c] = rest / own
      }
    }
    const norm = Math.hypot(...atom)
    if (norm > 0) for (let c = 0; c < columns; c++) d[k * columns + c] = atom[c] / norm
  }
}

/** Mean of ½‖x − zD‖² + λ‖z‖₁. */
export function objectiveOf(
  { data: x, shape: [rows, columns] }: FeatureMatrix,
  { data: z }: FeatureMatrix,
  { data: d, shape: [atoms] }: FeatureMatrix,
  lambda: number,
): number {
  let sum = 0
  for (let i = 0; i < rows; i++) {
    const rest = Float64Array.from({ length: columns }, (_, c) => x[i * columns + c])
    for (let k = 0; k < atoms; k++) {
      const weight = z[i * atoms + k]
      if (weight === 0) continue
      sum += lambda * Math.abs(weight)
      for (let c = 0; c < columns; c++) rest[c] -= weight * d[k * columns + c]
    }
    for (const value of rest) sum += (value * value) / 2
  }
  return sum / rows
}

/** The chosen rows as unit atoms. Throws `ValueError` for fewer than asked. */
export function atomsOfRows(
  fibres: FeatureMatrix,
  rows: readonly number[],
  atoms: number,
  seed: string,
): FeatureMatrix {
  if (rows.length < atoms)
    throw new ValueError(`${rows.length} fibres of pairs for ${atoms} atoms: ask for fewer atoms`)
  const order = random(seed).permutation(rows.length)
  const columns = fibres.shape[1]
  const data = new Float32Array(atoms * columns)
  for (let k = 0; k < atoms; k++) {
    const row = rows[order[k]]
    data.set(fibres.data.subarray(row * columns, (row + 1) * columns), k * columns)
  }
  return unitRows({ data, shape: [atoms, columns] })
}

function drawnRows({ data, shape: [rows, columns] }: FeatureMatrix, count: number, stream: Random): FeatureMatrix {
  const order = stream.permutation(rows)
  const out = new Float32Array(count * columns)
  for (let i = 0; i < count; i++) out.set(data.subarray(order[i] * columns, (order[i] + 1) * columns), i * columns)
  return { data: out, shape: [count, columns] }
}

function unitRows({ data, shape }: FeatureMatrix): FeatureMatrix {
  const [rows, columns] = shape
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns)
    const norm = Math.hypot(...row)
    if (norm > 0) for (let c = 0; c < columns; c++) row[c] /= norm
  }
  return { data, shape }
}
