// Pooling and its gradients: a thread of a gradient looks through the windows that hold its pixel.
import { type View } from '@scatterlab/tensor'
import type { PoolingShape } from '@scatterlab/tensor/operations'
import type { Recorder } from './recorder.ts'

/** out ← the largest pixel of each window. */
export function maxPool(record: Recorder, { windows }: PoolingShape, x: View, out: View): void {
  record.pass(
    out,
    { x },
    (read, [n, c, y, u]) => `
      const top = ${y} * ${windows.stride[0]} - ${windows.padding[0]};
      const left = ${u} * ${windows.stride[1]} - ${windows.padding[1]};
      let largest = -infinity;
      ${overWindow(
        windows.size,
        x,
        `
        const value = ${read.x([n, c, 'row', 'column'])};
        if (largest === largest && !(value <= largest)) { largest = value; }`,
      )}
      return largest;`,
  )
}

/** gradX ← Σ gradOut over the windows whose largest pixel it is; of equals, the first in reading order. */
export function maxPoolGradient(
  record: Recorder,
  { windows }: PoolingShape,
  x: View,
  out: View,
  gradOut: View,
  gradX: View,
): void {
  record.pass(gradX, { x, out, gradOut }, (read, [n, c, y, u]) =>
    overWindowsOf(
      windows,
      out,
      y,
      u,
      `
      const largest = ${read.out([n, c, 'oy', 'ox'])};
      let found = 0;
      ${overWindow(
        windows.size,
        x,
        `
        if (found < 0.5 && !(${read.x([n, c, 'row', 'column'])} < largest)) {
          found = 1;
          if (row === ${y} && column === ${u}) { sum = sum + ${read.gradOut([n, c, 'oy', 'ox'])}; }
        }`,
      )}`,
    ),
  )
}

/** out ← the mean of each window. */
export function averagePool(record: Recorder, { windows, count }: PoolingShape, x: View, out: View): void {
  const [rows, columns] = counts(record, count, out)
  record.pass(
    out,
    { x, rows, columns },
    (read, [n, c, y, u]) => `
      const top = ${y} * ${windows.stride[0]} - ${windows.padding[0]};
      const left = ${u} * ${windows.stride[1]} - ${windows.padding[1]};
      let sum = 0;
      ${overWindow(windows.size, x, `sum = sum + ${read.x([n, c, 'row', 'column'])};`)}
      return sum / (${read.rows([y])} * ${read.columns([u])});`,
  )
}

/** gradX ← the adjoint of `averagePool`. */
export function averagePoolGradient(
  record: Recorder,
  { windows, count }: PoolingShape,
  gradOut: View,
  gradX: View,
): void {
  const [rows, columns] = counts(record, count, gradOut)
  record.pass(gradX, { gradOut, rows, columns }, (read, [n, c, y, u]) =>
    overWindowsOf(
      windows,
      gradOut,
      y,
      u,
      `
      sum = sum + ${read.gradOut([n, c, 'oy', 'ox'])} / (${read.rows(['oy'])} * ${read.columns(['ox'])});`,
    ),
  )
}

interface WindowSizes {
  readonly size: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
}

/** What the means of each row and each column of windows divide by. */
function counts(record: Recorder, count: (o: number, axis: 0 | 1) => number, out: View): [View, View] {
  const along = (axis: 0 | 1): View => {
    const numbers = Array.from({ length: out.shape[2 + axis] }, (_, o) => count(o, axis))
    return record.table(`counts ${numbers.join()}`, () => numbers)
  }
  return [along(0), along(1)]
}

/** A loop over the pixels, at (`row`, `column`) of the image, of the window that begins at (`top`, `left`). */
const overWindow = ([height, width]: readonly [number, number], { shape }: View, body: string): string => `
  for (let i = 0; i < ${height}; i++) {
    const row = top + i;
    if (row >= 0 && row < ${shape[2]}) {
      for (let j = 0; j < ${width}; j++) {
        const column = left + j;
        if (column >= 0 && column < ${shape[3]}) { ${body} }
      }
    }
  }`

/** Sums over the windows (`oy`, `ox`) that hold the pixel (y, u). */
function overWindowsOf({ size, stride, padding }: WindowSizes, out: View, y: string, u: string, body: string): string {
  const along = (axis: 0 | 1, pixel: string, name: string, inner: string): string => `
    const last${name} = Math.floor((${pixel} + ${padding[axis]} + 0.5) / ${stride[axis]});
    for (let back${name} = 0; back${name} < ${Math.ceil(size[axis] / stride[axis])}; back${name}++) {
      const ${name} = last${name} - back${name};
      const start${name} = ${name} * ${stride[axis]} - ${padding[axis]};
      if (${name} >= 0 && ${name} < ${out.shape[2 + axis]} && ${pixel} - start${name} < ${size[axis]}) { ${inner} }
    }`
  return `
    let sum = 0;
    ${along(0, y, 'oy', along(1, u, 'ox', `const top = startoy;\nconst left = startox;\n${body}`))}
    return sum;`
}
