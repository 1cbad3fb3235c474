// What fit asks of an optimizer and of a schedule; those of @scatterlab/optim are such. None are here.
import type { Named } from '../network.ts'

/** What an optimizer remembers between steps. */
export interface OptimizerState {
  /** Steps taken. */
  readonly step: number
  /** Arrays such as velocities, which steps change in place; their names and shapes stay. */
  readonly tensors: Named
}

/** A rule that changes weights in place by their gradients. */
export interface Optimizer {
  /** Base learning rate. */
  readonly rate: number
  /** The state before the first step. */
  init(parameters: Named): OptimizerState
  /** One step, in place on parameters and state, at the base rate or another; gives the state after it. */
  update(
    parameters: Named,
    gradients: Named,
    state: OptimizerState,
    options?: { readonly rate?: number },
  ): OptimizerState
}

/** The learning rate over a run. `S`, which it remembers, is plain JSON. */
export interface Schedule<S = unknown> {
  /** What it remembers before the first step. */
  readonly initial: S
  /** The rate of the next step, from the base rate and the steps taken. */
  rate(base: number, step: number, state: S): number
  /** What it remembers after an epoch (from 0) with this metric; less is better. */
  observe?(metric: number, state: S, epoch: number): S
}
