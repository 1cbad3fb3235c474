// Many Fourier transforms side by side: vectors run across neighbouring lines (`acrossLines`), or four lines that each lie in
// one run are brought into lanes and back (`fourLines`).
import { type Local, i32, v128 } from '../assembler/assembler.ts'
import type { Sign } from './butterflies.ts'
import { emitLine } from './codelet.ts'
import type { Kernels } from './kernels.ts'
import type { Kernel } from '../threads/compiled.ts'
import { type ImagOffset, QUAD, loadFour, loadQuad, storeFour, storeQuad } from './layout.ts'

/** Bytes between the elements of a line, and from a real part to its imaginary part; of the source and of the target. */
export interface LineLayout {
  readonly n: number
  readonly sign: Sign
  readonly step: number
  readonly imag: ImagOffset
  readonly outStep: number
  readonly outImag: ImagOffset
}

const named = ({ n, sign, step, imag, outStep, outImag }: LineLayout): string =>
  [n, sign, step, imag, outStep, outImag].join(' ')

/** kernel(source, target, lines of vectors, bytes to the next one, the same in the target, scratch). */
export function acrossLines(kernels: Kernels, layout: LineLayout): Kernel {
  const { n, sign, step, imag, outStep, outImag } = layout
  return kernels.kernel(`lines ${named(layout)}`, 6, (v, [source, target, count, next, outNext, scratch], f) => {
    f.repeat(count, () => {
      emitLine(v, kernels, n, sign, {
        source,
        target,
        scratch,
        loadStep: step,
        storeStep: outStep,
        load: (at, i) => loadFour(v, at, i * step, imag),
        store: (at, k, z) => storeFour(v, at, k * outStep, outImag, z),
      })
      f.advance(source, next)
      f.advance(target, outNext)
    })
  })
}

/**
 * kernel(four sources, four targets, line, scratch), where the elements of each line lie side by side; `line` has room for
 * n + 4 elements of four lines.
 */
export function fourLines(kernels: Kernels, layout: LineLayout): Kernel {
  const { n, sign, imag, outImag } = layout
  return kernels.kernel(`four lines ${named(layout)}`, 10, (v, params, f) => {
    const [sources, targets] = [params.slice(0, 4), params.slice(4, 8)]
    const [line, scratch] = [params[8]!, params[9]!]
    const [at, left] = f.locals('i32', 2)
    const transposed = (read: (i: number) => Local<'v128'>): Local<'v128'>[] =>
      f.transpose4x4([read(0), read(1), read(2), read(3)])
    // Interleaved: two elements to a vector. Planar: four.
    const some = imag === 4 ? 2 : 4
    const outSome = outImag === 4 ? 2 : 4
    forBlocks(some, (start) => {
      const offset = imag === 4 ? 8 : 4
      const pointers = sources.map((source) => f.let(i32.add(source, i32.mul(start, offset))))
      const parts = imag === 4 ? [0] : [0, imag]
      const vectors = parts.flatMap((part) => transposed((i) => f.let(v128.load(pointers[i]!, part))))
      f.set(at, i32.add(line, i32.mul(start, QUAD)))
      vectors.forEach((vector, i) => {
        // Interleaved: re, im, re, im. Planar: four real parts, then four imaginary ones.
        const place = imag === 4 ? (i >> 1) * QUAD + (i % 2) * 16 : (i % 4) * QUAD + (i >> 2) * 16
        f.store(at, vector, place)
      })
    })
    emitLine(v, kernels, n, sign, {
      source: line,
      target: line,
      scratch,
      loadStep: QUAD,
      storeStep: QUAD,
      load: (from, i) => loadQuad(v, from, i * QUAD),
      store: (to, k, z) => storeQuad(v, to, k * QUAD, z),
    })
    forBlocks(outSome, (start) => {
      f.set(at, i32.add(line, i32.mul(start, QUAD)))
      const offset = outImag === 4 ? 8 : 4
      const pointers = targets.map((target) => f.let(i32.add(target, i32.mul(start, offset))))
      const place = (i: number): number => (outImag === 4 ? (i >> 1) * QUAD + (i % 2) * 16 : i * QUAD)
      for (const part of outImag === 4 ? [0] : [0, outImag]) {
        const shift = outImag === 4 || part === 0 ? 0 : 16
        const rows = transposed((i) => f.let(v128.load(at, place(i) + shift)))
        rows.forEach((row, i) => f.store(pointers[i]!, row, part))
      }
    })

    /** Blocks of `size` elements; the last one ends with the line and may overlap the one before. */
    function forBlocks(size: number, body: (start: Local<'i32'>) => void): void {
      const start = f.let(i32.const(0))
      f.set(left, Math.ceil(n / size))
      f.repeat(left, () => {
        body(start)
        f.advance(start, size)
        f.if(i32.gtS(start, n - size), () => f.set(start, n - size))
      })
    }
  })
}
