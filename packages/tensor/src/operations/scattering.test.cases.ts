// Random calls of the steps of a scattering layer and of their adjoints: half of them on groups of images side by side, as the cascade
// keeps them, half on any views.
import fc from 'fast-check'
import {
  type Call,
  type OperationCases,
  type Views,
  cases,
  chained,
  divided,
  exact,
  realType,
  summed,
} from './contract.test.cases.ts'
import * as operations from './index.ts'
import {
  type Layout,
  type Operand,
  dense,
  denseInput,
  imagesInnermost,
  input,
  output,
  updated,
} from './operand.test.cases.ts'
import { type DType, type RealDType, complexOf } from '../array/dtype.ts'
import { type Shape } from '../array/shape.ts'
import type { View } from '../backend/backend.ts'
import { reference } from '../backend/reference.ts'
import type { Factors, SampledKernel } from './index.ts'

/** Images of one call: how many, of what size and precision, and how its arrays are made. */
export interface Group {
  readonly n: number
  readonly h: number
  readonly w: number
  readonly dtype: RealDType
  readonly input: (shape: Shape, dtype: DType) => fc.Arbitrary<Operand>
  readonly output: (shape: Shape, dtype: DType) => fc.Arbitrary<Operand>
  readonly updated: (shape: Shape, dtype: DType) => fc.Arbitrary<Operand>
}

/** Sides of all kinds: powers of two, products of small primes, and larger primes with their multiples. */
const SIDES = [4, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 23, 24, 32, 34, 37, 38, 61, 67, 83]

/** Groups of images of which neither side is longer than `longest`. */
export function groups(longest: number): fc.Arbitrary<Group> {
  const any = fc.record<Group>({
    n: fc.constantFrom(0, 1, 2, 3, 5, 8),
    h: fc.integer({ min: 1, max: longest }),
    w: fc.integer({ min: 1, max: longest }),
    dtype: realType,
    input: fc.constant(input),
    output: fc.constant(output),
    updated: fc.constant(updated),
  })
  return fc.oneof(any, placedGroups([4, 8, 12], longest, imagesInnermost))
}

/** Groups of images, mostly in single precision, whose arrays all lie in one way. */
function placedGroups(
  counts: readonly number[],
  longest: number,
  place: (shape: Shape, dtype: DType) => Layout,
): fc.Arbitrary<Group> {
  const at = (shape: Shape, dtype: DType) => fc.constant(place(shape, dtype))
  return fc.record<Group>({
    n: fc.constantFrom(...counts),
    h: fc.constantFrom(...SIDES.filter((length) => length <= longest)),
    w: fc.constantFrom(...SIDES.filter((length) => length <= longest)),
    dtype: fc.constantFrom<RealDType>('float32', 'float32', 'float64'),
    input: fc.constant((shape, dtype) => input(shape, dtype, 'noise', at(shape, dtype))),
    output: fc.constant((shape, dtype) => output(shape, dtype, at(shape, dtype))),
    updated: fc.constant((shape, dtype) => updated(shape, dtype, 'noise', at(shape, dtype))),
  })
}

const halfOf = (width: number): number => Math.floor(width / 2) + 1

const indices = (source: number): fc.Arbitrary<Int32Array> =>
  fc
    .array(fc.oneof(fc.constant(-1), fc.nat(source - 1), fc.nat(source - 1)), { minLength: 1, maxLength: 24 })
    .map((list) => Int32Array.from(list))

const paddings = fc.tuple(groups(32), fc.nat(2)).chain(([group, missing]) =>
  fc.record({
    group: fc.constant(group),
    rows: indices(group.h),
    columns: indices(group.w),
    // a padded group may have more images than there are
    small: fc.constant([Math.max(0, group.n - missing), group.h, group.w]),
  }),
)

const pad: fc.Arbitrary<Call> = paddings.chain(({ group, rows, columns, small }) =>
  fc
    .tuple(input(small, group.dtype), group.output([group.n, rows.length, columns.length], group.dtype))
    .map(([x, out]) => ({
      operands: { x, out },
      written: ['out'],
      run: (b, v) => operations.pad(b, v.x, rows, columns, v.out),
    })),
)

const padAdjoint: fc.Arbitrary<Call> = fc
  .tuple(paddings, fc.boolean())
  .chain(([{ group, rows, columns, small }, accumulate]) =>
    fc
      .tuple(
        group.input([group.n, rows.length, columns.length], group.dtype),
        (accumulate ? updated : output)(small, group.dtype),
      )
      .map(([g, out]) => ({
        operands: { g, out },
        written: ['out'],
        run: (b, v) => operations.padAdjoint(b, v.g, rows, columns, v.out, accumulate),
      })),
  )

const spectrum: fc.Arbitrary<Call> = fc
  .oneof(groups(83), placedGroups([1, 2, 3, 5], 83, dense))
  .chain(({ n, h, w, dtype, ...make }) =>
    fc.tuple(make.input([n, h, w], dtype), make.output([n, h, halfOf(w)], complexOf(dtype))).map(([x, out]) => ({
      operands: { x, out },
      written: ['out'],
      run: (b, v) => operations.spectrum(b, v.x, v.out),
    })),
  )

const spectrumAdjoint: fc.Arbitrary<Call> = fc
  .tuple(fc.oneof(groups(32), placedGroups([1, 2, 3, 5], 83, dense)), fc.boolean())
  .chain(([{ n, h, w, dtype, ...make }, accumulate]) =>
    fc
      .tuple(
        make.input([n, h, halfOf(w)], complexOf(dtype)),
        (accumulate ? make.updated : make.output)([n, h, w], dtype),
      )
      .map(([g, out]) => ({
        operands: { g, out },
        written: ['out'],
        run: (b, v) => operations.spectrumAdjoint(b, v.g, v.out, accumulate),
      })),
  )

const factors: fc.Arbitrary<number | Factors> = fc.oneof(
  fc.constantFrom(1, 1, 2, 3, 4),
  fc.constantFrom<Factors>([1, 4], [3, 1], [2, 4]),
)

/** A wavelet on the spectrum of a group of images, half of it. */
export interface WaveletOfGroup {
  readonly group: Group
  readonly factor: number | Factors
  readonly psi: Operand
  readonly row: number
  readonly column: number
  readonly coarse: number[]
  readonly half: number[]
  readonly field: Operand
  /** The size of the field's numbers. */
  readonly unit: number
  /** So many images are zero. */
  readonly blank: number
}

export const wavelets: fc.Arbitrary<WaveletOfGroup> = fc.tuple(groups(38), factors).chain(([group, factor]) => {
  const [rows, columns] = operations.factorsOf(factor)
  const [height, width] = [group.h * rows, group.w * columns]
  return fc.record({
    group: fc.constant(group),
    factor: fc.constant(factor),
    psi: fc
      .tuple(fc.integer({ min: 1, max: height }), fc.integer({ min: 1, max: width }))
      .chain((box) => denseInput(box, group.dtype)),
    row: fc.integer({ min: -height, max: height }),
    column: fc.integer({ min: -width, max: width }),
    coarse: fc.constant([group.n, group.h, group.w]),
    half: fc.constant([group.n, height, halfOf(width)]),
    field: denseInput([group.n, height, width], group.dtype),
    // squares of these overflow and vanish in single precision
    unit: fc.constantFrom(1, 1, 1e-30, 1e30),
    // so many images are zero
    blank: fc.constantFrom(0, 0, 1, group.n),
  })
})

/** x̂ is the spectrum of a real field, as it is in the cascade: frequencies that mirror each other are conjugate. */
export const toSpectrum =
  (unit: number, blank: number): ((views: Views) => void) =>
  (v) => {
    const data = v.field.buffer.data!
    data.forEach((value, i) => (data[i] = i < blank * v.field.strides[0] ? 0 : unit * value))
    operations.spectrum(reference, v.field, v.xhat)
  }

const waveletModulus: fc.Arbitrary<Call> = wavelets.chain(
  ({ group, psi, row, column, factor, coarse, half, field, unit, blank }) =>
    fc.tuple(group.updated(half, complexOf(group.dtype)), group.output(coarse, group.dtype)).map(([xhat, out]) => ({
      operands: { field, xhat, psi, out },
      written: ['out'],
      prepare: toSpectrum(unit, blank),
      run: (b, v) => operations.waveletModulus(b, v.xhat, { values: v.psi, row, column }, factor, v.out),
      units: { out: unit },
      note: `factor ${String(factor)}, box at ${row}, ${column}, in units of ${unit}, ${blank} zero`,
    })),
)

const waveletModulusAdjoint: fc.Arbitrary<Call> = fc
  .tuple(wavelets, fc.boolean())
  .chain(([{ group, psi, row, column, factor, coarse, half, field, unit, blank }, accumulate]) =>
    fc
      .tuple(
        group.updated(half, complexOf(group.dtype)),
        group.input(coarse, group.dtype),
        (accumulate ? group.updated : group.output)(half, complexOf(group.dtype)),
      )
      .map(([xhat, g, out]) => ({
        operands: { field, xhat, psi, g, out },
        written: ['out'],
        prepare: toSpectrum(unit, blank),
        run: (b, v) => {
          const filter = { values: v.psi, row, column }
          operations.waveletModulusAdjoint(b, v.xhat, filter, factor, v.g, v.out, accumulate)
        },
        note: `factor ${String(factor)}, box at ${row}, ${column}, in units of ${unit}, ${blank} zero`,
      })),
  )

/** A filter for a spectrum, whole or half, that falls on a grid that is smaller by some factors. */
const filters = fc.tuple(groups(38), factors, fc.boolean()).chain(([group, factor, whole]) => {
  const [rows, columns] = operations.factorsOf(factor)
  const [height, width] = [group.h * rows, group.w * columns]
  return fc.record({
    group: fc.constant(group),
    factor: fc.constant(factor),
    psi: fc
      .tuple(fc.integer({ min: 1, max: height }), fc.integer({ min: 1, max: width }))
      .chain((box) => denseInput(box, group.dtype)),
    row: fc.integer({ min: -height, max: height }),
    column: fc.integer({ min: -width, max: width }),
    fine: fc.constant([group.n, height, whole ? width : halfOf(width)]),
    coarse: fc.constant([group.n, group.h, group.w]),
  })
})

const periodise: fc.Arbitrary<Call> = filters.chain(({ group, psi, row, column, factor, fine, coarse }) =>
  fc
    .tuple(group.input(fine, complexOf(group.dtype)), group.output(coarse, complexOf(group.dtype)))
    .map(([xhat, out]) => ({
      operands: { xhat, psi, out },
      written: ['out'],
      run: (b, v) => operations.periodise(b, v.xhat, { values: v.psi, row, column }, factor, v.out),
      note: `factor ${String(factor)}, box at ${row}, ${column}`,
    })),
)

const periodiseAdjoint: fc.Arbitrary<Call> = fc
  .tuple(filters, fc.boolean())
  .chain(([{ group, psi, row, column, factor, fine, coarse }, accumulate]) =>
    fc
      .tuple(
        group.input(coarse, complexOf(group.dtype)),
        (accumulate ? group.updated : group.output)(fine, complexOf(group.dtype)),
      )
      .map(([g, out]) => ({
        operands: { g, psi, out },
        written: ['out'],
        run: (b, v) => operations.periodiseAdjoint(b, v.g, { values: v.psi, row, column }, factor, v.out, accumulate),
        note: `factor ${String(factor)}, box at ${row}, ${column}`,
      })),
  )

const windows = groups(32).chain((group) => {
  const along = (size: number) =>
    fc.integer({ min: 1, max: 6 }).chain((outputs) =>
      fc.record({
        taps: fc.integer({ min: 1, max: size }).chain((width) => denseInput([outputs, width], group.dtype)),
        starts: fc
          .array(fc.nat(size - 1), { minLength: outputs, maxLength: outputs })
          .map((list) => Int32Array.from(list)),
      }),
    )
  return fc.record({ rows: along(group.h), columns: along(group.w), group: fc.constant(group) })
})

const kernel = (taps: View, { starts }: { readonly starts: Int32Array }): SampledKernel => ({ taps, starts })

const average: fc.Arbitrary<Call> = windows.chain(({ rows, columns, group: { n, h, w, dtype, ...make } }) =>
  fc
    .tuple(make.input([n, h, w], dtype), make.output([n, rows.starts.length, columns.starts.length], dtype))
    .map(([U, out]) => ({
      operands: { U, rows: rows.taps, columns: columns.taps, out },
      written: ['out'],
      run: (b, v) => operations.average(b, v.U, kernel(v.rows, rows), kernel(v.columns, columns), v.out),
    })),
)

const averageAdjoint: fc.Arbitrary<Call> = fc
  .tuple(windows, fc.boolean())
  .chain(([{ rows, columns, group }, accumulate]) => {
    const { n, h, w, dtype, ...make } = group
    return fc
      .tuple(
        make.input([n, rows.starts.length, columns.starts.length], dtype),
        (accumulate ? make.updated : make.output)([n, h, w], dtype),
      )
      .map(([g, out]) => ({
        operands: { g, rows: rows.taps, columns: columns.taps, out },
        written: ['out'],
        run: (b, v) => {
          const [down, across] = [kernel(v.rows, rows), kernel(v.columns, columns)]
          operations.averageAdjoint(b, v.g, down, across, v.out, accumulate)
        },
      }))
  })

/** Of `pad`. */
export const padCases: OperationCases = cases(operations.pad, exact, pad)

/** Of `spectrum`. */
export const spectrumCases: OperationCases = cases(operations.spectrum, summed, spectrum)

/** The same of the whole spectrum of a complex field. */
const modulusOfWhole: fc.Arbitrary<Call> = filters.chain(({ group, psi, row, column, factor, fine, coarse }) =>
  fc.tuple(group.input(fine, complexOf(group.dtype)), group.output(coarse, group.dtype)).map(([xhat, out]) => ({
    operands: { xhat, psi, out },
    written: ['out'],
    run: (b, v) => operations.waveletModulus(b, v.xhat, { values: v.psi, row, column }, factor, v.out),
    note: `factor ${String(factor)}, box at ${row}, ${column}, spectrum of ${fine.join('×')}`,
  })),
)

/** Of `waveletModulus`. */
export const waveletModulusCases: OperationCases = cases(
  operations.waveletModulus,
  summed,
  fc.oneof({ weight: 2, arbitrary: waveletModulus }, { weight: 1, arbitrary: modulusOfWhole }),
)

/** Of `periodise`. */
export const periodiseCases: OperationCases = cases(operations.periodise, summed, periodise)

/** Of `periodiseAdjoint`. */
export const periodiseAdjointCases: OperationCases = cases(operations.periodiseAdjoint, summed, periodiseAdjoint)

/** Of `average`. */
export const averageCases: OperationCases = cases(operations.average, summed, average)

/** Of `padAdjoint`. */
export const padAdjointCases: OperationCases = cases(operations.padAdjoint, summed, padAdjoint)

/** Of `spectrumAdjoint`. */
export const spectrumAdjointCases: OperationCases = cases(operations.spectrumAdjoint, chained, spectrumAdjoint)

/** Of `waveletModulusAdjoint`. */
export const waveletModulusAdjointCases: OperationCases = cases(
  operations.waveletModulusAdjoint,
  divided,
  waveletModulusAdjoint,
)

/** Of `averageAdjoint`. */
export const averageAdjointCases: OperationCases = cases(operations.averageAdjoint, summed, averageAdjoint)
