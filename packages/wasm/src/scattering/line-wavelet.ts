// U = |F⁻¹ fold(x̂·ψ̂)| along one line: the filtered spectrum as a matrix of n1 rows, columns of which are transformed, then rows, whose
// moduli are stored in order.
import type { View } from '@scatterlab/tensor'
import type { Factors, SpectralFilter } from '@scatterlab/tensor/operations'
import { emitLine } from '../fourier/codelet.ts'
import { QUAD, loadQuad } from '../fourier/layout.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { Plans } from '../fourier/plans.ts'
import { columnKernel, rowBytes, singleBytes } from '../fourier/single.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { type LineGather, lineGather, lineGatherKernel, matrixRow } from './line-gather.ts'
import { lineOf, linePair } from './line.ts'
import { inRange, modulus, scaleLine } from './modulus.ts'
import { isSingle } from './wavelet.ts'

const gathers = new Plans<SpectralFilter, LineGather>()

/** Runs `waveletModulus` of one signal, or gives false where it has no kernel. A filter's values must not change. */
export function lineModulus(steps: Steps, xhat: View, psi: SpectralFilter, factors: Factors, out: View): boolean {
  const from = lineOf(steps, xhat, 'complex64')
  const to = lineOf(steps, out, 'float32')
  if (from === null || to === null || factors[0] !== 1 || !isSingle(psi)) return false
  const pair = linePair(to.length)
  if (pair === null) return false
  const { kernels, issue } = steps
  const W = to.length * factors[1]
  if (from.length !== Math.floor(W / 2) + 1) return false
  const { table, used } = gathers.get(kernels, psi, [W, to.length], () =>
    lineGather(kernels, psi, psi.values.buffer, W, pair),
  )
  const [n1, n2] = pair
  const bytes = singleBytes(pair)
  const matrixBytes = used * matrixRow(n2)
  const matrix = steps.workspace(matrixBytes + bytes.betweenBytes + bytes.lineBytes + bytes.scratchBytes)
  const between = matrix + matrixBytes
  const line = between + bytes.betweenBytes
  const scratch = line + bytes.lineBytes
  issue(lineGatherKernel(kernels), from.address, matrix, table)
  issue(matrixColumns(kernels, pair, used), matrix, between, line, scratch)
  issue(modulusRows(kernels, pair), between, to.address, n1 / 4, scratch)
  return true
}

/** Columns of a matrix whose rows from `used` on are zero, and are not there. */
const matrixColumns = (kernels: Kernels, [n1, n2]: readonly [number, number], used: number): Kernel =>
  columnKernel(kernels, n1, n2, 1, {
    name: `of ${used} rows`,
    step: matrixRow(n2),
    element: QUAD / 4,
    load: (v, at, i) => (i < used ? loadQuad(v, at, i * matrixRow(n2)) : v.zero()),
  })

/** kernel(between, target, fours of rows, scratch): rows of n2 points, four to a vector; their moduli are n1 samples apart. */
function modulusRows(kernels: Kernels, [n1, n2]: readonly [number, number]): Kernel {
  const step = 4 * n1
  return kernels.kernel(`modulus of single rows ${n1}·${n2}`, 4, (v, [between, target, count, scratch], f) => {
    f.repeat(count, () => {
      inRange(
        v,
        { column: between, n: n2, pitch: QUAD },
        {
          transform: (note) =>
            emitLine(v, kernels, n2, 1, {
              source: between,
              target,
              scratch,
              loadStep: QUAD,
              storeStep: step,
              load: (at, i) => loadQuad(v, at, i * QUAD),
              store: (at, k, z) => f.store(at, modulus(v, z, note), k * step),
            }),
          undo: (inverse) => scaleLine(f, target, n2, step, [0], inverse),
        },
      )
      f.advance(between, rowBytes(n2))
      f.advance(target, 16)
    })
  })
}
