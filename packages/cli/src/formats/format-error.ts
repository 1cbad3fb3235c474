// The error of a file of arrays: a stable `code`, the file's name, and a message that ends with the fix.
import { ScatterlabError } from '@scatterlab/tensor'

/**
 * What is wrong with a file. NOT_AN_ARRAY: another kind of file, or an empty one. OBJECTS: it holds Python objects, which a reader would have
 * to run. ELEMENTS: numbers of a kind that has no use here (complex, dates, text, records). TRUNCATED: cut short. TRAILING: longer
 * than it says. TOO_LARGE: beyond the bound of the caller. CORRUPT: damaged. MEMBER: an .npz file has no such array. RANGE: a number has no place in the type asked for.
 * ROWS: not as many rows as were promised.
 */
export type FormatErrorCode =
  | 'NOT_AN_ARRAY'
  | 'OBJECTS'
  | 'ELEMENTS'
  | 'TRUNCATED'
  | 'TRAILING'
  | 'TOO_LARGE'
  | 'CORRUPT'
  | 'MEMBER'
  | 'RANGE'
  | 'ROWS'

/** Thrown for a file that is not what it should be. */
export class FormatError extends ScatterlabError {
  declare readonly code: FormatErrorCode
  /** The file concerned. */
  readonly file: string

  constructor(code: FormatErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(code, `${file}: ${message}`, options)
    this.file = file
  }
}
