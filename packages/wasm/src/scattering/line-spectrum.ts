// x̂ = F x of one real signal of n samples: a complex transform of n/2 points, of even samples + i·odd ones, taken apart by
// X(k) = E(k) + e^{−2πik/n} O(k), E and O being the even and the odd part of it.
import type { View } from '@scatterlab/tensor'
import { type Expr, f32, f32x4, i32, v128 } from '../assembler/assembler.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { singlePlan } from '../fourier/single.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { lineOf, linePair } from './line.ts'

/** Runs `spectrum` of one signal, or gives false where it has no kernel. */
export function lineSpectrum(steps: Steps, x: View, out: View): boolean {
  const from = lineOf(steps, x, 'float32')
  const to = lineOf(steps, out, 'complex64')
  if (from === null || to === null || from.length % 2 === 1) return false
  const half = from.length / 2
  const pair = linePair(half)
  if (pair === null) return false
  const { kernels, issue } = steps
  // parts of the transform lie apart; behind each stands its first number once more
  const apart = 4 * (half + 4)
  const { columns, rows, betweenBytes, lineBytes, scratchBytes } = singlePlan(kernels, pair, -1, 4, apart)
  const z = steps.workspace(2 * apart + betweenBytes + lineBytes + scratchBytes)
  const between = z + 2 * apart
  const line = between + betweenBytes
  const scratch = line + lineBytes
  issue(columns, from.address, between, line, scratch)
  issue(rows, between, z, scratch)
  issue(apartKernel(kernels, half), z, to.address, half / 8)
  return true
}

/** kernel(parts, target, fours): frequencies k … k + 3 and n/2 − k − 3 … n/2 − k at a time, from both ends to the middle. */
function apartKernel(kernels: Kernels, half: number): Kernel {
  const apart = 4 * (half + 4)
  const twiddles = kernels.table(`real line twiddles ${half}`, () => twiddleTable(half))
  return kernels.kernel(`real line ${half}`, 3, (v, [z, target, fours], f) => {
    const [up, down, out, back] = [
      f.let(z),
      f.let(i32.add(z, 4 * half - 12)),
      f.let(target),
      f.let(i32.add(target, 8 * half - 24)),
    ]
    const twiddle = f.let(i32.const(twiddles))
    const middle = f.let(i32.add(z, 2 * half))
    for (const part of [0, apart]) f.store(z, f32.load(z, part), part + 4 * half)
    const oneHalf = f.let(v.constant(1 / 2))
    const reversed = (a: Expr<'v128'>): Expr<'v128'> => v.keep(f32x4.shuffle(a, a, [3, 2, 1, 0]))
    f.repeat(fours, () => {
      v.block(() => {
        const [a, b] = [v.keep(v128.load(up)), v.keep(v128.load(up, apart))]
        const [c, d] = [reversed(v.keep(v128.load(down))), reversed(v.keep(v128.load(down, apart)))]
        // Z(k) = a + ib, Z(n − k) = c + id: E = (a + c)/2 + i(b − d)/2, O = (b + d)/2 − i(a − c)/2
        const halved = (x: Expr<'v128'>): Expr<'v128'> => v.keep(f32x4.mul(oneHalf, x))
        const [eRe, eIm] = [halved(f32x4.add(a, c)), halved(f32x4.sub(b, d))]
        const [oRe, oIm] = [halved(f32x4.add(b, d)), halved(f32x4.sub(c, a))]
        const [wRe, wIm] = [v.keep(v128.load(twiddle)), v.keep(v128.load(twiddle, 16))]
        const tRe = v.keep(v.multiplySubtract(wIm, oIm, f32x4.mul(wRe, oRe)))
        const tIm = v.keep(v.multiplyAdd(wIm, oRe, f32x4.mul(wRe, oIm)))
        const [re, im] = [v.keep(f32x4.add(eRe, tRe)), v.keep(f32x4.add(eIm, tIm))]
        f.store(out, f32x4.shuffle(re, im, [0, 4, 1, 5]))
        f.store(out, f32x4.shuffle(re, im, [2, 6, 3, 7]), 16)
        // X(n − k) = conj (E − wO)
        const [re2, im2] = [v.keep(f32x4.sub(eRe, tRe)), v.keep(f32x4.sub(tIm, eIm))]
        f.store(back, f32x4.shuffle(re2, im2, [3, 7, 2, 6]))
        f.store(back, f32x4.shuffle(re2, im2, [1, 5, 0, 4]), 16)
      })
      f.advance(up, 16)
      f.advance(down, -16)
      f.advance(out, 32)
      f.advance(back, -32)
      f.advance(twiddle, 32)
    })
    // the middle is its own mirror: X = conj Z
    f.store(target, f32.load(middle), 4 * half)
    f.store(target, f32.neg(f32.load(middle, apart)), 4 * half + 4)
  })
}

/** e^{−2πik/n}, k up to a quarter turn: four real parts, four imaginary ones. */
function twiddleTable(half: number): Float64Array {
  const table = new Float64Array(half)
  for (let k = 0; k < half / 2; k++) {
    const angle = (-Math.PI * k) / half
    const at = 8 * Math.floor(k / 4) + (k % 4)
    table[at] = Math.cos(angle)
    table[at + 4] = Math.sin(angle)
  }
  return table
}
