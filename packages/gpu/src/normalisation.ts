// Batch and local response normalisation with their gradients.
import { type View, sizeOf } from '@scatterlab/tensor'
import type { ResponseNormConstants, WantedGradients } from '@scatterlab/tensor/operations'
import type { Reader } from './kernel-text.ts'
import { combine } from './reduction.ts'
import type { Recorder } from './recorder.ts'

/** mean[c], variance[c] ← moments of x[·, c, …] over all other axes. */
export function channelMoments(record: Recorder, x: View, mean: View, variance: View): void {
  const axes = otherAxes(x)
  const factor = 1 / sizeOf(axes.map((axis) => x.shape[axis]))
  combine(
    record,
    'sum',
    { shape: x.shape, axes, inputs: { x }, term: (read, index) => read.x(index), factor },
    perChannel(mean, x),
  )
  combine(
    record,
    'sum',
    {
      shape: x.shape,
      axes,
      inputs: { x, mean },
      term: (read, index) => {
        const deviation = `(${read.x(index)} - ${read.mean([index[1]])})`
        return `${deviation} * ${deviation}`
      },
      factor,
    },
    perChannel(variance, x),
  )
}

/**
 * With x̂ = (x − mean) / σ and count numbers to a channel: gradShift = Σ g, gradScale = Σ g·x̂,
 * gradX = scale/σ · (g − gradShift/count − x̂·gradScale/count), or scale/σ · g where the moments are frozen.
 */
export function normaliseGradient(
  record: Recorder,
  x: View,
  mean: View,
  variance: View,
  gradOut: View,
  { scale, epsilon, frozen, gradX, gradScale, gradShift }: WantedGradients,
): void {
  const axes = otherAxes(x)
  const numbers = { epsilon }
  const through = gradX !== undefined && !frozen
  const sums = (wanted: View | undefined): View | undefined =>
    wanted ?? (through ? record.temporary([x.shape[1]]) : undefined)
  const [sum, product] = [sums(gradShift), sums(gradScale)]
  if (sum !== undefined)
    combine(
      record,
      'sum',
      { shape: x.shape, axes, inputs: { gradOut }, term: (read, index) => read.gradOut(index) },
      perChannel(sum, x),
    )
  if (product !== undefined) {
    combine(
      record,
      'sum',
      {
        shape: x.shape,
        axes,
        inputs: { x, mean, variance, gradOut },
        term: (read, index) => {
          const c = [index[1]]
          return `${read.gradOut(index)} * ((${read.x(index)} - ${read.mean(c)}) / Math.sqrt(${read.variance(c)} + epsilon))`
        },
        numbers,
      },
      perChannel(product, x),
    )
  }
  if (gradX === undefined) return
  // what differs by channel only, so that no kernel reads more arrays than a GPU allows
  const [factor, constant, slope] = [0, 1, 2].map(() => record.temporary([x.shape[1]]))
  const inverse = (read: { readonly variance: Reader }, c: readonly string[]): string =>
    `(1 / Math.sqrt(${read.variance(c)} + epsilon))`
  record.pass(
    factor,
    { variance, scale },
    (read, c) => `return ${scale ? `${read.scale(c)} * ` : ''}${inverse(read, c)};`,
    numbers,
  )
  if (!through) {
    return record.pass(
      gradX,
      { gradOut, factor },
      (read, index) => `return ${read.factor([index[1]])} * ${read.gradOut(index)};`,
    )
  }
  const share = { share: x.shape[1] / sizeOf(x.shape) }
  record.pass(constant, { sum }, (read, c) => `return share * ${read.sum(c)};`, share)
  record.pass(slope, { product, variance }, (read, c) => `return share * ${read.product(c)} * ${inverse(read, c)};`, {
    ...share,
    ...numbers,
  })
  record.pass(gradX, { x, mean, gradOut, factor, constant, slope }, (read, index) => {
    const c = [index[1]]
    return `
      const deviation = ${read.x(index)} - ${read.mean(c)};
      return ${read.factor(c)} * (${read.gradOut(index)} - ${read.constant(c)} - ${read.slope(c)} * deviation);`
  })
}

/** out[n, c, …] ← x · (k + α Σ_{c'} x[n, c', …]²)^−β. */
export function responseNorm(
  record: Recorder,
  x: View,
  out: View,
  { half, alpha, beta, k }: ResponseNormConstants,
): void {
  record.pass(
    out,
    { x },
    (read, index) => `
      ${overNeighbours(index, x, half, (at) => `const value = ${read.x(at)}; total = total + value * value;`)}
      return ${read.x(index)} * Math.pow(floor + alpha * total, -beta);`,
    { floor: k, alpha, beta },
  )
}

/** gradX[c] ← g[c]·s[c]^−β − 2αβ·x[c] Σ_{c'} g[c']·x[c']·s[c']^(−β−1), with s the sums of `responseNorm`. */
export function responseNormGradient(
  record: Recorder,
  x: View,
  gradOut: View,
  gradX: View,
  { half, alpha, beta, k }: ResponseNormConstants,
): void {
  const sums = record.temporary(x.shape, 'float32', x)
  record.pass(
    sums,
    { x },
    (read, index) => `
      ${overNeighbours(index, x, half, (at) => `const value = ${read.x(at)}; total = total + value * value;`)}
      return floor + alpha * total;`,
    { floor: k, alpha },
  )
  record.pass(
    gradX,
    { x, gradOut, sums },
    (read, index) => `
      ${overNeighbours(
        index,
        x,
        half,
        (at) => `total = total + ${read.gradOut(at)} * ${read.x(at)} * Math.pow(${read.sums(at)}, -beta - 1);`,
      )}
      return ${read.gradOut(index)} * Math.pow(${read.sums(index)}, -beta) - 2 * alpha * beta * ${read.x(index)} * total;`,
    { alpha, beta },
  )
}

/** A loop over the channels around the thread's own; its body adds to `total`. */
function overNeighbours(
  index: readonly string[],
  { shape }: View,
  half: number,
  body: (index: readonly string[]) => string,
): string {
  return `
    let total = 0;
    for (let d = 0; d < ${2 * half + 1}; d++) {
      const neighbour = ${index[1]} + d - ${half};
      if (neighbour >= 0 && neighbour < ${shape[1]}) { ${body(index.toSpliced(1, 1, 'neighbour'))} }
    }`
}

const otherAxes = ({ shape }: View): number[] => shape.map((_, axis) => axis).filter((axis) => axis !== 1)

/** A view of one number to a channel as one of x's axes, with length 1 on all but the channels. */
const perChannel = (view: View, { shape }: View): View => ({
  ...view,
  shape: shape.map((length, axis) => (axis === 1 ? length : 1)),
  strides: shape.map((_, axis) => (axis === 1 ? view.strides[0] : 0)),
})
