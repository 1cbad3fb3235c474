// The sizes of the steps of a scattering layer, checked once for all back ends. No data.
import type { View } from '../backend/backend.ts'
import { ShapeError, ValueError } from '../errors.ts'
import type { Factors, SampledKernel, SpectralFilter } from './spectral-filter.ts'
import { checkLengths } from './window.ts'

/** Of `pad`: x [images, height, width] to out [images or more, rows, columns]. */
export function checkPadding(x: View, rows: Int32Array, columns: Int32Array, out: View): void {
  checkLengths('the images', x.shape, [null, null, null])
  checkLengths('the padded images', out.shape, [null, rows.length, columns.length])
}

/** Of `spectrum`: x [n, H, W] to out [n, H, ⌊W/2⌋ + 1]. */
export function checkSpectrum(x: View, out: View): void {
  checkLengths('the images', x.shape, [null, null, null])
  checkLengths('the spectrum', out.shape, [x.shape[0], x.shape[1], Math.floor(x.shape[2] / 2) + 1])
}

/**
 * Of `waveletModulus`: x̂, whole or half, of a grid that is as many times as high and wide as out as `factors` say, ψ̂ no larger than
 * that grid.
 */
export function checkWavelet(xhat: View, psi: SpectralFilter, factors: Factors, out: View): void {
  checkLengths('the modulus', out.shape, [null, null, null])
  const [height, width] = checkFilter(psi, factors, out)
  const columns = xhat.shape[2] === width ? width : Math.floor(width / 2) + 1
  checkLengths('the spectrum, whole or half', xhat.shape, [out.shape[0], height, columns])
}

/** Of `periodise`: the same of a whole spectrum, or of a half. */
export function checkPeriodise(xhat: View, psi: SpectralFilter, factors: Factors, out: View): void {
  checkLengths('the folded spectrum', out.shape, [null, null, null])
  const [height, width] = checkFilter(psi, factors, out)
  const columns = xhat.shape[2] === width ? width : Math.floor(width / 2) + 1
  checkLengths('the spectrum, whole or half', xhat.shape, [out.shape[0], height, columns])
}

/** Height and width of the grid that a filter is for. */
function checkFilter({ values }: SpectralFilter, factors: Factors, out: View): [number, number] {
  const [height, width] = [out.shape[1] * factors[0], out.shape[2] * factors[1]]
  if (values.shape[0] > height || values.shape[1] > width)
    throw new ShapeError(
      `a filter of ${values.shape.join('×')} frequencies on a grid of ${height}×${width}: give no more than the grid has`,
    )
  return [height, width]
}

/** Of `average`: U [n, H, W] to out [n, outputs of rows, outputs of columns]. */
export function checkAverage(U: View, rows: SampledKernel, columns: SampledKernel, out: View): void {
  checkLengths('the modulus', U.shape, [null, null, null])
  checkLengths('the averages', out.shape, [U.shape[0], rows.starts.length, columns.starts.length])
  checkLengths('the taps of rows', rows.taps.shape, [rows.starts.length, null])
  checkLengths('the taps of columns', columns.taps.shape, [columns.starts.length, null])
  checkStarts('rows', rows, U.shape[1])
  checkStarts('columns', columns, U.shape[2])
}

function checkStarts(name: string, { starts }: SampledKernel, length: number): void {
  const outside = starts.find((start) => start < 0 || start >= length)
  if (outside !== undefined)
    throw new ValueError(`${name}.starts holds ${outside}: taps begin at 0 to ${length - 1}, take it modulo ${length}`)
}
