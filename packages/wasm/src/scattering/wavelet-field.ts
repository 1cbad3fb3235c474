// z = F⁻¹ periodise(x̂·ψ̂), which keeps its phase: the rows of `waveletModulus`, and columns that are stored as they are; and the way
// back, column by column and then row by row.
import type { View } from '@scatterlab/tensor'
import type { Factors, SpectralFilter } from '@scatterlab/tensor/operations'
import { type Local, v128 } from '../assembler/assembler.ts'
import { emitLine, scratchBytes } from '../fourier/codelet.ts'
import type { Kernels } from '../fourier/kernels.ts'
import { QUAD, loadQuad, storeQuad } from '../fourier/layout.ts'
import { Plans } from '../fourier/plans.ts'
import type { Complex, Vectors } from '../fourier/vectors.ts'
import type { Steps } from '../replay/steps.ts'
import type { Kernel } from '../threads/compiled.ts'
import { backCalls } from './adjoint-wavelet.ts'
import { type Field, clear, fieldOf, pitch } from './field.ts'
import { type RowCall, foldingOf, isFilterable, rowCalls } from './wavelet.ts'

interface Plan {
  readonly rows: readonly RowCall[]
  readonly columns: Kernel
  readonly between: number
  readonly scratch: number
}

const plans = new Plans<SpectralFilter, Plan>()
const adjointPlans = new Plans<SpectralFilter, Plan>()

/** Runs `waveletField`, or gives false where it has no kernel. A filter's values must not change. */
export function waveletField(steps: Steps, xhat: View, psi: SpectralFilter, factors: Factors, out: View): boolean {
  const from = fieldOf(steps, xhat, 'complex64')
  const to = fieldOf(steps, out, 'complex64')
  if (from === null || to === null || !isFilterable(psi, to)) return false
  const { issue, kernels } = steps
  const plan = plans.get(kernels, psi, layoutOf(from, to, factors), () => ({
    rows: rowCalls(kernels, foldingOf(kernels, psi, from, to, factors, false), from, pitch(to.width, QUAD)),
    columns: columnKernel(kernels, to, 1),
    ...bytesOf(to),
  }))
  const between = steps.workspace(plan.between + plan.scratch)
  const scratch = between + plan.between
  for (let q = 0; q < from.quads; q++) {
    for (const { kernel, table, count } of plan.rows)
      issue(kernel, from.address + 16 * q, between, table, count, scratch)
    issue(plan.columns, between, to.address + 16 * q, to.width, scratch)
  }
  return true
}

/** Runs `waveletFieldAdjoint`, or gives false where it has no kernel. A filter's values must not change. */
export function waveletFieldAdjoint(
  steps: Steps,
  g: View,
  psi: SpectralFilter,
  factors: Factors,
  out: View,
  accumulate: boolean,
): boolean {
  const from = fieldOf(steps, g, 'complex64')
  const to = fieldOf(steps, out, 'complex64')
  if (from === null || to === null || !isFilterable(psi, from)) return false
  const { issue, kernels } = steps
  const plan = adjointPlans.get(kernels, psi, layoutOf(to, from, factors), () => ({
    rows: backCalls(kernels, foldingOf(kernels, psi, to, from, factors, false), to),
    columns: columnKernel(kernels, from, -1),
    ...bytesOf(from),
  }))
  const between = steps.workspace(plan.between + plan.scratch)
  const scratch = between + plan.between
  if (!accumulate) clear(steps, to)
  for (let q = 0; q < from.quads; q++) {
    issue(plan.columns, between, from.address + 16 * q, from.width, scratch)
    for (const { kernel, table, count } of plan.rows) issue(kernel, to.address + 16 * q, between, table, count, scratch)
  }
  return true
}

const layoutOf = (spectrum: Field, field: Field, factors: Factors): number[] => [
  spectrum.row,
  spectrum.element,
  spectrum.imag,
  field.height,
  field.width,
  field.row,
  field.element,
  field.imag,
  ...factors,
]

const bytesOf = ({ height, width }: Field): { readonly between: number; readonly scratch: number } => ({
  between: height * pitch(width, QUAD),
  scratch: Math.max(scratchBytes(width) + width * QUAD, scratchBytes(height)),
})

/** kernel(row-transformed columns, field, count, scratch): the field of them (sign 1), or them of the field (sign −1). */
function columnKernel(kernels: Kernels, { height, width, row, element, imag }: Field, sign: 1 | -1): Kernel {
  const rowPitch = pitch(width, QUAD)
  const name = `field columns ${sign} ${height} ${rowPitch} ${row} ${element} ${imag}`
  return kernels.kernel(name, 4, (v, [between, field, count, scratch], f) => {
    const inside = {
      step: rowPitch,
      load: (at: Local<'i32'>, i: number) => loadQuad(v, at, i * rowPitch),
      store: (at: Local<'i32'>, k: number, z: Complex) => storeQuad(v, at, k * rowPitch, z),
    }
    const outside = { step: row, ...parted(v, row, imag) }
    const [from, to] = sign > 0 ? [inside, outside] : [outside, inside]
    f.repeat(count, () => {
      emitLine(v, kernels, height, sign, {
        source: sign > 0 ? between : field,
        target: sign > 0 ? field : between,
        scratch,
        loadStep: from.step,
        storeStep: to.step,
        load: from.load,
        store: to.store,
      })
      f.advance(between, QUAD)
      f.advance(field, element)
    })
  })
}

/** Reads and writes complex numbers whose imaginary parts lie `imag` bytes behind the real ones. */
const parted = (v: Vectors, step: number, imag: number) => ({
  load: (at: Local<'i32'>, i: number): Complex => v.complex(v128.load(at, i * step), v128.load(at, i * step + imag)),
  store: (at: Local<'i32'>, k: number, z: Complex): void => {
    const { re, im } = v.parts(z)
    v.f.store(at, re, k * step)
    v.f.store(at, im, k * step + imag)
  },
})
