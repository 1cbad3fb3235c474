// The matrix product. The reference packs panels in double precision and holds a 4×4 tile of sums in registers.
import type { View } from '../backend/backend.ts'
import { type RealArray } from '../array/dtype.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { checkLengths } from './window.ts'
import { forEachLine } from '../backend/lines.ts'

const TILE = 4
const PANEL = 256

/** A matrix inside a buffer. */
interface Matrix {
  readonly data: RealArray
  readonly offset: number
  readonly rowStep: number
  readonly columnStep: number
}

/** out[m, n] ← Σ_k a[m, k]·b[k, n] (+ out if `accumulate`), real; leading axes are a batch. Sums are in double precision. */
export const matmul: Operation<
  [a: View, b: View, out: View, accumulate?: boolean],
  [a: View, b: View, out: View, accumulate: boolean]
> = operation('matmul', {
  prepare(a, b, out, accumulate = false) {
    const batch = out.shape.slice(0, -2)
    const k = a.shape.at(-1) ?? null
    checkLengths('the left matrix', a.shape, [...batch, out.shape.at(-2) ?? null, k])
    checkLengths('the right matrix', b.shape, [...batch, k, out.shape.at(-1) ?? null])
    return [a, b, out, accumulate]
  },
  reference(a, b, out, accumulate) {
    const [m, n] = out.shape.slice(-2)
    const k = a.shape[a.shape.length - 1]
    const batch = (view: View): { strides: readonly number[]; offset: number } => ({
      strides: view.strides.slice(0, -2),
      offset: view.offset,
    })
    forEachLine(out.shape.slice(0, -2), [batch(a), batch(b), batch(out)], (count, i, si, j, sj, o, so) => {
      for (let item = 0; item < count; item++) {
        const left = matrixAt(a, i + item * si)
        const right = matrixAt(b, j + item * sj)
        product(left, right, matrixAt(out, o + item * so), m, n, k, accumulate)
      }
    })
  },
})

function matrixAt({ buffer, strides }: View, offset: number): Matrix {
  return { data: dataOf(buffer), offset, rowStep: strides[strides.length - 2], columnStep: strides[strides.length - 1] }
}

let packedA = new Float64Array(0)
let packedB = new Float64Array(0)

function product(a: Matrix, b: Matrix, out: Matrix, m: number, n: number, k: number, accumulate: boolean): void {
  if (!accumulate) clear(out, m, n)
  for (let k0 = 0; k0 < k; k0 += PANEL) {
    const depth = Math.min(PANEL, k - k0)
    packedB = pack(packedB, b.data, b.offset + k0 * b.rowStep, b.columnStep, b.rowStep, n, depth)
    for (let i0 = 0; i0 < m; i0 += PANEL) {
      const rows = Math.min(PANEL, m - i0)
      const start = a.offset + i0 * a.rowStep + k0 * a.columnStep
      packedA = pack(packedA, a.data, start, a.rowStep, a.columnStep, rows, depth)
      addPanels(out, i0, rows, n, depth)
    }
  }
}

function clear({ data, offset, rowStep, columnStep }: Matrix, m: number, n: number): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) data[offset + i * rowStep + j * columnStep] = 0
  }
}

/** Lines in groups of TILE: group g holds [depth][TILE], zero beyond the last line. Grows the array where it must. */
function pack(
  packed: Float64Array<ArrayBuffer>,
  source: RealArray,
  start: number,
  lineStep: number,
  depthStep: number,
  lines: number,
  depth: number,
): Float64Array<ArrayBuffer> {
  const padded = Math.ceil(lines / TILE) * TILE
  const into = packed.length >= padded * depth ? packed : new Float64Array(padded * depth)
  for (let line = 0; line < padded; line++) {
    const lane = line % TILE
    let to = (line - lane) * depth + lane
    let from = start + line * lineStep
    for (let d = 0; d < depth; d++, to += TILE, from += depthStep) into[to] = line < lines ? source[from] : 0
  }
  return into
}

const sums = new Float64Array(TILE * TILE)

/** out[i0 + i, j] += Σ_k packedA[i, k]·packedB[k, j]. */
function addPanels(
  { data, offset, rowStep, columnStep }: Matrix,
  i0: number,
  rows: number,
  n: number,
  depth: number,
): void {
  for (let j = 0; j < n; j += TILE) {
    for (let i = 0; i < rows; i += TILE) {
      sumTile(packedA, i * depth, packedB, j * depth, depth)
      const height = Math.min(TILE, rows - i)
      const width = Math.min(TILE, n - j)
      for (let p = 0; p < height; p++) {
        let at = offset + (i0 + i + p) * rowStep + j * columnStep
        for (let q = 0; q < width; q++, at += columnStep) data[at] += sums[p * TILE + q]
      }
    }
  }
}

function sumTile(a: Float64Array, p: number, b: Float64Array, q: number, depth: number): void {
  let s00 = 0
  let s01 = 0
  let s02 = 0
  let s03 = 0
  let s10 = 0
  let s11 = 0
  let s12 = 0
  let s13 = 0
  let s20 = 0
  let s21 = 0
  let s22 = 0
  let s23 = 0
  let s30 = 0
  let s31 = 0
  let s32 = 0
  let s33 = 0
  for (let k = 0; k < depth; k++, p += TILE, q += TILE) {
    const b0 = b[q]
    const b1 = b[q + 1]
    const b2 = b[q + 2]
    const b3 = b[q + 3]
    const a0 = a[p]
    s00 += a0 * b0
    s01 += a0 * b1
    s02 += a0 * b2
    s03 += a0 * b3
    const a1 = a[p + 1]
    s10 += a1 * b0
    s11 += a1 * b1
    s12 += a1 * b2
    s13 += a1 * b3
    const a2 = a[p + 2]
    s20 += a2 * b0
    s21 += a2 * b1
    s22 += a2 * b2
    s23 += a2 * b3
    const a3 = a[p + 3]
    s30 += a3 * b0
    s31 += a3 * b1
    s32 += a3 * b2
    s33 += a3 * b3
  }
  sums.set([s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33])
}
