// The copy between any strides and precisions.
import { type View } from '../backend/backend.ts'
import { dataOf, realParts } from '../backend/host.ts'
import { forEachLine } from '../backend/lines.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { checkSameForm } from './forms.ts'

/** out ← x, between any strides and precisions (complex to complex, real to real). */
export const copy: Operation<[x: View, out: View]> = operation('copy', {
  prepare(x, out) {
    checkSameForm('copy', out, x)
    return [x, out]
  },
  reference(x, out) {
    const [from, to] = [dataOf(x.buffer), dataOf(out.buffer)]
    const [source, target] = [realParts(x), realParts(out)]
    forEachLine(target.shape, [source, target], (n, i, si, o, so) => {
      if (si === 1 && so === 1 && n > 16) return to.set(from.subarray(i, i + n), o)
      for (let k = 0; k < n; k++) to[o + k * so] = from[i + k * si]
    })
  },
})
