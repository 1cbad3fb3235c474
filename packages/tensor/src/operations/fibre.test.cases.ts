// Random calls of the steps of a convolution along a fibre: wavelets that keep their phase, moduli along the fibre, and their adjoints.
// They are drawn like the steps of a scattering layer, half of them on images side by side.
import fc from 'fast-check'
import { type Call, type OperationCases, type Views, cases, chained, divided, summed } from './contract.test.cases.ts'
import * as operations from './index.ts'
import { denseInput } from './operand.test.cases.ts'
import { groups, toSpectrum, wavelets } from './scattering.test.cases.ts'
import { complexOf } from '../array/dtype.ts'

const waveletField: fc.Arbitrary<Call> = wavelets.chain(
  ({ group, psi, row, column, factor, coarse, half, field, unit, blank }) =>
    fc
      .tuple(group.updated(half, complexOf(group.dtype)), group.output(coarse, complexOf(group.dtype)))
      .map(([xhat, out]) => ({
        operands: { field, xhat, psi, out },
        written: ['out'],
        prepare: toSpectrum(unit, blank),
        run: (b, v) => operations.waveletField(b, v.xhat, { values: v.psi, row, column }, factor, v.out),
        units: { out: unit },
        note: `factor ${String(factor)}, box at ${row}, ${column}, in units of ${unit}, ${blank} zero`,
      })),
)

const waveletFieldAdjoint: fc.Arbitrary<Call> = fc
  .tuple(wavelets, fc.boolean())
  .chain(([{ group, psi, row, column, factor, coarse, half }, accumulate]) =>
    fc
      .tuple(
        group.input(coarse, complexOf(group.dtype)),
        (accumulate ? group.updated : group.output)(half, complexOf(group.dtype)),
      )
      .map(([g, out]) => ({
        operands: { psi, g, out },
        written: ['out'],
        run: (b, v) => {
          operations.waveletFieldAdjoint(b, v.g, { values: v.psi, row, column }, factor, v.out, accumulate)
        },
        note: `factor ${String(factor)}, box at ${row}, ${column}`,
      })),
  )

/** Fibres of all lengths; filters of which some frequencies are zero; windows that are even, or not. */
const fibres = fc
  .tuple(groups(16), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.boolean())
  .chain(([group, K, Q, isComplex]) =>
    fc.record({
      group: fc.constant(group),
      isComplex: fc.constant(isComplex),
      filters: denseInput([K, 2 * group.h], group.dtype),
      windows: denseInput([Q, 2 * group.h], group.dtype),
      fibre: fc.constant([group.n, group.h, group.w]),
      averages: fc.constant([group.n, K * Q, group.w]),
      unit: fc.constantFrom(1, 1, 1e-30, 1e30),
      isSparse: fc.boolean(),
      isEven: fc.boolean(),
    }),
  )

/** z in some units; filters with zeros; windows of one value. */
const prepared =
  (unit: number, isSparse: boolean, isEven: boolean) =>
  (v: Views): void => {
    const z = v.z.buffer.data!
    z.forEach((value, i) => (z[i] = unit * value))
    const filters = v.filters.buffer.data!
    if (isSparse) filters.forEach((_, i) => (filters[i] = i % 3 === 0 ? 0 : filters[i]))
    const windows = v.windows.buffer.data!
    if (isEven) windows.fill(0.25)
  }

const fibreModulus: fc.Arbitrary<Call> = fibres.chain(
  ({ group, isComplex, filters, windows, fibre, averages, unit, isSparse, isEven }) =>
    fc
      .tuple(
        group.updated(fibre, isComplex ? complexOf(group.dtype) : group.dtype),
        group.output(averages, group.dtype),
      )
      .map(([z, out]) => ({
        operands: { z, filters, windows, out },
        written: ['out'],
        prepare: prepared(unit, isSparse, isEven),
        run: (b, v) => operations.fibreModulus(b, v.z, { filters: v.filters, windows: v.windows }, v.out),
        units: { out: unit },
        note: `in units of ${unit}`,
      })),
)

const fibreModulusAdjoint: fc.Arbitrary<Call> = fc
  .tuple(fibres, fc.boolean())
  .chain(([{ group, isComplex, filters, windows, fibre, averages, unit, isSparse, isEven }, accumulate]) => {
    const dtype = isComplex ? complexOf(group.dtype) : group.dtype
    return fc
      .tuple(
        group.updated(fibre, dtype),
        group.input(averages, group.dtype),
        (accumulate ? group.updated : group.output)(fibre, dtype),
      )
      .map(([z, g, out]) => ({
        operands: { z, filters, windows, g, out },
        written: ['out'],
        prepare: prepared(unit, isSparse, isEven),
        run: (b, v) => {
          const steps = { filters: v.filters, windows: v.windows }
          operations.fibreModulusAdjoint(b, v.z, steps, v.g, v.out, accumulate)
        },
        note: `in units of ${unit}`,
      }))
  })

/** Of `waveletField`. */
export const waveletFieldCases: OperationCases = cases(operations.waveletField, summed, waveletField)

/** Of `waveletFieldAdjoint`. */
export const waveletFieldAdjointCases: OperationCases = cases(
  operations.waveletFieldAdjoint,
  summed,
  waveletFieldAdjoint,
)

/** Of `fibreModulus`. */
export const fibreModulusCases: OperationCases = cases(operations.fibreModulus, chained, fibreModulus)

/** Of `fibreModulusAdjoint`. */
export const fibreModulusAdjointCases: OperationCases = cases(
  operations.fibreModulusAdjoint,
  divided,
  fibreModulusAdjoint,
)
