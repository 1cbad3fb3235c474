// The matrix product of the reference: panels packed in double precision, a 4×4 tile of sums held in registers.
import type { View } from '../backend.ts'
import { dataOf } from './elementwise.ts'
import { forEachLine } from './lines.ts'

const TILE = 4
const PANEL = 256

let packedA = new Float64Array(0)
let packedB = new Float64Array(0)

/** out[m, n] ← Σ_k a[m, k]·b[k, n] (+ out if `accumulate`); leading axes are a batch. Sums are in double precision. */
export function matmul(a: View, b: View, out: View, accumulate = false): void {
  const batch = out.shape.slice(0, -2)
  forEachLine(batch, [a, b, out].map((v) => ({ strides: v.strides.slice(0, -2), offset: v.offset })), (starts, count, steps) => {
    for (let i = 0; i < count; i++) {
      const [offsetA, offsetB, offsetOut] = starts.map((start, v) => start + i * steps[v])
      product({ ...a, offset: offsetA }, { ...b, offset: offsetB }, { ...out, offset: offsetOut }, accumulate)
    }
  })
}

function product(a: View, b: View, out: View, accumulate: boolean): void {
  const [m, n] = out.shape.slice(-2)
  const k = a.shape[a.shape.length - 1]
  const target = dataOf(out.buffer)
  const [rowStep, columnStep] = out.strides.slice(-2)
  const sums = new Float64Array(TILE * TILE)
  if (k === 0 && !accumulate) fillZero(out, m, n)
  for (let k0 = 0; k0 < k; k0 += PANEL) {
    const depth = Math.min(PANEL, k - k0)
    const add = accumulate || k0 > 0
    packedB = pack(packedB, b, b.shape.length - 1, b.shape.length - 2, n, k0, depth)
    for (let i0 = 0; i0 < m; i0 += PANEL) {
      const rows = Math.min(PANEL, m - i0)
      packedA = pack(packedA, { ...a, offset: a.offset + i0 * a.strides[a.strides.length - 2] }, a.shape.length - 2, a.shape.length - 1, rows, k0, depth)
      for (let j = 0; j < n; j += TILE) {
        for (let i = 0; i < rows; i += TILE) {
          tile(packedA, (i / TILE) * TILE * depth, packedB, (j / TILE) * TILE * depth, depth, sums)
          for (let p = 0; p < TILE && i + p < rows; p++) {
            for (let q = 0; q < TILE && j + q < n; q++) {
              const at = out.offset + (i0 + i + p) * rowStep + (j + q) * columnStep
              target[at] = sums[p * TILE + q] + (add ? target[at] : 0)
            }
          }
        }
      }
    }
  }
}

function fillZero(out: View, m: number, n: number): void {
  const target = dataOf(out.buffer)
  const [rowStep, columnStep] = out.strides.slice(-2)
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) target[out.offset + i * rowStep + j * columnStep] = 0
}

/** Panels of TILE lines, depth outermost within a panel: panel p holds [depth][TILE], zero beyond the last line. */
function pack(into: Float64Array, view: View, lineAxis: number, depthAxis: number, lines: number, k0: number, depth: number): Float64Array<ArrayBuffer> {
  const size = Math.ceil(lines / TILE) * TILE * depth
  const packed = into.length >= size ? (into as Float64Array<ArrayBuffer>) : new Float64Array(size)
  const source = dataOf(view.buffer)
  const lineStep = view.strides[lineAxis]
  const depthStep = view.strides[depthAxis]
  for (let line = 0; line < Math.ceil(lines / TILE) * TILE; line++) {
    let to = Math.floor(line / TILE) * TILE * depth + (line % TILE)
    let from = view.offset + line * lineStep + k0 * depthStep
    for (let d = 0; d < depth; d++, to += TILE, from += depthStep) packed[to] = line < lines ? source[from] : 0
  }
  return packed
}

function tile(a: Float64Array, p: number, b: Float64Array, q: number, depth: number, sums: Float64Array): void {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0
  let s30 = 0, s31 = 0, s32 = 0, s33 = 0
  for (let k = 0; k < depth; k++, p += TILE, q += TILE) {
    const a0 = a[p], a1 = a[p + 1], a2 = a[p + 2], a3 = a[p + 3]
    const b0 = b[q], b1 = b[q + 1], b2 = b[q + 2], b3 = b[q + 3]
    s00 += a0 * b0; s01 += a0 * b1; s02 += a0 * b2; s03 += a0 * b3
    s10 += a1 * b0; s11 += a1 * b1; s12 += a1 * b2; s13 += a1 * b3
    s20 += a2 * b0; s21 += a2 * b1; s22 += a2 * b2; s23 += a2 * b3
    s30 += a3 * b0; s31 += a3 * b1; s32 += a3 * b2; s33 += a3 * b3
  }
  sums[0] = s00; sums[1] = s01; sums[2] = s02; sums[3] = s03
  sums[4] = s10; sums[5] = s11; sums[6] = s12; sums[7] = s13
  sums[8] = s20; sums[9] = s21; sums[10] = s22; sums[11] = s23
  sums[12] = s30; sums[13] = s31; sums[14] = s32; sums[15] = s33
}
