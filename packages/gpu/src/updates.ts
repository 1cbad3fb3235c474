// The optimizers' updates: a pass for each array that changes. Rates and the like are parameters, so that a schedule compiles nothing.
import type { View } from '@scatterlab/tensor'
import { type AdamOptions, type SgdOptions } from '@scatterlab/tensor/operations'
import type { Recorder } from './recorder.ts'

/** v ← μ·v − decay·ε·w − ε·g; w ← w + v, or, Nesterov, w + μ·v − decay·ε·w − ε·g. */
export function sgdUpdate(
  record: Recorder,
  w: View,
  velocity: View,
  gradient: View,
  { rate, momentum, decay, nesterov }: Required<SgdOptions>,
): void {
  const numbers = { rate, momentum, shrink: decay * rate }
  record.pass(
    velocity,
    { w, velocity, gradient },
    (read, index) =>
      `return momentum * ${read.velocity(index)} - shrink * ${read.w(index)} - rate * ${read.gradient(index)};`,
    numbers,
  )
  record.pass(
    w,
    { w, velocity, gradient },
    (read, index) => `
      const weight = ${read.w(index)};
      ${
        nesterov
          ? `return weight + (momentum * ${read.velocity(index)} - shrink * weight - rate * ${read.gradient(index)});`
          : `return weight + ${read.velocity(index)};`
      }`,
    numbers,
  )
}

/** m ← β₁m + (1 − β₁)g, s ← β₂s + (1 − β₂)g², w ← w − ε·m̂ / (√ŝ + epsilon). */
export function adamUpdate(
  record: Recorder,
  w: View,
  mean: View,
  square: View,
  gradient: View,
  { rate, beta1, beta2, epsilon, decay, decoupled, step }: Required<AdamOptions>,
): void {
  const pull = decoupled ? 0 : decay
  record.pass(
    mean,
    { w, mean, gradient },
    (read, index) => `
      const slope = ${read.gradient(index)} + pull * ${read.w(index)};
      return beta * ${read.mean(index)} + rest * slope;`,
    { pull, beta: beta1, rest: 1 - beta1 },
  )
  record.pass(
    square,
    { w, square, gradient },
    (read, index) => `
      const slope = ${read.gradient(index)} + pull * ${read.w(index)};
      return beta * ${read.square(index)} + rest * slope * slope;`,
    { pull, beta: beta2, rest: 1 - beta2 },
  )
  record.pass(
    w,
    { w, mean, square },
    (read, index) =>
      `return keep * ${read.w(index)} - rate * (${read.mean(index)} * first) / (Math.sqrt(${read.square(index)} * second) + epsilon);`,
    {
      keep: decoupled ? 1 - rate * decay : 1,
      rate,
      first: 1 / (1 - beta1 ** step),
      second: 1 / (1 - beta2 ** step),
      epsilon,
    },
  )
}
