// How an array looks in a console: its shape and element type, then its numbers, long axes cut in the middle.
import { stepOf } from '../backend/views.ts'
import { type Nested, nested } from './nested.ts'
import { formatShape } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** Numbers shown at most; of longer arrays each axis shows its first and last three. */
const MOST = 200
const ENDS = 3

/** `Tensor float32 2×2` and its numbers, to six digits; only where they are in host memory. */
export function formatTensor(x: Tensor): string {
  const title = `Tensor ${x.dtype} ${formatShape(x.shape)}`
  if (x.buffer.data === null) return `${title}, on ${x.backend.name}: \`await x.read()\` gives its numbers`
  if (x.size === 0) return title
  const numbers = x.asTypedArray()
  const step = stepOf(x.dtype)
  let width = 0
  const element = (at: number): string => {
    const [re, im] = Array.from(numbers.subarray(step * at, step * (at + 1)), (v) => String(Number(v.toPrecision(6))))
    const text = im === undefined ? re : `${re}${im.startsWith('-') ? '' : '+'}${im}i`
    width = Math.max(width, text.length)
    return text
  }
  const rows = nested(x.shape, element, x.size > MOST ? 2 * ENDS : Infinity)
  const write = (part: Nested<string>, axis: number): string => {
    if (typeof part === 'string') return part.padStart(width)
    const inner = part.map((one) => write(one, axis + 1))
    if (inner.length < x.shape[axis]) inner.splice(ENDS, 0, '…')
    const gap = axis === x.rank - 1 ? ', ' : `,${'\n'.repeat(x.rank - 1 - axis)}${' '.repeat(axis + 1)}`
    return `[${inner.join(gap)}]`
  }
  return `${title}\n${write(rows, 0)}`
}
