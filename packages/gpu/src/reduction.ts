// Reductions of any term over any axes: long ones in stages, so that many threads share them and rounding stays small.
import { type Shape, type View, isComplex, sizeOf } from '@scatterlab/tensor'
import { type Reduction } from '@scatterlab/tensor/operations'
import { type Inputs, type Reader, divide } from './kernel-text.ts'
import { COMPLEX, type Recorder } from './recorder.ts'

/** Terms that one thread combines, at most. */
const TERMS = 64

/** Terms to combine over some axes of a shape. */
export interface Terms<K extends string> {
  readonly shape: Shape
  readonly axes: readonly number[]
  readonly inputs: Inputs<K>
  /** The expression of a term, at an index of `shape`. */
  readonly term: (read: Readonly<Record<K, Reader>>, index: readonly string[], part: string) => string
  readonly numbers?: Readonly<Record<string, number>>
  /** The sum is multiplied by this (default 1). */
  readonly factor?: number
}

const START: Record<Reduction, string> = { sum: '0', max: '-infinity', min: 'infinity' }

const COMBINE: Record<Reduction, string> = {
  sum: 'total = total + value;',
  // what is NaN stays
  max: 'if (total === total && !(value <= total)) { total = value; }',
  min: 'if (total === total && !(value >= total)) { total = value; }',
}

/** Records `reduce`. */
export function reduce(record: Recorder, op: Reduction, x: View, axes: readonly number[], out: View): void {
  combine(record, op, { shape: x.shape, axes, inputs: { x }, term: (read, index, part) => read.x(index, part) }, out)
}

/** out ← the combination of the terms; `out` has the terms' axes, with length 1 on those that are reduced. */
export function combine<K extends string>(record: Recorder, op: Reduction, terms: Terms<K>, out: View): void {
  const { shape, axes, inputs, term, numbers = {}, factor = 1 } = terms
  const count = sizeOf(axes.map((axis) => shape[axis]))
  const stages = Math.ceil(count / TERMS)
  if (stages <= 1) {
    return record.pass(out, inputs, (read, index, part) => gather(op, terms, (at) => term(read, at, part), index), {
      ...numbers,
      factor,
    })
  }
  // thread s of `stages` takes the terms s, s + stages, …: neighbours read neighbours
  const partial = record.temporary([...out.shape, stages], isComplex(out.dtype) ? COMPLEX : 'float32')
  record.pass(
    partial,
    inputs,
    (read, index, part) => {
      const at = index.slice(0, -1)
      const lines = axes.toReversed().flatMap((axis, i) => {
        const place = i === 0 ? 't' : `q${i - 1}`
        at[axis] = `j${axis}`
        return i === axes.length - 1
          ? [`const j${axis} = ${place};`]
          : [divide(`q${i}`, `j${axis}`, place, shape[axis])]
      })
      return `
        let total = ${START[op]};
        for (let u = 0; u < ${Math.ceil(count / stages)}; u++) {
          const t = ${index.at(-1)} + u * ${stages};
          if (t < ${count}) {
            ${lines.join('\n')}
            const value = ${term(read, at, part)};
            ${COMBINE[op]}
          }
        }
        return total;`
    },
    numbers,
  )
  combine(
    record,
    op,
    {
      shape: partial.shape,
      axes: [out.shape.length],
      inputs: { partial },
      term: (read, index, part) => read.partial(index, part),
      factor,
    },
    { ...out, shape: [...out.shape, 1], strides: [...out.strides, 0] },
  )
}

/** Statements that combine all terms of one result, in a loop for each axis. */
function gather<K extends string>(
  op: Reduction,
  { shape, axes }: Terms<K>,
  term: (index: readonly string[]) => string,
  index: readonly string[],
): string {
  const at = [...index]
  for (const axis of axes) at[axis] = `j${axis}`
  const loops = axes.map((axis) => `for (let j${axis} = 0; j${axis} < ${shape[axis]}; j${axis}++) {`)
  return `
    let total = ${START[op]};
    ${loops.join('\n')}
      const value = ${term(at)};
      ${COMBINE[op]}
    ${'}'.repeat(axes.length)}
    return total${op === 'sum' ? ' * factor' : ''};`
}
