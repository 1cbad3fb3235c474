// Random calls of the steps of a scattering layer and of their adjoints.
import { type SampledKernel, type View, complexOf } from '@scatterlab/tensor'
import fc from 'fast-check'
import { realType } from './array-cases.ts'
import type { Call, Cases } from './call.ts'
import { denseInput, input, output, updated } from './operand.ts'

const images = fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 12)
const length = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(24, 30, 32))
const halfOf = (width: number): number => Math.floor(width / 2) + 1

const indices = (source: number): fc.Arbitrary<Int32Array> =>
  fc
    .array(fc.oneof(fc.constant(-1), fc.nat(source - 1), fc.nat(source - 1)), { minLength: 1, maxLength: 24 })
    .map((list) => Int32Array.from(list))

const padding = fc.tuple(images, length, length, realType, fc.nat(2)).chain(([n, h, w, dtype, more]) =>
  fc.record({
    small: fc.constant([n, h, w]),
    rows: indices(h),
    columns: indices(w),
    dtype: fc.constant(dtype),
    // the padded group may have more images than there are
    count: fc.constant(n + more),
  }),
)

const pad: fc.Arbitrary<Call> = padding.chain(({ small, rows, columns, dtype, count }) =>
  fc.tuple(input(small, dtype), output([count, rows.length, columns.length], dtype)).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => b.pad(v.x, rows, columns, v.out),
  })),
)

const padAdjoint: fc.Arbitrary<Call> = padding.chain(({ small, rows, columns, dtype, count }) =>
  fc.tuple(input([count, rows.length, columns.length], dtype), updated(small, dtype)).map(([g, out]) => ({
    operands: { g, out },
    written: ['out'],
    run: (b, v) => b.padAdjoint(v.g, rows, columns, v.out),
  })),
)

const fields = fc.tuple(images, length, length, realType)

const spectrum: fc.Arbitrary<Call> = fields.chain(([n, h, w, dtype]) =>
  fc.tuple(input([n, h, w], dtype), output([n, h, halfOf(w)], complexOf(dtype))).map(([x, out]) => ({
    operands: { x, out },
    written: ['out'],
    run: (b, v) => b.spectrum(v.x, v.out),
    note: `${n} images of ${h}×${w}`,
  })),
)

const spectrumAdjoint: fc.Arbitrary<Call> = fields.chain(([n, h, w, dtype]) =>
  fc.tuple(input([n, h, halfOf(w)], complexOf(dtype)), updated([n, h, w], dtype)).map(([g, out]) => ({
    operands: { g, out },
    written: ['out'],
    run: (b, v) => b.spectrumAdjoint(v.g, v.out),
    note: `${n} images of ${h}×${w}`,
  })),
)

const wavelets = fc
  .record({
    n: images,
    h: fc.integer({ min: 1, max: 12 }),
    w: fc.integer({ min: 1, max: 12 }),
    factor: fc.constantFrom(1, 1, 2, 3, 4),
    dtype: realType,
  })
  .chain(({ n, h, w, factor, dtype }) =>
    fc.record({
      psi: fc
        .tuple(fc.integer({ min: 1, max: h * factor }), fc.integer({ min: 1, max: w * factor }))
        .chain((box) => denseInput(box, dtype)),
      row: fc.integer({ min: -30, max: 30 }),
      column: fc.integer({ min: -30, max: 30 }),
      factor: fc.constant(factor),
      dtype: fc.constant(dtype),
      coarse: fc.constant([n, h, w]),
      half: fc.constant([n, h * factor, halfOf(w * factor)]),
    }),
  )

const waveletModulus: fc.Arbitrary<Call> = wavelets.chain(({ psi, row, column, factor, dtype, coarse, half }) =>
  fc.tuple(input(half, complexOf(dtype)), output(coarse, dtype)).map(([xhat, out]) => ({
    operands: { xhat, psi, out },
    written: ['out'],
    run: (b, v) => b.waveletModulus(v.xhat, { values: v.psi, row, column }, factor, v.out),
    note: `to ${coarse.join('×')} by ${factor}, box ${psi.layout.shape.join('×')} at ${row}, ${column}`,
  })),
)

const waveletModulusAdjoint: fc.Arbitrary<Call> = wavelets.chain(({ psi, row, column, factor, dtype, coarse, half }) =>
  fc
    .tuple(input(half, complexOf(dtype)), input(coarse, dtype), updated(half, complexOf(dtype)))
    .map(([xhat, g, out]) => ({
      operands: { xhat, psi, g, out },
      written: ['out'],
      run: (b, v) => b.waveletModulusAdjoint(v.xhat, { values: v.psi, row, column }, factor, v.g, v.out),
      note: `from ${coarse.join('×')} by ${factor}, box ${psi.layout.shape.join('×')} at ${row}, ${column}`,
    })),
)

const windows = fc.tuple(images, length, length, realType).chain(([n, h, w, dtype]) => {
  const along = (size: number) =>
    fc.integer({ min: 1, max: 6 }).chain((outputs) =>
      fc.record({
        taps: fc.integer({ min: 1, max: size }).chain((width) => denseInput([outputs, width], dtype)),
        starts: fc
          .array(fc.nat(size - 1), { minLength: outputs, maxLength: outputs })
          .map((list) => Int32Array.from(list)),
      }),
    )
  return fc.record({ rows: along(h), columns: along(w), field: fc.constant([n, h, w]), dtype: fc.constant(dtype) })
})

const kernel = (taps: View, { starts }: { readonly starts: Int32Array }): SampledKernel => ({ taps, starts })

const average: fc.Arbitrary<Call> = windows.chain(({ rows, columns, field, dtype }) =>
  fc
    .tuple(input(field, dtype), output([field[0], rows.starts.length, columns.starts.length], dtype))
    .map(([U, out]) => ({
      operands: { U, rows: rows.taps, columns: columns.taps, out },
      written: ['out'],
      run: (b, v) => b.average(v.U, kernel(v.rows, rows), kernel(v.columns, columns), v.out),
    })),
)

const averageAdjoint: fc.Arbitrary<Call> = windows.chain(({ rows, columns, field, dtype }) =>
  fc
    .tuple(input([field[0], rows.starts.length, columns.starts.length], dtype), updated(field, dtype))
    .map(([g, out]) => ({
      operands: { g, rows: rows.taps, columns: columns.taps, out },
      written: ['out'],
      run: (b, v) => b.averageAdjoint(v.g, kernel(v.rows, rows), kernel(v.columns, columns), v.out),
    })),
)

/** Random calls, by operation. */
export const scatteringCases: Cases<
  | 'pad'
  | 'spectrum'
  | 'waveletModulus'
  | 'average'
  | 'padAdjoint'
  | 'spectrumAdjoint'
  | 'waveletModulusAdjoint'
  | 'averageAdjoint'
> = {
  pad,
  spectrum,
  waveletModulus,
  average,
  padAdjoint,
  spectrumAdjoint,
  waveletModulusAdjoint,
  averageAdjoint,
}
