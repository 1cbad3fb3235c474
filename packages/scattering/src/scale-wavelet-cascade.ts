// Roto-translation scattering with wavelets along log-scale, over the operations of a back end. With V(u, θ, j) = U1(·, θ, j) ⋆ φ_J:
//   S1 = ⟨|V ⋆_θ ψ̄_k ⋆_j ψ̃_s|⟩_θ,
//   Y(u, θ, j1) = U1(·, θ, j1) ⋆ ψ_{j2,θ+θ2}(u),   S2 = ⟨|Y ⋆_θ ψ̄_k ⋆_{j1} ψ̃_s|⟩_θ ⋆ φ_J, low-passes among the ψ̄_k and ψ̃_s.
import type { View } from '@scatterlab/tensor'
import * as operations from '@scatterlab/tensor/operations'
import type { GroupTransform, PathView } from './groups.ts'
import { averaged, extended, firstModuli, spectrumOf } from './roto-translation-cascade.ts'
import type { PairNode, ScaleNode } from './roto-translation-paths.ts'
import { type Memory, type Stack, inParts, memoryOf } from './roto-translation-plan.ts'
import { type Fibres, type Rows, type ScaleWaveletPlan, fibresOf, rowsOf } from './scale-wavelet-plan.ts'

/** Averages of a group of images, path by path. */
export const scaleWaveletAverages =
  (plan: ScaleWaveletPlan): GroupTransform =>
  (x, count, S) =>
    inParts(plan.backend, x.shape[0], count, (few, part) => averagesOf(plan, part(x), few, (path) => part(S(path))))

function averagesOf(plan: ScaleWaveletPlan, x: View, count: number, S: PathView): void {
  const { backend, tree } = plan
  const memory = memoryOf(backend, plan.dtype, count)
  const root = extended(plan, memory, x)
  averaged(plan, 0, root, S(0))
  if (tree.scales.length > 0) {
    const spectrum = spectrumOf(plan, memory, 'x̂', 0, 1).at(0)
    operations.spectrum(backend, root, spectrum)
    const { V, spectra } = firstOrder(plan, memory, spectrum)
    forEachBand(plan, memory, V, firstFibre(plan), (band, filtered, fibre) => {
      const means = meansOf(plan, memory, filtered, band, fibre)
      forEachPath(plan, band, fibre, (path, q, j) => operations.copy(backend, means.at(q, j), S(path)))
    })
    for (const second of secondScales(plan)) {
      for (let turn = 0; turn < plan.orientations; turn++) {
        const Y = secondFields(plan, memory, spectra, second, turn)
        forEachBand(plan, memory, Y, secondFibre(plan, second, turn), (band, filtered, fibre) => {
          const means = meansOf(plan, memory, filtered, band, fibre)
          forEachPath(plan, band, fibre, (path, q, j) => averaged(plan, second.level, means.at(q, j), S(path)))
        })
      }
    }
  }
  memory.release()
}

/** A second wavelet's scale j2, with the first scales that it follows. */
interface SecondScale {
  readonly nodes: readonly ScaleNode[]
  readonly pairs: readonly PairNode[]
  readonly level: number
}

/** Every j2, from the finest. */
export function secondScales({ tree }: ScaleWaveletPlan): SecondScale[] {
  const all = tree.scales.flatMap((node) => node.children.map((pair) => ({ node, pair })))
  return [...Map.groupBy(all, ({ pair }) => pair.scale).values()].map((same) => ({
    nodes: same.map(({ node }) => node),
    pairs: same.map(({ pair }) => pair),
    level: same[0].pair.level,
  }))
}

/** What is filtered at once: fibres of one order, at points of a grid; the first path of each scale j1. */
export interface Fibre {
  readonly order: 1 | 2
  readonly firsts: readonly number[]
  readonly grid: readonly [height: number, width: number]
}

/** The fibre of averages V. */
export const firstFibre = ({ tree, kept }: ScaleWaveletPlan): Fibre => ({
  order: 1,
  firsts: tree.scales.map(({ first }) => first),
  grid: kept,
})

/** The fibre of fields Y of one j2 and relative orientation. */
export const secondFibre = (plan: ScaleWaveletPlan, { pairs, level }: SecondScale, turn: number): Fibre => ({
  order: 2,
  firsts: pairs.map(({ first }) => first + turn * plan.pathsOf(2)),
  grid: plan.gridOf(level),
})

/** The spectra along angles of averages V of all first scales; and the spectra Û1 in space. */
export function firstOrder(
  plan: ScaleWaveletPlan,
  memory: Memory,
  spectrum: View,
): { readonly V: Fibres; readonly spectra: readonly Stack[] } {
  const { backend, tree, orientations: L, kept } = plan
  const V = fibresOf(plan, memory, 'V', tree.scales.length, kept, 'zeros')
  const spectra = tree.scales.map((node, j) => {
    const moduli = firstModuli(plan, memory, spectrum, node)
    const Uhat = spectrumOf(plan, memory, `Û1 ${j}`, node.level, L)
    for (let theta = 0; theta < L; theta++) {
      averaged(plan, node.level, moduli.at(theta), V.realAt(theta, j))
      operations.copy(backend, V.realAt(theta, j), V.realAt(theta + L, j))
      if (node.children.length > 0) operations.spectrum(backend, moduli.at(theta), Uhat.at(theta))
    }
    return Uhat
  })
  operations.fft(backend, V.alongAngles, V.alongAngles, 2, -1)
  return { V, spectra }
}

/** The spectra along angles of fields Y: at each angle of the turn the wavelet turned along with it. */
export function secondFields(
  plan: ScaleWaveletPlan,
  memory: Memory,
  spectra: readonly Stack[],
  { nodes, pairs, level }: SecondScale,
  turn: number,
): Fibres {
  const { backend, orientations: L, psi, factor, gridOf } = plan
  const Y = fibresOf(plan, memory, 'Y', nodes.length, gridOf(level))
  nodes.forEach(({ level: from }, j) => {
    for (let theta = 0; theta < 2 * L; theta++) {
      const filter = psi(pairs[j].scale, (theta + turn) % (2 * L), from)
      operations.waveletField(backend, spectra[j].at(theta % L), filter, factor(from, level), Y.at(theta, j))
    }
  })
  operations.fft(backend, Y.alongAngles, Y.alongAngles, 2, -1)
  return Y
}

/** Calls `body` for each band, by its number, with the fibres as the band's filter along scales leaves them. */
export function forEachBand(
  plan: ScaleWaveletPlan,
  memory: Memory,
  fibres: Fibres,
  fibre: Fibre,
  body: (band: number, filtered: Fibres, fibre: Fibre) => void,
): void {
  const scales = fibre.firsts.length
  const filtered = fibresOf(plan, memory, 'Z', scales, fibre.grid)
  plan.bands.forEach(({ scale }, band) => {
    if (band === 0 || scale !== plan.bands[band - 1].scale) {
      const kernel = plan.alongScales(scale, scales)
      operations.average(plan.backend, fibres.alongScales, kernel, plan.angles, filtered.alongScales)
    }
    body(band, filtered, fibre)
  })
}

/** ⟨|Z ⋆_θ ψ̄_k|⟩_θ of every window. */
function meansOf(
  plan: ScaleWaveletPlan,
  memory: Memory,
  Z: Fibres,
  band: number,
  { order, firsts, grid }: Fibre,
): Rows {
  const { backend } = plan
  const moduli = rowsOf(plan, memory, 'U', 2 * plan.orientations, firsts.length, grid)
  operations.waveletModulus(backend, Z.alongAngles, plan.alongAngles(plan.bands[band].angular), 1, moduli.all)
  const means = rowsOf(plan, memory, '⟨U⟩', plan.windowsOf(order), firsts.length, grid)
  operations.average(backend, moduli.all, plan.one, plan.overAngles(order), means.all)
  return means
}

/** Calls `body` for each path of a band, with its window and scale. */
export function forEachPath(
  plan: ScaleWaveletPlan,
  band: number,
  { order, firsts }: Fibre,
  body: (path: number, window: number, j: number) => void,
): void {
  const windows = plan.windowsOf(order)
  firsts.forEach((first, j) => {
    for (let q = 0; q < windows; q++) body(first + band * windows + q, q, j)
  })
}
