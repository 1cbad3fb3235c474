// What a back end is held to for one operation: random calls, and how far its numbers may be from the reference, which sums in
// double precision.
import fc from 'fast-check'
import type { RealDType } from '../array/dtype.ts'
import { sizeOf } from '../array/shape.ts'
import type { Backend, View } from '../backend/backend.ts'
import type { AnyOperation } from '../backend/operation.ts'
import type { Operand } from './operand.test.cases.ts'

/** Views by name, as an operation gets them. */
export type Views = Readonly<Record<string, View>>

/** A call: arrays by name, and the operation on them. */
export interface Call {
  readonly operands: Readonly<Record<string, Operand>>
  /** Those of the operands that are written; the others must stay as they are. */
  readonly written: readonly string[]
  /** Operands that another one's buffer and layout stand for: `{ out: 'x' }` computes in place. */
  readonly alias?: Readonly<Record<string, string>>
  /** What some inputs must hold so that they belong together, computed from the others. */
  readonly prepare?: (views: Views) => void
  readonly run: (backend: Backend, views: Views) => void
  /** The size of a result's numbers, by which they are divided before they are compared (default 1). */
  readonly units?: Readonly<Record<string, number>>
  /** How the call is told apart in messages. */
  readonly note?: string
}

/** How far numbers may be off: relative to each, absolutely, or relative to the largest. The largest of the three counts. */
export interface Tolerance {
  readonly relative?: number
  readonly absolute?: number
  readonly ofLargest?: number
}

/** The tolerance of both precisions. */
export type Tolerances = Readonly<Record<RealDType, Tolerance>>

/** The contract of one operation. */
export interface OperationCases {
  readonly operation: AnyOperation
  /** That of the operation, or, of one with several contracts, another. */
  readonly title: string
  readonly tolerances: Tolerances
  readonly calls: fc.Arbitrary<Call>
}

/** Declares the contract of an operation. */
export const cases = (operation: AnyOperation, tolerances: Tolerances, calls: fc.Arbitrary<Call>): OperationCases => ({
  operation,
  title: operation.title,
  tolerances,
  calls,
})

/** No difference: numbers are moved, compared, or rounded once. */
export const exact: Tolerances = { float32: {}, float64: {} }

/** A few roundings of each number; the absolute part lets results below the normal range vanish. */
export const rounded: Tolerances = {
  float32: { relative: 4e-6, absolute: 1e-30 },
  float64: { relative: 1e-13, absolute: 1e-290 },
}

/** Sums of up to some hundred products of numbers below 2, in the precision of the array and in any order. */
export const summed: Tolerances = {
  float32: { ofLargest: 4e-6, absolute: 2e-5 },
  float64: { ofLargest: 1e-14, absolute: 5e-13 },
}

/**
 * Sums by minimal filtering: the worst of many outputs is off by 1e-5 times the outputs' size for F(4, 3) with
 * the points 0, ±√½, ±√2, ∞.
 */
export const transformed: Tolerances = {
  float32: { ofLargest: 1e-5, absolute: 5e-5 },
  float64: summed.float64,
}

/** Chains of sums and divisions: transforms back and forth, moments, normalisations. */
export const chained: Tolerances = {
  float32: { ofLargest: 2e-5, absolute: 5e-5 },
  float64: { ofLargest: 1e-12, absolute: 2e-12 },
}

/**
 * Gradients that divide by a modulus or a deviation which may be small: the error of what is divided by counts relative
 * to it, so that the worst of some hundred thousand numbers is this far off.
 */
export const divided: Tolerances = {
  float32: { ofLargest: 1e-3, absolute: 5e-4 },
  float64: { ofLargest: 1e-10, absolute: 1e-10 },
}

/** Shapes with lengths around those of vectors, and a few long lines; of at most some thousand elements. */
export const shapes = (least = 0, most = 4): fc.Arbitrary<number[]> =>
  fc
    .array(fc.constantFrom<number[]>(0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33, 64, 101), {
      minLength: least,
      maxLength: most,
    })
    .filter((shape) => sizeOf(shape) <= 4096)

export const realType: fc.Arbitrary<RealDType> = fc.constantFrom('float32', 'float64')

/** Mostly one precision for all arrays of a call, sometimes another for each. */
export const precisions = (count: number): fc.Arbitrary<RealDType[]> =>
  fc.oneof(
    { weight: 4, arbitrary: realType.map((dtype) => Array.from({ length: count }, () => dtype)) },
    { weight: 1, arbitrary: fc.array(realType, { minLength: count, maxLength: count }) },
  )
