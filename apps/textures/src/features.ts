// The features that the slide compares: the histogram of grey values, the spectrum in windows, and scattering averaged over the
// whole picture. None is learned; each is one row of numbers a picture, whatever the picture's size.
import type { FeatureMatrix } from '@scatterlab/learn'
import { rotoTranslation2d, scattering2d } from '@scatterlab/scattering'
import type { Backend } from '@scatterlab/tensor'
import { windowedFourierModulus } from '@scatterlab/wavelets'
import { type Field, bySize, shrunk, together } from './pictures-as-numbers.ts'

/** Who computes, and whom to tell of each picture. */
export interface Run {
  readonly backend: Backend
  readonly signal?: AbortSignal
  readonly onPictures?: (count: number) => void
}

const BINS = 64
/** Grey values beyond so many deviations go to the outermost bins. */
const REACH = 4

/** The share of pixels in each of 64 bins of grey value, from −4 to 4 deviations. */
export function greyHistogram(fields: readonly Field[]): FeatureMatrix {
  const data = new Float32Array(fields.length * BINS)
  for (const [i, field] of fields.entries()) {
    for (const value of field.data) {
      const bin = Math.floor(((value + REACH) / (2 * REACH)) * BINS)
      data[i * BINS + Math.min(BINS - 1, Math.max(0, bin))] += 1 / field.data.length
    }
  }
  return { data, shape: [fields.length, BINS] }
}

const WINDOW = 32
const STEP = WINDOW / 2

/**
 * The squared modulus of the Fourier transform in windows of 32×32 pixels that overlap by half, averaged over the windows inside
 * the picture, or with `periodic` over all (Bruna and Mallat 2013, section 5.2).
 */
export function windowedSpectrum(fields: readonly Field[], run: Run, periodic = false): FeatureMatrix {
  const bins = WINDOW * (WINDOW / 2 + 1)
  const data = new Float32Array(fields.length * bins)
  for (const [i, field] of fields.entries()) {
    run.signal?.throwIfAborted()
    const [height, width] = field.shape.map((side) => side - (side % STEP))
    const whole = { data: cut(field, height, width), shape: [height, width] }
    const windows = windowedFourierModulus(whole, { window: WINDOW, step: STEP, backend: run.backend })
    const [rows, columns] = windows.shape
    // the last row and column of windows go on at the other side of the picture
    const [down, across] = periodic ? [rows, columns] : [rows - 1, columns - 1]
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        const from = (row * columns + column) * bins
        for (let k = 0; k < bins; k++) data[i * bins + k] += windows.data[from + k] ** 2 / (down * across)
      }
    }
    run.onPictures?.(1)
  }
  return { data, shape: [fields.length, bins] }
}

function cut({ data, shape: [, stride] }: Field, height: number, width: number): Float32Array {
  const out = new Float32Array(height * width)
  for (let row = 0; row < height; row++) out.set(data.subarray(row * stride, row * stride + width), row * width)
  return out
}

/** How scattering is computed. */
export interface ScatteringChoice {
  /** J: wavelets of up to 2^J pixels. */
  readonly scales: number
  /** The pictures are first seen from so many times further away. */
  readonly distance?: number
  /** The pictures go on periodically beyond their edges, rather than mirrored. */
  readonly periodic?: boolean
  /** Wavelets along angles as well, and means over all turns of the picture. */
  readonly rotations?: boolean
}

/** What a column means. */
export interface Column {
  readonly order: number
  /** The column of the mean of |x ⋆ ψ_λ1| that this one goes on from, −1 for that itself. */
  readonly parent: number
}

/** Means of |x ⋆ ψ_λ1| and ||x ⋆ ψ_λ1| ⋆ ψ_λ2| over each picture. */
export interface Coefficients extends FeatureMatrix {
  readonly columns: readonly Column[]
}

const ORIENTATIONS = 8
const AT_ONCE = 32

/** S x for J → the whole picture, orders 1 and 2: [pictures, paths]. Each size of picture has a transform of its own. */
export async function scatteringMeans(
  fields: readonly Field[],
  { distance = 1, ...choice }: ScatteringChoice,
  { backend, signal, onPictures }: Run,
): Promise<Coefficients> {
  const seen = fields.map((field) => shrunk(field, distance, backend))
  let columns: readonly Column[] = []
  let data = new Float32Array(0)
  for (const group of bySize(seen)) {
    const transform = transformOf(seen[group[0]].shape, choice, backend)
    if (columns.length === 0) {
      columns = columnsOf(transform.paths.slice(1)) // order 0 is the mean, 0
      data = new Float32Array(fields.length * columns.length)
    }
    for (let start = 0; start < group.length; start += AT_ONCE) {
      const some = group.slice(start, start + AT_ONCE)
      const { data: all } = await transform.transformAsync(together(some.map((i) => seen[i])), signal ? { signal } : {})
      for (const [at, i] of some.entries()) {
        const from = at * (columns.length + 1) + 1
        data.set((all as Float32Array).subarray(from, from + columns.length), i * columns.length)
      }
      onPictures?.(some.length)
    }
    transform.dispose()
  }
  return { data, shape: [fields.length, columns.length], columns }
}

function transformOf(
  shape: Field['shape'],
  { scales, periodic = false, rotations = false }: Omit<ScatteringChoice, 'distance'>,
  backend: Backend,
) {
  const padding = periodic ? ('periodic' as const) : ('reflect' as const)
  const options = { shape, scales, orientations: ORIENTATIONS, averaging: 'global' as const, padding, backend }
  return rotations ? rotoTranslation2d(options) : scattering2d(options)
}

/** What paths mean, without that of order 0 before them. */
function columnsOf(paths: ReturnType<typeof transformOf>['paths']): Column[] {
  let mean = -1
  return paths.map((path, at) => {
    if (path.order > 1) return { order: path.order, parent: path.parent - 1 }
    // wavelets along angles follow the mean over angles of their scale
    if ('angularScale' in path && path.angularScale !== null) return { order: 1, parent: mean }
    mean = at
    return { order: 1, parent: -1 }
  })
}
