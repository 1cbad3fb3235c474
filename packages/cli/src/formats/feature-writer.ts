// What a file of features holds, and how its rows are handed over.

/** The files that are written. */
export const OUTPUT_FORMATS = ['npy', 'npz', 'parquet', 'arrow'] as const
/** One of them. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** What a file of features holds. */
export interface WriterOptions {
  readonly format: OutputFormat
  /** The number of rows, then the shape of one. Null where the number is known at the end only: not for a pipe. */
  readonly shape: readonly [number | null, ...number[]]
  readonly dtype: 'float32' | 'float16'
  /** Parquet and Arrow: one column for each of these, which share a row's numbers evenly; without them one column `features` of lists. */
  readonly columns?: readonly string[]
  /** Whether each row has a name: the array, or the column, `name`. Not in .npy, which has no place for it. */
  readonly names?: boolean
}

/** Takes rows in order; memory holds some megabytes of them. */
export interface FeatureWriter {
  /** Any number of whole rows, and their names if names were announced. The rows may be changed once the promise is kept. */
  write(rows: Float32Array, names?: readonly string[]): Promise<void>
  /** Writes what is left, and leaves the file safe on the disk (fsync). Throws ROWS if other than the promised number of rows came. */
  close(): Promise<void>
  /** Gives up: closes the file as it is. */
  abort(): Promise<void>
}

/** A format's own half: rows are checked and counted before they come here. */
export interface RowSink {
  write(rows: Float32Array, names: readonly string[]): Promise<void>
  close(rows: number): Promise<void>
  abort(): Promise<void>
}

/** What a sink is made from. */
export interface SinkOptions {
  readonly shape: readonly [number | null, ...number[]]
  /** The numbers of a row. */
  readonly width: number
  readonly dtype: 'float32' | 'float16'
  readonly columns: readonly string[] | undefined
  readonly names: boolean
}
