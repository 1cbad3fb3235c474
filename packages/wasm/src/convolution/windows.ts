// What a convolution or its transpose reads along one axis: for output y = phase + phases·i, source index i·step + tap.
// A convolution has one phase and steps by its stride; its adjoint steps by one, and each of `stride` phases has its own taps.
import type { Windows } from '@scatterlab/tensor/operations'

/** Element k of the window, read at this many pixels from the source index. */
export interface Tap {
  readonly element: number
  readonly offset: number
}

/** One axis. */
export interface AxisWindows {
  readonly step: number
  /** The taps of each phase, offsets ascending. */
  readonly phases: readonly (readonly Tap[])[]
  /** Output indices that each phase has. */
  readonly counts: readonly number[]
  /** The smallest offset, and the number of source pixels from there that a window or two may span. */
  readonly first: number
  readonly span: number
}

/** The axis of a convolution with `count` outputs. */
export function convolutionAxis({ size, stride, padding, dilation }: Windows, axis: 0 | 1, count: number): AxisWindows {
  const taps = Array.from({ length: size[axis] }, (_, element) => ({
    element,
    offset: element * dilation[axis] - padding[axis],
  }))
  return axisWindows(stride[axis], [taps], [count])
}

/** The axis of its adjoint with `length` outputs: tap k of output y reads (y + padding − k·dilation) / stride. */
export function adjointAxis({ size, stride, padding, dilation }: Windows, axis: 0 | 1, length: number): AxisWindows {
  const step = stride[axis]
  const phases = Array.from({ length: step }, (_, phase) =>
    Array.from({ length: size[axis] }, (_, element) => ({
      element,
      offset: (phase + padding[axis] - element * dilation[axis]) / step,
    }))
      .filter(({ offset }) => Number.isInteger(offset))
      .sort((a, b) => a.offset - b.offset),
  )
  return axisWindows(
    1,
    phases,
    phases.map((_, phase) => Math.max(0, Math.ceil((length - phase) / step))),
  )
}

function axisWindows(step: number, phases: readonly (readonly Tap[])[], counts: readonly number[]): AxisWindows {
  const offsets = phases.flat().map(({ offset }) => offset)
  const first = Math.min(...offsets)
  return { step, phases, counts, first, span: Math.max(...offsets) - first + 1 }
}

/** Source pixels from `first` that `count` consecutive output indices read. */
export const extent = ({ step, span }: AxisWindows, count: number): number => (count - 1) * step + span

/** Whether the taps read neighbouring pixels. */
export const adjacent = (taps: readonly Tap[]): boolean =>
  taps.every(({ offset }, i) => i === 0 || offset === taps[i - 1].offset + 1)
