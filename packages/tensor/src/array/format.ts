// How an array looks in a console: its shape and element type, then its numbers, long axes cut in the middle.
import { isComplex } from './dtype.ts'
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
  const parts = isComplex(x.dtype) ? x.asReal() : x
  const numbers = parts.asTypedArray()
  const number = (at: number): string => String(Number(numbers[at].toPrecision(6)))
  const element = (at: number): string => {
    if (parts === x) return number(at)
    const imaginary = number(2 * at + 1)
    return `${number(2 * at)}${imaginary.startsWith('-') ? '' : '+'}${imaginary}i`
  }
  const short = x.size <= MOST
  const shown = (length: number): (number | '…')[] => {
    const all = Array.from({ length }, (_, i) => i)
    return short || length <= 2 * ENDS ? all : [...all.slice(0, ENDS), '…', ...all.slice(-ENDS)]
  }
  const texts: string[] = []
  const collect = (axis: number, start: number): void => {
    if (axis === x.rank) texts.push(element(start))
    else for (const i of shown(x.shape[axis])) if (i !== '…') collect(axis + 1, start * x.shape[axis] + i)
  }
  collect(0, 0)
  const width = Math.max(...texts.map((text) => text.length))
  let next = 0
  const write = (axis: number): string => {
    if (axis === x.rank) return texts[next++].padStart(x.rank === 0 ? 0 : width)
    const inner = shown(x.shape[axis]).map((i) => (i === '…' ? i : write(axis + 1)))
    const gap = axis === x.rank - 1 ? ', ' : `,${'\n'.repeat(x.rank - 1 - axis)}${' '.repeat(axis + 1)}`
    return `[${inner.join(gap)}]`
  }
  return `${title}\n${write(0)}`
}
