// Copies and element-wise operations: one pass each.
import { type View, isComplex } from '@scatterlab/tensor'
import { type BinaryOperation, type UnaryOperation } from '@scatterlab/tensor/operations'
import { BINARY, UNARY } from './functions.ts'
import type { Recorder } from './recorder.ts'

/** out ← x. */
export function copy(record: Recorder, x: View, out: View): void {
  record.pass(out, { x }, (read, index, part) => `return ${read.x(index, part)};`)
}

/** out ← op(x). */
export function map(record: Recorder, op: UnaryOperation, x: View, out: View): void {
  if (!isComplex(x.dtype) || op === 'neg') {
    return record.pass(out, { from: x }, (read, index, part) => `const x = ${read.from(index, part)};\n${UNARY[op]}`)
  }
  if (op === 'conj') {
    return record.pass(out, { x }, (read, index, part) => `return ${read.x(index, part)} * (1 - 2 * ${part});`)
  }
  record.pass(
    out,
    { x },
    (read, index) => `
      const re = ${read.x(index, '0')};
      const im = ${read.x(index, '1')};
      return Math.sqrt(re * re + im * im);`,
  )
}

/** out ← op(a, b). */
export function zip(record: Recorder, op: BinaryOperation, a: View, b: View, out: View): void {
  if (!isComplex(out.dtype) || op === 'add' || op === 'sub') {
    return record.pass(
      out,
      { left: a, right: b },
      (read, index, part) => `
        const a = ${read.left(index, part)};
        const b = ${read.right(index, part)};
        ${BINARY[op]}`,
    )
  }
  // the part that multiplies the real part of b, and the other, with its sign
  record.pass(
    out,
    { a, b },
    (read, index, part) => `
      const own = ${read.a(index, part)};
      const other = ${read.a(index, `(1 - ${part})`)} * (2 * ${part} - 1);
      let re = ${read.b(index, '0')};
      let im = ${read.b(index, '1')};
      ${op === 'div' ? 'const power = re * re + im * im; re = re / power; im = -im / power;' : ''}
      return own * re + other * im;`,
  )
}

/** out ← x where x > 0, else slope·x. */
export function relu(record: Recorder, x: View, out: View, slope: number): void {
  const below = slope === 0 ? 'return 0;' : 'return slope * x;'
  record.pass(
    out,
    { from: x },
    (read, index) => `const x = ${read.from(index)};\nif (x <= 0) { ${below} }\nreturn x;`,
    {
      slope,
    },
  )
}

/** gradX ← gradOut where x > 0, else slope·gradOut. */
export function reluGradient(record: Recorder, x: View, gradOut: View, gradX: View, slope: number): void {
  const below = slope === 0 ? 'return 0;' : `return slope * g;`
  record.pass(
    gradX,
    { x, gradOut },
    (read, index) => `
      const g = ${read.gradOut(index)};
      if (${read.x(index)} > 0) { return g; }
      ${below}`,
    { slope },
  )
}
