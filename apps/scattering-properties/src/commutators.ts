// The commutators that are measured: of wavelets and of a windowed Fourier transform, with a dilation and with a random field.
import { randomDisplacement } from '@scatterlab/symmetry'
import type { Backend, Turns } from '@scatterlab/tensor'
import { filterBank2d, tightFrame } from '@scatterlab/wavelets'
import { commutatorNorm, deformationMatrix, localDilation, uniformFilters } from './commutator.ts'
import type { Curve } from './pictures.ts'

/** Which transforms W are looked at, and which deformations. */
type Transform = 'wavelets' | 'windowed Fourier'
type Deformation = 'dilation' | 'random field'

/** What is measured of them on one torus. */
export interface Commutators {
  readonly transforms: readonly Transform[]
  readonly deformations: readonly Deformation[]
  /** ‖[W, D_τ]‖ at each strength ‖∇τ‖∞. */
  norms(
    transform: Transform,
    deformation: Deformation,
    strengths: readonly number[],
    seed: string,
    onStrength: () => void,
  ): Promise<number[]>
  /** ‖[ψ⋆, D_τ]‖/‖∇τ‖∞ of single filters along the axes, against their frequency, for a dilation of that strength. */
  byFrequency(strength: number): Promise<Curve[]>
}

/** Options of `commutatorsOf`. */
export interface CommutatorsOptions {
  readonly side: number
  readonly orientations: number
  /** Side of the windows of the windowed Fourier transform. */
  readonly window: number
  readonly backend: Backend
  readonly turns: Turns
}

/** Filters of a higher centre than this reach beyond the frequencies that are looked at. */
const HIGHEST = 0.7 * Math.PI

export function commutatorsOf({ side, orientations, window, backend, turns }: CommutatorsOptions): Commutators {
  const bank = filterBank2d({ shape: [side, side], scales: 3, orientations })
  const frame = tightFrame(bank)
  const uniform = uniformFilters(side, window)
  const filters = { wavelets: { side, grids: [frame.phi, ...frame.psi] }, 'windowed Fourier': uniform }
  const options = { backend, onStep: () => turns.next() }
  return {
    transforms: ['wavelets', 'windowed Fourier'],
    deformations: ['dilation', 'random field'],
    async norms(transform, deformation, strengths, seed, onStrength) {
      let start: Float32Array | undefined
      const found: number[] = []
      for (const gradient of strengths) {
        const tau =
          deformation === 'dilation'
            ? localDilation(side, gradient)
            : randomDisplacement({ shape: [side, side], gradient, seed: `commutator ${seed}` }).data
        const D = deformationMatrix(tau, side)
        const { norm, x } = await commutatorNorm(filters[transform], D, { ...options, ...(start && { start }) })
        start = x
        found.push(norm)
        onStrength()
      }
      return found
    },
    async byFrequency(strength) {
      const D = deformationMatrix(localDilation(side, strength), side)
      const single = {
        wavelets: bank.psi.flatMap(({ xi, orientation }, i) => (orientation === 0 ? [{ xi, grid: frame.psi[i] }] : [])),
        'windowed Fourier': uniform.centres.flatMap((xi, i) =>
          xi > 0 && xi < HIGHEST ? [{ xi, grid: uniform.grids[i] }] : [],
        ),
      }
      const curves: Curve[] = []
      for (const [label, all] of Object.entries(single)) {
        const sorted = all.toSorted((a, b) => a.xi - b.xi)
        const y: number[] = []
        for (const { grid } of sorted)
          y.push((await commutatorNorm({ side, grids: [grid] }, D, options)).norm / strength)
        curves.push({ label, x: sorted.map(({ xi }) => xi), y })
      }
      return curves
    },
  }
}
