// The error of this package: a stable `code`, the file concerned, and a message that ends with the fix.

import { ScatterlabError } from '@scatterlab/tensor'

/**
 * What went wrong, for code that reacts to it. Of a file: TRUNCATED (cut short), CORRUPT (damaged, or not what its
 * checksum says), SWAPPED (images where labels belong or the reverse), EMPTY, FORMAT (another kind of file), MISMATCH
 * (it does not belong to the files beside it). Of getting it: NOT_FOUND (it is nowhere and was not to be downloaded),
 * DOWNLOAD (no mirror gave it), CACHE (the cache cannot be read or written), WORKER (a thread that read it died).
 * An option out of range is a `ValueError` of `@scatterlab/tensor`.
 */
export type DatasetErrorCode =
  | 'TRUNCATED'
  | 'CORRUPT'
  | 'SWAPPED'
  | 'EMPTY'
  | 'FORMAT'
  | 'MISMATCH'
  | 'NOT_FOUND'
  | 'DOWNLOAD'
  | 'CACHE'
  | 'WORKER'

/** Thrown for data that cannot be had or used; the message names the file or the option, and the fix. */
export class DatasetError extends ScatterlabError {
  /** What went wrong, one of a fixed list; see `DatasetErrorCode`. */
  declare readonly code: DatasetErrorCode
  /** The file concerned, as the message names it. */
  readonly file: string | undefined

  constructor(code: DatasetErrorCode, message: string, options: ErrorOptions & { file?: string } = {}) {
    super(code, message, options)
    this.file = options.file
  }
}
