// The wavelet scattering transform of images: a declaration over the cascade.
import type { ShapedArray } from '@scatterlab/tensor'
import { filterBank2d } from '@scatterlab/wavelets'
import { imageAxis } from './axis-2d.ts'
import { cascadeOf } from './cascade-groups.ts'
import { type Scattering2dOptions, complete, octavesOf } from './options-2d.ts'
import { type Path, imagePaths } from './paths-2d.ts'
import { NEGLIGIBLE, planOf } from './plan.ts'
import { halvings, inside } from './sampling.ts'
import { type Scattering, scattering } from './transform.ts'

/** The coefficients of one path, for every image. */
export interface PathCoefficients extends ShapedArray {
  /** Which path it is: its scales and angles. */
  readonly path: Path
  /** Distance of neighbouring coefficients, in pixels. */
  readonly step: number
  /** Position of the first coefficient on the image, in pixels. */
  readonly origin: readonly [row: number, column: number]
}

/** A scattering transform of images of one size. */
export interface Scattering2d extends Scattering<Path, PathCoefficients> {
  /** What it was made with, defaults filled in. */
  readonly options: Scattering2dOptions
  /** Shape of one image's coefficients: [paths, rows, columns]. */
  readonly outputShape: readonly [paths: number, rows: number, columns: number]
}

/**
 * Wavelet scattering of images (Bruna & Mallat 2013; Mallat 2012), to any order and of any size. Filters and paths are made once.
 * Throws `ValueError` naming the option, its value and the fix.
 *
 * @example scattering2d({ shape: [32, 32], scales: 3 }).transform({ data, shape: [100, 32, 32] })
 */
export function scattering2d(given: Scattering2dOptions): Scattering2d {
  const options = complete(given)
  const { backend, averaging, shape, scales, orientations, filters } = options
  const [rows, columns] = [imageAxis(shape[0], options), imageAxis(shape[1], options)]
  const bankFor = (threshold: number) =>
    filterBank2d({ ...filters, shape: [rows.padded, columns.padded], scales, orientations, threshold })
  const coarsest = Math.min(halvings(rows.padded), halvings(columns.padded))
  const tree = imagePaths(bankFor(NEGLIGIBLE.float32), options.maxOrder, coarsest)
  const whole = averaging === 'global'
  const kept = whole ? ([1, 1] as const) : ([rows.kept.length, columns.kept.length] as const)
  const outputShape = [tree.all.length, ...kept] as const
  const parts = tree.all.map(({ level }) => [inside(rows, level), inside(columns, level)] as const)
  const transform = scattering<Path, PathCoefficients>({
    backend,
    inputs: { noun: 'image', size: shape },
    paths: tree.all,
    outputShape: averaging === 'none' ? null : outputShape,
    averages: {
      sizes: tree.all.map(() => kept),
      entry: (index) => ({
        path: tree.all[index],
        step: whole ? 0 : 2 ** octavesOf(options) / 2 ** options.oversampling,
        origin: whole ? [0, 0] : [rows.kept[0] - rows.start, columns.kept[0] - columns.start],
      }),
    },
    moduli: {
      sizes: parts.map(([r, c]) => [r.count, c.count]),
      entry: (index) => {
        const step = 2 ** tree.all[index].level
        const [r, c] = parts[index]
        return { path: tree.all[index], step, origin: [r.first * step - rows.start, c.first * step - columns.start] }
      },
    },
    shapeOf: (size) => size,
    prepare: (dtype) => {
      const bank = bankFor(NEGLIGIBLE[dtype])
      const psi = (wavelet: number, level: number) => bank.psi[wavelet].atLevel(level)
      return cascadeOf(
        planOf({ dtype, backend, rows, columns, tree, psi, phi: whole ? null : (level) => bank.phi.atLevel(level) }),
      )
    },
  })
  return { ...transform, options, outputShape }
}
