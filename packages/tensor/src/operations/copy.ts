// The copy between any strides and precisions.
import { type View } from '../backend/backend.ts'
import { dataOf, move } from '../backend/host.ts'
import { realParts } from '../backend/views.ts'
import { LONGEST, walkLines } from '../backend/lines.ts'
import { type Operation, operation } from '../backend/operation.ts'
import { checkSameForm } from './forms.ts'

/** out ← x, between any strides and precisions (complex to complex, real to real). */
export const copy: Operation<[x: View, out: View]> = operation('copy', {
  prepare(x, out) {
    checkSameForm('copy', out, x)
    return [x, out]
  },
  reference(x, out) {
    const views = [realParts(x), realParts(out)]
    walkLines(views[1].shape, views, LONGEST, (n, [i, o], [si, so]) =>
      move(n, dataOf(x.buffer), i, si, dataOf(out.buffer), o, so),
    )
  },
})
