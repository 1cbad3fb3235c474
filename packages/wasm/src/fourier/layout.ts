// The two layouts of complex numbers in memory, four at a time: interleaved, re im re im …, and planar, parts at a distance.
import { type Expr, type Local, f32x4, v128 } from '../assembler/assembler.ts'
import type { Complex, Vectors } from './vectors.ts'

/** Bytes from a real part to its imaginary part: 4 is interleaved, 16 or more planar. */
export type ImagOffset = number

/** Bytes of four complex numbers in work space: four real parts, four imaginary parts. */
export const QUAD = 32

/** Reads four neighbouring complex numbers as one number to a lane. */
export function loadFour(v: Vectors, address: Local<'i32'>, offset: number, imag: ImagOffset): Complex {
  if (imag !== 4) return v.complex(v128.load(address, offset), v128.load(address, offset + imag))
  const low = v.keep(v128.load(address, offset))
  const high = v.keep(v128.load(address, offset + 16))
  return v.complex(f32x4.shuffle(low, high, [0, 2, 4, 6]), f32x4.shuffle(low, high, [1, 3, 5, 7]))
}

/** Writes what `loadFour` reads. */
export function storeFour(v: Vectors, address: Local<'i32'>, offset: number, imag: ImagOffset, z: Complex): void {
  const { re, im } = v.parts(z)
  if (imag !== 4) {
    v.f.store(address, re, offset)
    v.f.store(address, im, offset + imag)
    return
  }
  const [a, b]: Expr<'v128'>[] = [v.keep(re), v.keep(im)]
  v.f.store(address, f32x4.shuffle(a!, b!, [0, 4, 1, 5]), offset)
  v.f.store(address, f32x4.shuffle(a!, b!, [2, 6, 3, 7]), offset + 16)
}

/** Whether complex numbers of these steps (in numbers) lie four to two vectors: interleaved or planar. */
export const isFour = (step: number, imagStride: number): boolean =>
  (step === 2 && imagStride === 1) || (step === 1 && imagStride >= 4)

/** Four complex numbers at address + offset, imaginary parts 16 bytes behind the real ones. */
export const loadQuad = (v: Vectors, address: Local<'i32'>, offset: number): Complex =>
  v.complex(v128.load(address, offset), v128.load(address, offset + QUAD / 2))

/** Writes what `loadQuad` reads. */
export function storeQuad(v: Vectors, address: Local<'i32'>, offset: number, z: Complex): void {
  const { re, im } = v.parts(z)
  v.f.store(address, re, offset)
  v.f.store(address, im, offset + QUAD / 2)
}
