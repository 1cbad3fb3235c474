// periodise(x̂·ψ̂): a filter on its support, and the folding of what it passes, with a complex result; and its adjoint.
import type { View } from '@scatterlab/tensor'
import type { Factors, SpectralFilter } from '@scatterlab/tensor/operations'
import type { Kernels } from '../fourier/kernels.ts'
import { Plans } from '../fourier/plans.ts'
import { foldFilter } from './filter.ts'
import { gatherInPlaceKernel, gatherTables } from './gather.ts'
import { scatterKernel } from './scatter.ts'
import { type Field, clear, fieldOf } from './field.ts'
import type { Steps } from '../replay/steps.ts'
import { type RowTable, isSingle } from './wavelet.ts'

const plans = new Plans<SpectralFilter, readonly RowTable[]>()

/** Runs `periodise`, or gives false where it has no kernel. A filter's values must not change. */
export function periodise(steps: Steps, xhat: View, psi: SpectralFilter, factors: Factors, out: View): boolean {
  const from = fieldOf(steps, xhat, 'complex64')
  const to = fieldOf(steps, out, 'complex64')
  if (from === null || to === null || !isSingle(psi)) return false
  const kernel = gatherInPlaceKernel(steps.kernels, from, to)
  for (const { table, count } of tablesOf(steps.kernels, psi, factors, from, to))
    for (let q = 0; q < from.quads; q++) steps.issue(kernel, from.address + 16 * q, to.address + 16 * q, table, count)
  return true
}

/** Runs `periodiseAdjoint`, or gives false where it has no kernel. A filter's values must not change. */
export function periodiseAdjoint(
  steps: Steps,
  g: View,
  psi: SpectralFilter,
  factors: Factors,
  out: View,
  accumulate: boolean,
): boolean {
  const from = fieldOf(steps, g, 'complex64')
  const to = fieldOf(steps, out, 'complex64')
  if (from === null || to === null || !isSingle(psi)) return false
  if (!accumulate) clear(steps, to)
  const kernel = scatterKernel(steps.kernels, from, to)
  for (const { table, count } of tablesOf(steps.kernels, psi, factors, to, from))
    for (let q = 0; q < to.quads; q++) steps.issue(kernel, to.address + 16 * q, from.address + 16 * q, table, count)
  return true
}

/** The rows of a filter, for a spectrum and what it folds to. */
function tablesOf(
  kernels: Kernels,
  psi: SpectralFilter,
  factors: Factors,
  spectrum: Field,
  folded: Field,
): readonly RowTable[] {
  const { height, width, row, element } = folded
  const layout = [...factors, height, width, row, element, spectrum.width, spectrum.row, spectrum.element]
  return plans.get(kernels, psi, layout, () => {
    const [H, W] = [height * factors[0], width * factors[1]]
    const grid = { H, W, height, width, whole: spectrum.width === W }
    const { buffer } = psi.values
    return gatherTables(kernels, buffer, foldFilter(psi, buffer.data!, grid, false), spectrum, row, element)
  })
}
