// What every reader of arrays gives: the shape, and rows as they are asked for.

/** Numbers as they come from a file: its own type where JavaScript has it; float16 as single, 64-bit integers as double precision. */
export type Numbers =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>

/** A whole array, its last index running fastest. */
export interface NumericArray {
  readonly shape: readonly number[]
  readonly data: Numbers
}

/** An array in a file, of which parts are read. */
export interface ArraySource {
  readonly shape: readonly number[]
  /** What the elements are, as NumPy names it: `uint8`, `float32`, … */
  readonly type: string
  /** The rows from `begin` to before `end` of the first axis, (end − begin) · shape[1] · … numbers. A pipe gives them in order only. */
  read(begin: number, end: number): Promise<Numbers>
  /** Does what costs a pass over the whole, and is done once; the first `read` does it else. */
  prepare?: () => Promise<void>
  close(): Promise<void>
}

/** The number of elements of a shape; 1 for none. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)
