// Views [items, channels, …] channel by channel.
import type { View } from '../backend/backend.ts'
import type { Walk } from '../backend/lines.ts'

/** The lengths of all axes but the channels'. */
export const otherAxes = ({ shape }: View): number[] => shape.toSpliced(1, 1)

/** One channel of a view, over its other axes. */
export const channel = ({ strides, offset }: View, c: number): Walk => ({
  strides: strides.toSpliced(1, 1),
  offset: offset + c * strides[1],
})
