// An operation as one record: its name, what it asks of its arguments, and its plain reference, which is the specification.
// Back ends register kernels for records; a call names the back end first. Contract cases stand beside a record
// in `<noun>.test.cases.ts`.
import type { Backend } from './backend.ts'

/**
 * An operation on views: `operation(backend, …A)` checks its arguments, then the back end computes it from what was prepared, P.
 * Outputs are allocated by the caller, and overlap no input unless the operation says that they may.
 */
export interface Operation<A extends readonly unknown[], P extends readonly unknown[] = A> {
  (backend: Backend, ...args: A): void
  /** How it is named in messages and in `declined`. */
  readonly title: string
  /** The specification, for buffers in host memory. */
  readonly reference: (...args: P) => void
}

/** Any operation, whatever its arguments. */
export type AnyOperation = Operation<never, never>

/** What is true of an operation on every back end. */
export interface OperationParts<A extends readonly unknown[], P extends readonly unknown[]> {
  /**
   * Throws `ShapeError`, `ValueError` or `DTypeError` before anything is written, and resolves options: the reference and the kernels
   * get what it gives.
   */
  readonly prepare: (...args: A) => P
  /** The specification: plain loops over host memory, given what `prepare` gives. */
  readonly reference: (...args: P) => void
}

/** Declares an operation. */
/* @__NO_SIDE_EFFECTS__ */
export function operation<A extends readonly unknown[], P extends readonly unknown[]>(
  title: string,
  { prepare, reference }: OperationParts<A, P>,
): Operation<A, P> {
  const call = (backend: Backend, ...args: A): void => backend.run(record, prepare(...args))
  const record: Operation<A, P> = Object.assign(call, { title, reference })
  return record
}

/** Computes an operation from prepared arguments; gives false, with nothing written, where it has no way for these. */
export type Kernel<P extends readonly unknown[]> = (...args: P) => boolean

/** A kernel and the operation that it computes. */
export interface RegisteredKernel {
  /** The record that it is registered for. */
  readonly operation: AnyOperation
  /** Computes it, or gives false with nothing written. */
  readonly run: Kernel<never>
}

/** Registers a kernel for an operation: a back end keeps such pairs. */
export const kernel = <A extends readonly unknown[], P extends readonly unknown[]>(
  operation: Operation<A, P>,
  run: Kernel<P>,
): RegisteredKernel => ({ operation, run })
