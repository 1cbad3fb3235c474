// The rectifier on the reference.
import type { View } from '../backend/backend.ts'
import { checkLengths } from './window.ts'
import { dataOf } from '../backend/host.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { forEachLine } from '../backend/lines.ts'

/** out ← x where x > 0, else slope·x (default 0). The output may be x. */
export const relu: Operation<[x: View, out: View, slope?: number], [x: View, out: View, slope: number]> = operation(
  'relu',
  {
    prepare(x, out, slope = 0) {
      checkLengths('the output', out.shape, x.shape)
      return [x, out, slope]
    },
    reference(x, out, slope) {
      const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
      forEachLine(x.shape, [x, out], (n, i, si, o, so) => {
        for (let k = 0; k < n; k++, i += si, o += so)
          to[o] = slope === 0 ? Math.max(from[i], 0) : from[i] * (from[i] > 0 ? 1 : slope)
      })
    },
  },
)

/** gradX ← gradOut where x > 0, else slope·gradOut. For slope ≥ 0 relu's output serves as x. gradX may be gradOut. */
export const reluGradient: Operation<
  [x: View, gradOut: View, gradX: View, slope?: number],
  [x: View, gradOut: View, gradX: View, slope: number]
> = operation('reluGradient', {
  prepare(x, gradOut, gradX, slope = 0) {
    checkLengths("the output's gradient", gradOut.shape, x.shape)
    checkLengths("the input's gradient", gradX.shape, x.shape)
    return [x, gradOut, gradX, slope]
  },
  reference(x, gradOut, gradX, slope) {
    const [from, gradient, to] = [dataOf(x.buffer), dataOf(gradOut.buffer), dataOf(gradX.buffer)]
    forEachLine(x.shape, [x, gradOut, gradX], (n, i, si, g, sg, o, so) => {
      for (let k = 0; k < n; k++, i += si, g += sg, o += so) {
        if (from[i] > 0) to[o] = gradient[g]
        else to[o] = slope === 0 ? 0 : slope * gradient[g]
      }
    })
  },
})
