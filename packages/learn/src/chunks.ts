// Rows of a feature matrix, a chunk at a time, on the back end: the matrix itself stays where the caller keeps it.
import { type RealArray, type Tensor, dtypeOf, realArray, scope, tensor } from '@scatterlab/tensor'
import type { FeatureMatrix } from './features.ts'
import type { Run } from './run.ts'

/** Rows that are copied to the back end at a time: 2,048 × 3,472 numbers of single precision are 28 MB. */
export const CHUNK_ROWS = 2048

/** One chunk: `count` rows from `start` in the list of rows. The memory is used again for the next chunk. */
export interface Chunk {
  readonly data: RealArray
  readonly start: number
  readonly count: number
}

/** The chosen rows less `shift`, chunk after chunk; rows that lie together and are not shifted are not copied. */
export function* chunksOf(matrix: FeatureMatrix, rows: Int32Array, shift: Float64Array | null): Generator<Chunk> {
  const size = CHUNK_ROWS
  const columns = matrix.shape[1]
  let scratch: RealArray | null = null
  for (let start = 0; start < rows.length; start += size) {
    const count = Math.min(size, rows.length - start)
    const first = rows[start]
    const together = rows[start + count - 1] - first === count - 1 && isAscending(rows, start, count)
    if (shift === null && together) {
      yield { data: matrix.data.subarray(first * columns, (first + count) * columns), start, count }
      continue
    }
    scratch ??= realArray(dtypeOf(matrix.data), Math.min(size, rows.length) * columns)
    gatherRows(matrix, rows.subarray(start, start + count), shift, scratch)
    yield { data: scratch.subarray(0, count * columns), start, count }
  }
}

function isAscending(rows: Int32Array, start: number, count: number): boolean {
  for (let i = start + 1; i < start + count; i++) if (rows[i] !== rows[i - 1] + 1) return false
  return true
}

/** Rows on the back end, for many passes over them. */
export interface UploadedRows {
  /** Calls `body` with chunk after chunk [count, columns]; `start` is the position of its first row among the rows. */
  forEach(body: (x: Tensor, start: number) => Promise<void>): Promise<void>
  release(): void
}

/** Bytes of features that stay on the back end from pass to pass. */
const RESIDENT = 2 ** 27

/** The chosen rows for many passes: uploaded once where they are few, else anew in each pass. */
export function uploadedRows(run: Run, matrix: FeatureMatrix, rows: Int32Array): UploadedRows {
  const columns = matrix.shape[1]
  const kept: Tensor[] | null = rows.length * columns * matrix.data.BYTES_PER_ELEMENT <= RESIDENT ? [] : null
  return {
    async forEach(body) {
      if (kept !== null && kept.length > 0) {
        for (const [c, x] of kept.entries()) await body(x, c * CHUNK_ROWS)
        return
      }
      for (const { data, start, count } of chunksOf(matrix, rows, null)) {
        // what chunksOf gathers, it overwrites with the next chunk
        const own = kept !== null && data.buffer !== matrix.data.buffer ? data.slice() : data
        const x = upload(run, own, count, columns)
        kept?.push(x)
        try {
          await body(x, start)
        } finally {
          if (kept === null) run.backend.release(x.buffer)
        }
      }
    },
    release: () => kept?.forEach(({ buffer }) => run.backend.release(buffer)),
  }
}

/** out[i] ← matrix[rows[i]] - shift. */
export function gatherRows(matrix: FeatureMatrix, rows: Int32Array, shift: Float64Array | null, out: RealArray): void {
  const columns = matrix.shape[1]
  const { data } = matrix
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * columns
    const to = i * columns
    if (shift === null) out.set(data.subarray(from, from + columns), to)
    else for (let j = 0; j < columns; j++) out[to + j] = data[from + j] - shift[j]
  }
}

/** Mean of the chosen rows, in double precision: summed from the first of them, so that a constant is its own mean. */
export function meanOfRows(matrix: FeatureMatrix, rows: Int32Array): Float64Array {
  const columns = matrix.shape[1]
  const { data } = matrix
  const mean = new Float64Array(columns)
  const first = rows.length > 0 ? rows[0] * columns : 0
  for (const row of rows)
    for (let j = 0, at = row * columns; j < columns; j++) mean[j] += data[at + j] - data[first + j]
  for (let j = 0; j < columns; j++) mean[j] = data[first + j] + mean[j] / rows.length
  return mean
}

/** Means of groups[0], of groups[0] with groups[1], …, as shifts from the first one, which is given beside them. */
export function nestedMeans(
  matrix: FeatureMatrix,
  groups: readonly Int32Array[],
): { first: Float64Array; shifts: Float64Array[] } {
  const first = meanOfRows(matrix, groups[0])
  const sum = new Float64Array(first.length)
  let count = 0
  const shifts = groups.map((group) => {
    const mean = meanOfRows(matrix, group)
    if (group.length > 0) for (let j = 0; j < sum.length; j++) sum[j] += group.length * (mean[j] - first[j])
    count += group.length
    return sum.map((value) => value / count)
  })
  return { first, shifts }
}

/** The numbers of what `body` computes on the back end; all that it allocated is released. */
export async function compute(run: Run, body: () => Tensor): Promise<RealArray> {
  const result = scope(body)
  try {
    return await result.read()
  } finally {
    run.backend.release(result.buffer)
  }
}

/** A host matrix on the back end: not a copy where the back end computes in host memory. */
export const upload = (run: Run, data: RealArray, rows: number, columns: number): Tensor =>
  tensor(data, [rows, columns], { backend: run.backend })
