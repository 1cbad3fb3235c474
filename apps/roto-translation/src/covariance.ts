// How much a representation changes when the image turns or grows: ‖Φ(g.x) − Φ(x)‖/‖Φ(x)‖, the mean over some digits. And that a
// quarter turn only turns the maps of coefficients.
import { type ByteImages, type GreyShape, toFloat32 } from '@scatterlab/datasets'
import { type RotoTranslation2d, rotoTranslation2d, scattering2d } from '@scatterlab/scattering'
import { relativeDistances, rotate, scale } from '@scatterlab/symmetry'
import { type Backend, type ShapedArray, asTensor, pad, random, reference, resize } from '@scatterlab/tensor'

/** Side of the frame, and of the digit inside: it may turn and grow by a half octave without leaving. */
const FRAME = 64
const DIGIT = 28

/** A representation of framed images, [images, numbers]. */
export type Representation = (x: ShapedArray) => ShapedArray

/** Changes against a parameter, by the name of the representation. */
export interface Changes {
  readonly parameters: readonly number[]
  readonly of: Readonly<Record<string, readonly number[]>>
}

/** Digits in the middle of a larger frame of zeros. */
export function framed(digits: ByteImages<GreyShape>): ShapedArray {
  const border = (FRAME - DIGIT) / 2
  const inside = resize(asTensor(toFloat32(digits), 'digits'), [DIGIT, DIGIT])
  const whole = pad(inside, [
    [0, 0],
    [border, border],
    [border, border],
  ])
  return { data: whole.toTypedArray(), shape: whole.shape }
}

/** Pixels, plain scattering, roto-translation scattering, and its means along scales: averaged over the whole image, of norm 1. */
export function representations(backend: Backend): Readonly<Record<string, Representation>> {
  const options = { shape: [FRAME, FRAME], scales: 4, averaging: 'global', padding: 'zero', backend } as const
  const plain = scattering2d(options)
  const roto = rotoTranslation2d(options)
  const scaled = rotoTranslation2d({ ...options, scaleAveraging: 'global' })
  const of =
    ({ transform, paths }: Pick<RotoTranslation2d, 'transform'> & { readonly paths: readonly unknown[] }) =>
    (x: ShapedArray): ShapedArray =>
      unitNorm(withoutMean(transform(x), paths.length))
  return {
    pixels: unitNorm,
    'plain scattering': of(plain),
    'roto-translation': of(roto),
    'roto-translation, means along scales': of(scaled),
  }
}

/** The coefficients but for order 0, the mean of the image, which hardly changes and would hide the rest. */
function withoutMean({ data, shape }: ShapedArray, paths: number): ShapedArray {
  const out = new Float64Array(shape[0] * (paths - 1))
  for (let i = 0; i < shape[0]; i++) out.set(data.subarray(i * paths + 1, (i + 1) * paths), i * (paths - 1))
  return { data: out, shape: [shape[0], paths - 1] }
}

/** Each image's numbers brought to norm 1: a digit that grows fills more of its frame, which multiplies all averages alike. */
function unitNorm({ data, shape }: ShapedArray): ShapedArray {
  const rows = Float64Array.from(data)
  const size = rows.length / shape[0]
  for (let i = 0; i < shape[0]; i++) {
    const row = rows.subarray(i * size, (i + 1) * size)
    const norm = Math.hypot(...row)
    row.forEach((value, k) => (row[k] = value / norm))
  }
  return { data: rows, shape }
}

/** Changes under rotations by some degrees. */
export const underTurns = (
  x: ShapedArray,
  degrees: readonly number[],
  of: Readonly<Record<string, Representation>>,
): Changes => changes(x, degrees, of, (by) => rotate(x, (by * Math.PI) / 180, { border: 'zero' }))

/** Changes under scalings by 2^t; what grows moves from each scale to the next. */
export const underScalings = (
  x: ShapedArray,
  octaves: readonly number[],
  of: Readonly<Record<string, Representation>>,
): Changes => changes(x, octaves, of, (t) => scale(x, 2 ** t, { border: 'zero' }))

function changes(
  x: ShapedArray,
  parameters: readonly number[],
  of: Readonly<Record<string, Representation>>,
  action: (parameter: number) => ShapedArray,
): Changes {
  const moved = parameters.map(action)
  const found = Object.entries(of).map(([name, represent]) => {
    const still = represent(x)
    return [name, moved.map((y) => mean(relativeDistances(still, represent(y))))] as const
  })
  return { parameters, of: Object.fromEntries(found) }
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length

/** The largest change of any coefficient of white noise, in double precision, beyond the turn of the maps: 0 but for rounding. */
export function quarterTurnError(seed: number): number {
  const transform = rotoTranslation2d({ shape: [28, 28], scales: 3, backend: reference })
  const x = { data: random(seed).fillNormal(new Float64Array(28 * 28)), shape: [28, 28] }
  const turned = transform.transform(rotate(x, Math.PI / 2))
  const expected = rotate(transform.transform(x), Math.PI / 2)
  return Math.max(...turned.data.map((value, i) => Math.abs(value - expected.data[i])))
}

/** A transform whose averages are compared. */
interface Averages<Path> {
  readonly paths: readonly Path[]
  transform(x: ShapedArray): ShapedArray
}

/**
 * How far S(x(u/2)) is from S(x) with every path moved from its scales j to j + 1, relative, of averages over the image: 0 of a transform
 * that scalings move along its scales. `named` names a path with its scales moved; those that leave the scales are left out. What is
 * twice as large fills four times the area.
 */
function scaleCovarianceError<Path extends { readonly index: number; readonly order: number }>(
  x: ShapedArray,
  { paths, transform }: Averages<Path>,
  named: (path: Path, by: number) => string,
): number {
  const [S, T] = [transform(x).data, transform(scale(x, 2, { border: 'zero' })).data]
  const byName = new Map(paths.map((path) => [named(path, 0), path.index]))
  let [difference, size] = [0, 0]
  for (const path of paths) {
    const moved = path.order === 0 ? undefined : byName.get(named(path, 1))
    if (moved === undefined) continue
    for (let i = 0; i < x.shape[0]; i++) {
      const still = S[i * paths.length + path.index]
      difference += (T[i * paths.length + moved] / 4 - still) ** 2
      size += still ** 2
    }
  }
  return Math.sqrt(difference / size)
}

/** Both transforms' errors under a scaling by 2. */
export function scaleCovarianceErrors(x: ShapedArray, backend: Backend): Readonly<Record<string, number>> {
  const options = { shape: [FRAME, FRAME], scales: 4, averaging: 'global', padding: 'zero', backend } as const
  const moved = (scales: readonly number[], by: number): string => scales.map((j) => j + by).join()
  return {
    'plain scattering': scaleCovarianceError(
      x,
      scattering2d({ ...options, filters: { convention: 'exact' } }),
      ({ scales, orientations }, by) => `${moved(scales, by)} ${orientations.join()}`,
    ),
    'roto-translation': scaleCovarianceError(
      x,
      rotoTranslation2d(options),
      ({ scales, relativeAngle, angularScale }, by) => `${moved(scales, by)} ${relativeAngle} ${angularScale}`,
    ),
  }
}
