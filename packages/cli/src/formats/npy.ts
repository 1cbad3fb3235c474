// NumPy's .npy files, of which rows are read as they are needed, in whatever order they lie.
import { sizeOf, type ArraySource, type Numbers } from './array-source.ts'
import { type Extent, type FileRegion, openRegion } from './file-region.ts'
import { FormatError } from './format-error.ts'
import { numbersIn, toCOrder } from './npy-elements.ts'
import { headerEnd, parseHeader, PREAMBLE, type NpyHeader } from './npy-header.ts'

/** Where an .npy file lies, and what it is called in errors. */
export interface NpyPlace {
  /** Default: the whole file. */
  readonly extent?: Extent
  /** Default: the path. */
  readonly name?: string
  /** Bytes of rows that are fetched at once where they lie scattered, in Fortran order. */
  readonly window?: number
}

/** The bytes that a file of such a header has. */
export const fileLength = ({ start, shape, elements }: NpyHeader): number => start + sizeOf(shape) * elements.width

/** The numbers of a row. Throws NOT_AN_ARRAY for a single number. */
export function rowSize(shape: readonly number[], file: string): number {
  if (shape.length === 0) throw new FormatError('NOT_AN_ARRAY', file, 'a single number, not an array of rows')
  return sizeOf(shape.slice(1))
}

/** Opens an .npy file; memory holds the rows of one `read`, in Fortran order a window of some megabytes. Throws a FormatError. */
export async function openNpy(
  file: string,
  { extent, name = file, window = WINDOW }: NpyPlace = {},
): Promise<ArraySource> {
  const region = await openRegion(file, name, extent)
  try {
    const end = headerEnd(await region.read(0, Math.min(region.length, PREAMBLE)), name)
    const header = parseHeader(await region.read(0, Math.min(region.length, end)), name)
    checkLength(header, region.length, name)
    const { shape, elements, start } = header
    const stride = rowSize(shape, name) * elements.width
    const read = header.fortranOrder
      ? scatteredRows(region, header, window, name)
      : async (first: number, behind: number) =>
          numbersIn(await region.read(start + first * stride, (behind - first) * stride), elements, name)
    return { shape, type: elements.name, read, close: () => region.close() }
  } catch (error) {
    await region.close()
    throw error
  }
}

function checkLength(header: NpyHeader, length: number, file: string): void {
  const expected = fileLength(header)
  if (length < expected)
    throw new FormatError('TRUNCATED', file, `cut short: ${length} of ${expected} bytes: copy it again`)
  if (length > expected)
    throw new FormatError(
      'TRAILING',
      file,
      `${length - expected} bytes more than its shape (${header.shape.join(', ')}) takes`,
    )
}

const WINDOW = 2 ** 24
/** Columns that are shorter are read several at once: a call costs as much as so many bytes. */
const SPAN = 2 ** 16

/**
 * Rows in Fortran order, where the numbers of a row lie as far apart as there are rows: a window of rows is fetched, a run of each column, and
 * serves the next reads.
 */
function scatteredRows(
  region: FileRegion,
  { shape, elements, start }: NpyHeader,
  most: number,
  name: string,
): (begin: number, end: number) => Promise<Numbers> {
  const [count, ...row] = shape
  const columns = sizeOf(row)
  const { width } = elements
  const stride = count * width
  const fitting = Math.floor(most / Math.max(1, columns * width))
  const together = Math.max(1, Math.floor(SPAN / Math.max(1, stride)))
  let [from, to] = [0, 0]
  let numbers: Numbers = new Uint8Array(0)
  const fetch = (begin: number, end: number): void => {
    const rows = Math.min(count - begin, Math.max(end - begin, fitting))
    const run = rows * width
    const bytes = new Uint8Array(columns * run)
    const span = new Uint8Array((together - 1) * stride + run)
    for (let column = 0; column < columns; column += together) {
      const some = Math.min(together, columns - column)
      region.fill(span.subarray(0, (some - 1) * stride + run), start + column * stride + begin * width)
      for (let i = 0; i < some; i++) bytes.set(span.subarray(i * stride, i * stride + run), (column + i) * run)
    }
    numbers = toCOrder(numbersIn(bytes, elements, name), [rows, ...row])
    from = begin
    to = begin + rows
  }
  return async (begin, end) => {
    if (begin < from || end > to) fetch(begin, end)
    return numbers.slice((begin - from) * columns, (end - from) * columns)
  }
}
