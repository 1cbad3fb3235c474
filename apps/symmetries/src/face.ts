// A face to be moved: a piece of the photograph of an astronaut, or of a generated picture where it cannot be had.
import { photographOrLeaves } from '@scatterlab/datasets/photographs'
import type { ShapedArray } from '@scatterlab/tensor'

/** Side of the piece, and where it is cut from the photograph brought to 160×160. */
const [SIDE, WHOLE, TOP, LEFT] = [64, 160, 8, 44]

/** The face, from 0 to 1, [64, 64], and what a reader must know of it. */
export async function face(
  folder: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly x: ShapedArray<Float32Array>; readonly source: string; readonly note: string | undefined }> {
  const { picture, note } = await photographOrLeaves('astronaut', { folder, signal, size: WHOLE })
  const data = Float32Array.from(
    { length: SIDE * SIDE },
    (_, at) => picture.data[(TOP + Math.floor(at / SIDE)) * WHOLE + LEFT + (at % SIDE)],
  )
  return { x: { data, shape: [SIDE, SIDE] }, source: picture.source, note }
}
