import { DatasetError } from '../errors.ts'
import { expect, it } from 'vitest'
import { fitsFile } from './fits.test.builder.ts'
import { parseFits } from './fits.ts'

it.each([-32, -64])('reads big-endian floats, BITPIX %i, rows first', (BITPIX) => {
  const { data, shape } = parseFits(
    fitsFile({ BITPIX, NAXIS: 2, NAXIS1: 3, NAXIS2: 2 }, [1, -0.5, 2 ** -20, 3, NaN, 7]),
  )
  expect(shape).toEqual([2, 3])
  expect([...data]).toEqual([1, -0.5, 2 ** -20, 3, NaN, 7])
  expect(data).toBeInstanceOf(BITPIX === -32 ? Float32Array : Float64Array)
})

it('scales as the header says, and reads past comments and other lines', () => {
  const bytes = fitsFile(
    { BITPIX: -32, NAXIS: 1, NAXIS1: 2, BSCALE: '2.0D0 / doubled', BZERO: -1, OBJECT: "'BZERO = 5'", COMMENT: 'none' },
    [1, 2],
  )
  expect([...parseFits(bytes).data]).toEqual([1, 3])
})

it('reads a header of several blocks, and a file that does not fill its last block', () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`KEY${i}`, i]))
  const bytes = fitsFile({ BITPIX: -32, NAXIS: 1, NAXIS1: 1, ...many }, [4])
  expect(parseFits(bytes.subarray(0, 2 * 2880 + 4)).data).toEqual(Float32Array.of(4))
})

const map = { BITPIX: -32, NAXIS: 2, NAXIS1: 2, NAXIS2: 1 }
it.each<[string, Uint8Array, string, RegExp]>([
  ['another file', new TextEncoder().encode('a text that is long enough'), 'FORMAT', /not a FITS file/],
  ['an empty file', new Uint8Array(0), 'FORMAT', /not a FITS file/],
  ['whole numbers', fitsFile({ ...map, BITPIX: 16 }, [1, 2]), 'FORMAT', /BITPIX = 16: convert it to floats/],
  ['a header without a kind', fitsFile({ NAXIS: 2, NAXIS1: 2, NAXIS2: 1 }, [1, 2]), 'FORMAT', /undefined/],
  ['no array', fitsFile({ BITPIX: -32, NAXIS: 0 }, []), 'FORMAT', /no first array/],
  ['an axis of no length', fitsFile({ ...map, NAXIS2: 0 }, []), 'FORMAT', /axes 2, 0/],
  ['an axis that is not named', fitsFile({ BITPIX: -32, NAXIS: 2, NAXIS1: 2 }, [1, 2]), 'FORMAT', /axes 2, NaN/],
  ['more than memory holds', fitsFile({ ...map, NAXIS2: 2 ** 40 }, [1, 2]), 'FORMAT', /wrong one/],
  ['a header that was cut short', fitsFile(map, [1, 2]).subarray(0, 200), 'TRUNCATED', /cut short/],
  ['a first line that was cut short', fitsFile(map, [1, 2]).subarray(0, 7), 'TRUNCATED', /cut short/],
  ['an array that was cut short', fitsFile(map, [1, 2]).subarray(0, 2880 + 7), 'TRUNCATED', /cut short/],
])('refuses %s, with its name', (_, bytes, code, message) => {
  const parsing = (): unknown => parseFits(bytes, 'a.fits')
  expect(parsing).toThrow(DatasetError)
  expect(parsing).toThrow(expect.objectContaining({ code, file: 'a.fits' }))
  expect(parsing).toThrow(message)
})
