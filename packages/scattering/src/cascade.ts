// The transform itself, written once over the operations of a back end:
//   U[∅] = x,   U[p, λ] = |U[p] ⋆ ψ_λ|,   S[p] = U[p] ⋆ φ_J.
// It goes depth first through the tree of paths, so that it holds one modulus and one spectrum for each order.
import { average as averageAt, pad, spectrum, waveletModulus } from '@scatterlab/tensor/operations'
import type { Buffer, View } from '@scatterlab/tensor'
import type { PathNode } from './paths.ts'
import type { Plan } from './plan.ts'

/** Receives the modulus U of each path as it is computed: a real view [images, height, width]. */
export type Visitor = (path: PathNode, U: View) => void

/** Runs through all paths of a group of images, a real view [images, height, width]; `count` images are computed, side by side. */
export function cascade(plan: Plan, x: View, count: number, visit: Visitor): void {
  const { backend, rows, columns, tree } = plan
  const space = workspace(plan, count)

  const descend = (path: PathNode, Uhat: View): void => {
    for (const next of path.children) {
      const U = space.field(next)
      waveletModulus(backend, Uhat, plan.psi(next.wavelet, path.level), plan.factors(path.level, next.level), U)
      visit(next, U)
      if (next.children.length === 0) continue
      const deeper = space.spectrum(next)
      spectrum(backend, U, deeper)
      descend(next, deeper)
    }
  }

  const { root } = tree
  const U0 = space.field(root)
  pad(backend, x, rows.source, columns.source, U0)
  visit(root, U0)
  if (root.children.length > 0) {
    const Uhat0 = space.spectrum(root)
    spectrum(backend, U0, Uhat0)
    descend(root, Uhat0)
  }
  space.release()
}

/** S[p] of one path: the modulus averaged at the kept samples. */
export function average(plan: Plan, path: PathNode, U: View, S: View): void {
  const phi = plan.phi(path.level)
  averageAt(plan.backend, U, phi.rows, phi.columns, S)
}

/** Memory of a group, images innermost: for each order one field and one spectrum, at whatever level the current path has. */
export interface Workspace {
  /** A real view [images, height, width] for a path's modulus. */
  field(path: PathNode): View
  /** A complex view [images, height, ⌊width/2⌋ + 1] for the spectrum of a path's modulus. */
  spectrum(path: PathNode): View
  release(): void
}

/** Makes the memory of a group of `count` images, as it is needed. */
export function workspace({ backend, dtype, gridOf }: Plan, count: number): Workspace {
  const buffers = new Map<string, Buffer>()
  const buffer = (name: string, length: number): Buffer => {
    const found = buffers.get(name)
    if (found && found.length >= length) return found
    if (found) backend.release(found)
    const made = backend.allocate(dtype, length, 'any')
    buffers.set(name, made)
    return made
  }
  return {
    field(path: PathNode): View {
      const [height, width] = gridOf(path.level)
      return imagesInnermost(buffer(`U${path.order}`, count * height * width), count, height, width)
    },
    spectrum(path: PathNode): View {
      const [height, width] = gridOf(path.level)
      const half = Math.floor(width / 2) + 1
      return {
        buffer: buffer(`Û${path.order}`, 2 * count * height * half),
        dtype: dtype === 'float32' ? 'complex64' : 'complex128',
        shape: [count, height, half],
        strides: [1, 2 * count * half, 2 * count],
        offset: 0,
        imagStride: count,
      }
    },
    release(): void {
      for (const held of buffers.values()) backend.release(held)
    },
  }
}

/** A real view [count, height, width] whose images lie innermost. */
export function imagesInnermost(buffer: Buffer, count: number, height: number, width: number, offset = 0): View {
  return {
    buffer,
    dtype: buffer.dtype,
    shape: [count, height, width],
    strides: [1, count * width, count],
    offset,
    imagStride: 0,
  }
}
