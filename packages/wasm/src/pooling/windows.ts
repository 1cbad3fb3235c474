// What the pooling kernels share: their parameters, the pixels of a window, and lines in vectors.
import { type Expr, type FunctionBuilder, type Local, type Operand, i32 } from '../assembler/assembler.ts'

/** Sizes that every pooling kernel takes. */
export const windowParameters = {
  planes: 'i32',
  height: 'i32',
  width: 'i32',
  outHeight: 'i32',
  outWidth: 'i32',
  sizeY: 'i32',
  sizeX: 'i32',
  strideY: 'i32',
  strideX: 'i32',
  padY: 'i32',
  padX: 'i32',
} as const

/** The parameters of an image: where it begins, bytes from plane to plane, row to row, pixel to pixel. */
export type ImageParameters<Name extends string> = Readonly<
  Record<Name | `plane${Name}` | `row${Name}` | `step${Name}`, 'i32'>
>

/** The same as a value. */
export const imageParameters = <Name extends string>(name: Name): ImageParameters<Name> =>
  ({ [name]: 'i32', [`plane${name}`]: 'i32', [`row${name}`]: 'i32', [`step${name}`]: 'i32' }) as ImageParameters<Name>

/** An integer or an address. */
export type Numbers = Local<'i32'>

/** value ← max(value, least) */
export const atLeast = (f: FunctionBuilder, value: Numbers, least: Operand<'i32'>): void =>
  f.if(i32.ltS(value, least), () => f.set(value, least))
/** value ← min(value, most) */
export const atMost = (f: FunctionBuilder, value: Numbers, most: Operand<'i32'>): void =>
  f.if(i32.gtS(value, most), () => f.set(value, most))

/** First pixel and the one behind the last of window `o` along an axis. */
export function span(
  f: FunctionBuilder,
  o: Numbers,
  size: Numbers,
  stride: Numbers,
  pad: Numbers,
  length: Numbers,
): [Numbers, Numbers] {
  const first = f.let(i32.sub(i32.mul(o, stride), pad))
  const last = f.let(i32.add(first, size))
  atLeast(f, first, 0)
  atMost(f, last, length)
  return [first, last]
}

/** Vectors along 0 … n − 1, the last overlapping the one before it; numbers one by one where n < 4 or `vectors` is 0. */
export function along(
  f: FunctionBuilder,
  n: Numbers,
  vectors: Operand<'i32'>,
  four: (first: Numbers) => void,
  one: (index: Numbers) => void,
): void {
  f.if(
    i32.and(i32.geS(n, 4), vectors),
    () => {
      const last = f.let(i32.sub(n, 4))
      const first = f.local('i32')
      f.set(first, 0)
      f.loop((again) => {
        four(first)
        f.if(i32.ltS(first, last), () => {
          f.advance(first, 4)
          atMost(f, first, last)
          f.br(again)
        })
      })
    },
    () => f.forRange(0, n, 1, one),
  )
}

/** Bytes of so many numbers. */
export const bytes = (index: Expr<'i32'>): Expr<'i32'> => i32.shl(index, 2)
