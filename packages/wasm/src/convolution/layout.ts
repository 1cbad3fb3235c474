// Kernels that move images between any strides and the layout in which convolutions are computed, channels innermost:
//
//   pack:    to[r, p, c] ← from[r, p, c]                 to: pitch bytes from p to p + 1, channels contiguous
//   unpack:  to[r, p, c] ← from[r, p, c] + bias[c]       from: likewise
//
// They only move numbers of single precision. The caller says what p and r stand for: pixels and rows, or channels and window
// elements.
import { type Expr, type FunctionBuilder, type Local, Module, f32, f32x4, i32, v128 } from '../assembler/assembler.ts'

const packParameters = {
  rows: 'i32',
  pixels: 'i32',
  channels: 'i32',
  from: 'i32',
  /** Bytes from one row, pixel and channel to the next. */
  rowFrom: 'i32',
  pixelFrom: 'i32',
  channelFrom: 'i32',
  to: 'i32',
  rowTo: 'i32',
  pitch: 'i32',
} as const

const unpackParameters = {
  rows: 'i32',
  pixels: 'i32',
  channels: 'i32',
  from: 'i32',
  rowFrom: 'i32',
  pitch: 'i32',
  to: 'i32',
  rowTo: 'i32',
  pixelTo: 'i32',
  channelTo: 'i32',
  /** Single-precision numbers with at least three readable ones behind them. */
  bias: 'i32',
} as const

/** The kernels of the module; all sizes are positive. */
export type LayoutKernel = 'pack' | 'unpack' | 'clear' | 'add'

type Four = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]

/** Emits `pack`, `unpack`, `clear(to, bytes)` and `add(n, to, from)`: to[i] ← to[i] + from[i] for whole vectors. */
export function layoutModule(shared: boolean): Module {
  const module = new Module({ shared })
  pack(module)
  unpack(module)
  module.function('clear', { params: { to: 'i32', bytes: 'i32' } }, (f, { to, bytes }) => f.fill(to, 0, bytes))
  module.function('add', { params: { n: 'i32', to: 'i32', from: 'i32' } }, (f, { n, to, from }) => {
    f.forRange(0, n, 4, () => {
      f.store(to, f32x4.add(v128.load(to), v128.load(from)))
      f.advance(to, 16)
      f.advance(from, 16)
    })
  })
  return module
}

/** The pixels in blocks of four, the last one overlapping the one before it; `pixels` ≥ 4. */
function inBlocks(f: FunctionBuilder, pixels: Local<'i32'>, block: (first: Local<'i32'>) => void): void {
  const last = f.let(i32.sub(pixels, 4))
  const first = f.local('i32')
  f.set(first, 0)
  f.block((done) => {
    f.loop((again) => {
      block(first)
      f.brIf(done, i32.geS(first, last))
      f.advance(first, 4)
      f.if(i32.gtS(first, last), () => f.set(first, last))
      f.br(again)
    })
  })
}

/** Four vectors, `step` bytes apart. */
function loadFour(f: FunctionBuilder, from: Local<'i32'>, step: Local<'i32'>): Four {
  const at = f.let(from)
  return Array.from({ length: 4 }, (_, i) => {
    const value = f.let(v128.load(at))
    if (i < 3) f.advance(at, step)
    return value
  }) as Four
}

function storeFour(f: FunctionBuilder, to: Local<'i32'>, step: Local<'i32'>, values: readonly Expr<'v128'>[]): void {
  const at = f.let(to)
  for (const [i, value] of values.entries()) {
    f.store(at, value)
    if (i < 3) f.advance(at, step)
  }
}

function pack(module: Module): void {
  module.function('pack', { params: packParameters }, (f, p) => {
    const { rows, pixels, channels, from, rowFrom, pixelFrom, channelFrom, to, rowTo, pitch } = p
    // Channels that go in fours, where the pixels are contiguous (transposed) or the channels are (copied).
    const fours = f.local('i32')
    const contiguous = f.let(i32.eq(channelFrom, 4))
    f.if(i32.or(contiguous, i32.and(i32.eq(pixelFrom, 4), i32.geS(pixels, 4))), () =>
      f.set(fours, i32.and(channels, -4)),
    )
    f.forRange(0, rows, 1, () => {
      f.forRange(0, fours, 4, (c) => {
        const source = f.let(i32.add(from, i32.mul(c, channelFrom)))
        const target = f.let(i32.add(to, i32.shl(c, 2)))
        f.if(
          contiguous,
          () => {
            f.forRange(0, pixels, 1, () => {
              f.store(target, v128.load(source))
              f.advance(source, pixelFrom)
              f.advance(target, pitch)
            })
          },
          () => {
            inBlocks(f, pixels, (first) => {
              const four = loadFour(f, f.let(i32.add(source, i32.shl(first, 2))), channelFrom)
              storeFour(f, f.let(i32.add(target, i32.mul(first, pitch))), pitch, f.transpose4x4(four))
            })
          },
        )
      })
      f.forRange(fours, channels, 1, (c) => {
        const source = f.let(i32.add(from, i32.mul(c, channelFrom)))
        const target = f.let(i32.add(to, i32.shl(c, 2)))
        f.forRange(0, pixels, 1, () => {
          f.store(target, i32.load(source))
          f.advance(source, pixelFrom)
          f.advance(target, pitch)
        })
      })
      f.advance(from, rowFrom)
      f.advance(to, rowTo)
    })
  })
}

function unpack(module: Module): void {
  module.function('unpack', { params: unpackParameters }, (f, p) => {
    const { rows, pixels, channels, from, rowFrom, pitch, to, rowTo, pixelTo, channelTo, bias } = p
    const fours = f.local('i32')
    const contiguous = f.let(i32.eq(channelTo, 4))
    f.if(i32.or(contiguous, i32.and(i32.eq(pixelTo, 4), i32.geS(pixels, 4))), () => f.set(fours, i32.and(channels, -4)))
    f.forRange(0, rows, 1, () => {
      f.forRange(0, fours, 4, (c) => {
        const source = f.let(i32.add(from, i32.shl(c, 2)))
        const target = f.let(i32.add(to, i32.mul(c, channelTo)))
        const constants = f.let(v128.load(i32.add(bias, i32.shl(c, 2))))
        f.if(
          contiguous,
          () => {
            f.forRange(0, pixels, 1, () => {
              f.store(target, f32x4.add(v128.load(source), constants))
              f.advance(source, pitch)
              f.advance(target, pixelTo)
            })
          },
          () => {
            inBlocks(f, pixels, (first) => {
              const four = loadFour(f, f.let(i32.add(source, i32.mul(first, pitch))), pitch)
              for (const value of four) f.set(value, f32x4.add(value, constants))
              storeFour(f, f.let(i32.add(target, i32.shl(first, 2))), channelTo, f.transpose4x4(four))
            })
          },
        )
      })
      f.forRange(fours, channels, 1, (c) => {
        const source = f.let(i32.add(from, i32.shl(c, 2)))
        const target = f.let(i32.add(to, i32.mul(c, channelTo)))
        const constant = f.let(f32.load(i32.add(bias, i32.shl(c, 2))))
        f.forRange(0, pixels, 1, () => {
          f.store(target, f32.add(f32.load(source), constant))
          f.advance(source, pitch)
          f.advance(target, pixelTo)
        })
      })
      f.advance(from, rowFrom)
      f.advance(to, rowTo)
    })
  })
}
