// Roto-translation scattering itself, over the operations of a back end:
//   U1(u, θ, j) = |x ⋆ ψ_{j,θ}|(u),   V = U1 ⋆ φ_J,   S1 = ⟨V⟩_θ and ⟨|V ⋆_θ ψ̄_k|⟩_θ,
//   Y(u, θ) = U1(·, θ, j1) ⋆ ψ_{j2,θ+θ2}(u),   S2 = ⟨|Y ⋆_θ ψ̄_k|⟩_θ ⋆ φ_J, with φ̄ among the ψ̄_k.
import type { View } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import type { GroupTransform, PathView } from './groups.ts'
import type { PairNode, ScaleNode } from './roto-translation-paths.ts'
import { type Memory, type RotoTranslationPlan, type Stack, inParts, memoryOf } from './roto-translation-plan.ts'

/** Averages of a group of images, path by path. */
export const rotoTranslationAverages =
  (plan: RotoTranslationPlan): GroupTransform =>
  (x, count, S) =>
    inParts(plan.backend, x.shape[0], count, (few, part) => averagesOf(plan, part(x), few, (path) => part(S(path))))

function averagesOf(plan: RotoTranslationPlan, x: View, count: number, S: PathView): void {
  const { backend, tree } = plan
  const memory = memoryOf(backend, plan.dtype, count)
  const root = extended(plan, memory, x)
  averaged(plan, 0, root, S(0))
  const spectrum = spectrumOf(plan, memory, 'x̂', 0, 1)
  if (tree.scales.length > 0) operations.spectrum(backend, root, spectrum.at(0))
  for (const node of tree.scales) {
    const moduli = firstModuli(plan, memory, spectrum.at(0), node)
    operations.fibreModulus(
      backend,
      averagesOfAngles(plan, memory, moduli, node),
      plan.fibre(1),
      fibreOf(plan, S, node.first, 1),
    )
    if (node.children.length === 0) continue
    const spectra = spectraOf(plan, memory, moduli, node)
    for (const pair of node.children) {
      for (let turn = 0; turn < plan.orientations; turn++) {
        const fields = secondModuli(plan, memory, secondFields(plan, memory, spectra, node, pair, turn), pair)
        const first = pair.first + turn * plan.pathsOf(2)
        for (let i = 0; i < plan.pathsOf(2); i++) averaged(plan, pair.level, fields.at(i), S(first + i))
      }
    }
  }
  memory.release()
}

/** The images on their grid: [images, height, width]. */
export function extended(plan: RotoTranslationPlan, memory: Memory, x: View): View {
  const { backend, rows, columns, pixels, extension } = plan
  const inLanes = memory.real('x', 1, [rows.length, columns.length]).at(0)
  const out = memory.real('U0', 1, plan.gridOf(0)).at(0)
  operations.pad(backend, x, pixels.rows, pixels.columns, inLanes)
  operations.average(backend, inLanes, extension.rows, extension.columns, out)
  return out
}

/** out ← U ⋆ φ_J at the kept samples. */
export function averaged({ backend, phi }: RotoTranslationPlan, level: number, U: View, out: View): void {
  const { rows, columns } = phi(level)
  operations.average(backend, U, rows, columns, out)
}

/** Memory for half spectra of the grid of a level. */
export function spectrumOf(
  plan: RotoTranslationPlan,
  memory: Memory,
  name: string,
  level: number,
  fields: number,
): Stack {
  const [height, width] = plan.gridOf(level)
  return memory.complex(name, fields, [height, Math.floor(width / 2) + 1])
}

/** U1 of one scale, L fields. */
export function firstModuli(
  plan: RotoTranslationPlan,
  memory: Memory,
  spectrum: View,
  { scale, level }: ScaleNode,
): Stack {
  const { backend, orientations: L, psi, factor, gridOf } = plan
  const moduli = memory.real('U1', L, gridOf(level))
  for (let theta = 0; theta < L; theta++)
    operations.waveletModulus(backend, spectrum, psi(scale, theta, 0), factor(0, level), moduli.at(theta))
  return moduli
}

/** V: the fibre of averages in space, [images, L, kept samples]. */
export function averagesOfAngles(plan: RotoTranslationPlan, memory: Memory, moduli: Stack, { level }: ScaleNode): View {
  const V = memory.real('V', plan.orientations, plan.kept)
  for (let theta = 0; theta < plan.orientations; theta++) averaged(plan, level, moduli.at(theta), V.at(theta))
  return V.fibre
}

/** Û1 of one scale, L half spectra. */
export function spectraOf(plan: RotoTranslationPlan, memory: Memory, moduli: Stack, { level }: ScaleNode): Stack {
  const spectra = spectrumOf(plan, memory, 'Û1', level, plan.orientations)
  for (let theta = 0; theta < plan.orientations; theta++)
    operations.spectrum(plan.backend, moduli.at(theta), spectra.at(theta))
  return spectra
}

/** Y of a pair of scales and a relative orientation: at each angle the wavelet turned along with it. */
export function secondFields(
  plan: RotoTranslationPlan,
  memory: Memory,
  spectra: Stack,
  { level: from }: ScaleNode,
  { scale, level }: PairNode,
  turn: number,
): View {
  const { backend, orientations: L, psi, factor, gridOf } = plan
  const fields = memory.complex('Y', L, gridOf(level))
  for (let theta = 0; theta < L; theta++)
    operations.waveletField(
      backend,
      spectra.at(theta),
      psi(scale, theta + turn, from),
      factor(from, level),
      fields.at(theta),
    )
  return fields.fibre
}

/** ⟨|Y ⋆_θ ψ̄_k|⟩_θ of every angular filter and window. */
function secondModuli(plan: RotoTranslationPlan, memory: Memory, fields: View, { level }: PairNode): Stack {
  const out = memory.real('U2', plan.pathsOf(2), plan.gridOf(level))
  operations.fibreModulus(plan.backend, fields, plan.fibre(2), out.fibre)
  return out
}

/** The coefficients of the paths of one fibre as one array: [images, paths, kept samples]. */
export function fibreOf(plan: RotoTranslationPlan, S: PathView, first: number, order: number): View {
  const [view, paths] = [S(first), plan.pathsOf(order)]
  const [images, rows, columns] = view.shape
  const step = paths > 1 ? S(first + 1).offset - view.offset : 0
  return { ...view, shape: [images, paths, rows * columns], strides: [view.strides[0], step, view.strides[2]] }
}
