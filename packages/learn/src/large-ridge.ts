// Ridge regression where the normal equations are too large for the memory of a back end: they lie in panels, their factor takes their
// place, and the solution is refined with the features themselves.
import { dtypeOf, matmul, realArray } from '@scatterlab/tensor'
import { chunksOf, compute, meanOfRows, upload } from './chunks.ts'
import type { TrainingSet } from './features.ts'
import { kernelRidge } from './kernel-ridge.ts'
import { type LinearClassifier, addRowsTransposedTimes, linearClassifier } from './linear.ts'
import { targetsOf } from './normal-equations.ts'
import { addToDiagonal, emptyPanels, factorPanels } from './panels.ts'
import { refinedSolution } from './refined.ts'
import type { Run } from './run.ts'

/** Unknowns a class from which on the equations lie in panels: in double precision and whole they would take half a gigabyte. */
export const LARGE = 8192

/** The classifier of `ridge`: primal where there are more samples than features, else from the kernel of the samples. */
export async function largeRidge(
  run: Run,
  training: TrainingSet,
  penalty: number,
  tolerance: number,
): Promise<LinearClassifier> {
  const { matrix, labels, rows, classes } = training
  const columns = matrix.shape[1]
  const mean = meanOfRows(matrix, rows)
  const weights = new Float64Array(columns * classes)
  if (rows.length <= columns) {
    const options = { kernel: 'linear' as const, gamma: 1, penalty, tolerance, rows, backend: run.backend }
    const { coefficients, intercept } = await kernelRidge(matrix, labels, options)
    await addRowsTransposedTimes(run, matrix, rows, mean, coefficients, classes, weights)
    return linearClassifier(weights, intercept, mean, run.backend)
  }
  const own = Int32Array.from(rows, (row) => labels[row])
  const targets = targetsOf(own, classes)
  const centre = new Float64Array(classes)
  targets.forEach((value, at) => {
    centre[at % classes] += value / rows.length
  })
  const right = new Float64Array(columns * classes)
  const centred = targets.map((value, at) => value - centre[at % classes])
  await addRowsTransposedTimes(run, matrix, rows, mean, centred, classes, right)
  const panels = emptyPanels(columns, dtypeOf(matrix.data))
  for (const { data, start, count } of chunksOf(matrix, rows, mean)) {
    const x = upload(run, data, count, columns)
    try {
      for (const { top, bottom, data: sum } of panels) {
        const product = await compute(run, () =>
          matmul(x.slice([0], [top, bottom]).transpose(), x.slice([0], [0, bottom])),
        )
        for (let i = 0; i < sum.length; i++) sum[i] += product[i]
        await run.breathe()
      }
    } finally {
      run.backend.release(x.buffer)
    }
    await run.step('products', start + count, rows.length)
  }
  addToDiagonal(panels, penalty)
  const factor = await factorPanels(run, panels, (done) => run.step('factor', done, panels.length))
  const multiply = (v: Float64Array): Promise<Float64Array> => normalTimes(run, training, mean, penalty, v)
  weights.set(await refinedSolution(factor, multiply, right, classes, tolerance))
  return linearClassifier(weights, centre, mean, run.backend)
}

/** (XᵀX + λI) v for the rows less their mean, summed in double precision between chunks. */
async function normalTimes(
  run: Run,
  { matrix, rows, classes }: TrainingSet,
  mean: Float64Array,
  penalty: number,
  v: Float64Array,
): Promise<Float64Array> {
  const columns = matrix.shape[1]
  const out = v.map((value) => penalty * value)
  const own = realArray(dtypeOf(matrix.data), v.length)
  own.set(v)
  const right = upload(run, own, columns, classes)
  try {
    for (const { data, count } of chunksOf(matrix, rows, mean)) {
      const product = await compute(run, () => {
        const x = upload(run, data, count, columns)
        return matmul(x.transpose(), matmul(x, right))
      })
      for (let i = 0; i < out.length; i++) out[i] += product[i]
      await run.breathe()
    }
  } finally {
    run.backend.release(right.buffer)
  }
  return out
}
