// The small transforms that a mixed-radix transform is made of: radix 2, 3, 4 and 5, twiddle factors included.
// Each runs along `width` contiguous points, so that the loop is tight; which points, the caller knows.

/**
 * y_k = w_k Σ_j x_j e^{-2πi·jk/radix} at `width` neighbouring points. x_j starts at x + j·xJump, y_k at y + k·yJump;
 * w_0 = 1 and w_1, w_2, … are the interleaved complex numbers of `twiddles` from `at` on. x and y may be the same points.
 */
export type Butterfly = (
  xRe: Float64Array,
  xIm: Float64Array,
  x: number,
  xJump: number,
  yRe: Float64Array,
  yIm: Float64Array,
  y: number,
  yJump: number,
  width: number,
  twiddles: Float64Array,
  at: number,
) => void

const butterfly2: Butterfly = (xRe, xIm, x, xJump, yRe, yIm, y, yJump, width, twiddles, at) => {
  const w1r = twiddles[at]
  const w1i = twiddles[at + 1]
  const x1 = x + xJump
  const y1 = y + yJump
  for (let q = 0; q < width; q++) {
    const a0r = xRe[x + q]
    const a0i = xIm[x + q]
    const a1r = xRe[x1 + q]
    const a1i = xIm[x1 + q]
    const dr = a0r - a1r
    const di = a0i - a1i
    yRe[y + q] = a0r + a1r
    yIm[y + q] = a0i + a1i
    yRe[y1 + q] = dr * w1r - di * w1i
    yIm[y1 + q] = dr * w1i + di * w1r
  }
}

const SIN_60 = 0.8660254037844386

const butterfly3: Butterfly = (xRe, xIm, x, xJump, yRe, yIm, y, yJump, width, twiddles, at) => {
  const w1r = twiddles[at]
  const w1i = twiddles[at + 1]
  const w2r = twiddles[at + 2]
  const w2i = twiddles[at + 3]
  const x1 = x + xJump
  const x2 = x1 + xJump
  const y1 = y + yJump
  const y2 = y1 + yJump
  for (let q = 0; q < width; q++) {
    const a0r = xRe[x + q]
    const a0i = xIm[x + q]
    const a1r = xRe[x1 + q]
    const a1i = xIm[x1 + q]
    const a2r = xRe[x2 + q]
    const a2i = xIm[x2 + q]
    const sr = a1r + a2r
    const si = a1i + a2i
    const dr = SIN_60 * (a1r - a2r)
    const di = SIN_60 * (a1i - a2i)
    const mr = a0r - 0.5 * sr
    const mi = a0i - 0.5 * si
    yRe[y + q] = a0r + sr
    yIm[y + q] = a0i + si
    const b1r = mr + di
    const b1i = mi - dr
    yRe[y1 + q] = b1r * w1r - b1i * w1i
    yIm[y1 + q] = b1r * w1i + b1i * w1r
    const b2r = mr - di
    const b2i = mi + dr
    yRe[y2 + q] = b2r * w2r - b2i * w2i
    yIm[y2 + q] = b2r * w2i + b2i * w2r
  }
}

const butterfly4: Butterfly = (xRe, xIm, x, xJump, yRe, yIm, y, yJump, width, twiddles, at) => {
  const w1r = twiddles[at]
  const w1i = twiddles[at + 1]
  const w2r = twiddles[at + 2]
  const w2i = twiddles[at + 3]
  const w3r = twiddles[at + 4]
  const w3i = twiddles[at + 5]
  const x1 = x + xJump
  const x2 = x1 + xJump
  const x3 = x2 + xJump
  const y1 = y + yJump
  const y2 = y1 + yJump
  const y3 = y2 + yJump
  for (let q = 0; q < width; q++) {
    const a0r = xRe[x + q]
    const a0i = xIm[x + q]
    const a1r = xRe[x1 + q]
    const a1i = xIm[x1 + q]
    const a2r = xRe[x2 + q]
    const a2i = xIm[x2 + q]
    const a3r = xRe[x3 + q]
    const a3i = xIm[x3 + q]
    const s0r = a0r + a2r
    const s0i = a0i + a2i
    const d0r = a0r - a2r
    const d0i = a0i - a2i
    const s1r = a1r + a3r
    const s1i = a1i + a3i
    const d1r = a1r - a3r
    const d1i = a1i - a3i
    yRe[y + q] = s0r + s1r
    yIm[y + q] = s0i + s1i
    const b1r = d0r + d1i
    const b1i = d0i - d1r
    yRe[y1 + q] = b1r * w1r - b1i * w1i
    yIm[y1 + q] = b1r * w1i + b1i * w1r
    const b2r = s0r - s1r
    const b2i = s0i - s1i
    yRe[y2 + q] = b2r * w2r - b2i * w2i
    yIm[y2 + q] = b2r * w2i + b2i * w2r
    const b3r = d0r - d1i
    const b3i = d0i + d1r
    yRe[y3 + q] = b3r * w3r - b3i * w3i
    yIm[y3 + q] = b3r * w3i + b3i * w3r
  }
}

const COS_72 = 0.30901699437494745
const SIN_72 = 0.9510565162951535
const COS_144 = -0.8090169943749475
const SIN_144 = 0.5877852522924731

const butterfly5: Butterfly = (xRe, xIm, x, xJump, yRe, yIm, y, yJump, width, twiddles, at) => {
  const w1r = twiddles[at]
  const w1i = twiddles[at + 1]
  const w2r = twiddles[at + 2]
  const w2i = twiddles[at + 3]
  const w3r = twiddles[at + 4]
  const w3i = twiddles[at + 5]
  const w4r = twiddles[at + 6]
  const w4i = twiddles[at + 7]
  const x1 = x + xJump
  const x2 = x1 + xJump
  const x3 = x2 + xJump
  const x4 = x3 + xJump
  const y1 = y + yJump
  const y2 = y1 + yJump
  const y3 = y2 + yJump
  const y4 = y3 + yJump
  for (let q = 0; q < width; q++) {
    const a0r = xRe[x + q]
    const a0i = xIm[x + q]
    const a1r = xRe[x1 + q]
    const a1i = xIm[x1 + q]
    const a4r = xRe[x4 + q]
    const a4i = xIm[x4 + q]
    const s1r = a1r + a4r
    const s1i = a1i + a4i
    const d1r = a1r - a4r
    const d1i = a1i - a4i
    const a2r = xRe[x2 + q]
    const a2i = xIm[x2 + q]
    const a3r = xRe[x3 + q]
    const a3i = xIm[x3 + q]
    const s2r = a2r + a3r
    const s2i = a2i + a3i
    const d2r = a2r - a3r
    const d2i = a2i - a3i
    yRe[y + q] = a0r + s1r + s2r
    yIm[y + q] = a0i + s1i + s2i
    const m1r = a0r + COS_72 * s1r + COS_144 * s2r
    const m1i = a0i + COS_72 * s1i + COS_144 * s2i
    const n1r = SIN_72 * d1r + SIN_144 * d2r
    const n1i = SIN_72 * d1i + SIN_144 * d2i
    const b1r = m1r + n1i
    const b1i = m1i - n1r
    yRe[y1 + q] = b1r * w1r - b1i * w1i
    yIm[y1 + q] = b1r * w1i + b1i * w1r
    const b4r = m1r - n1i
    const b4i = m1i + n1r
    yRe[y4 + q] = b4r * w4r - b4i * w4i
    yIm[y4 + q] = b4r * w4i + b4i * w4r
    const m2r = a0r + COS_144 * s1r + COS_72 * s2r
    const m2i = a0i + COS_144 * s1i + COS_72 * s2i
    const n2r = SIN_144 * d1r - SIN_72 * d2r
    const n2i = SIN_144 * d1i - SIN_72 * d2i
    const b2r = m2r + n2i
    const b2i = m2i - n2r
    yRe[y2 + q] = b2r * w2r - b2i * w2i
    yIm[y2 + q] = b2r * w2i + b2i * w2r
    const b3r = m2r - n2i
    const b3i = m2i + n2r
    yRe[y3 + q] = b3r * w3r - b3i * w3i
    yIm[y3 + q] = b3r * w3i + b3i * w3r
  }
}

/** The butterfly of each radix that a mixed-radix transform may use. */
export const butterflies: Readonly<Record<2 | 3 | 4 | 5, Butterfly>> = {
  2: butterfly2,
  3: butterfly3,
  4: butterfly4,
  5: butterfly5,
}
