// What an optimizer is: a rule that changes weights in place by their gradients, and remembers along the way what a
// checkpoint can hold. Everything but the rule itself is here; the rules are in sgd.ts, adam.ts and muon.ts.
import {
  type Named,
  type Rule,
  type Rules,
  DTypeError,
  ShapeError,
  Tensor,
  ValueError,
  checkArgument,
  checkOptions,
  contiguousStrides,
  formatShape,
  isComplex,
  notNegative,
  realOf,
  sameShape,
  sizeOf,
} from '@scatterlab/tensor'
import { type Group, checkMatches, groupOf } from './groups.ts'

/** What an optimizer remembers: with the weights, all that a checkpoint must hold to go on as if never interrupted. */
export interface OptimizerState {
  /** Steps taken. */
  readonly step: number
  /** By slot and parameter: `velocity/conv1.weight`. Of a parameter's shape and element type, changed in place. */
  readonly tensors: Named
}

/** A rule of learning. */
export interface Optimizer {
  /** Base learning rate ε. */
  readonly rate: number
  /** What else decides its steps, as plain JSON: a checkpoint holds it, so that no run goes on by another rule unnoticed. */
  readonly settings?: Readonly<Record<string, unknown>>
  /**
   * The state before the first step: zeros on the parameters' back end, which no scope takes back. Throws `ValueError` for
   * a group to which no parameter belongs.
   */
  init(parameters: Named): OptimizerState
  /**
   * One step, in place on the weights and on the state's arrays; gives the state with `step` + 1. `rate` stands in for the
   * base rate, as a schedule asks. Issues operations only, reads nothing. Complex parameters are changed in real and
   * imaginary parts. Before anything is changed it throws, with the parameter's name, `ValueError` where a gradient or a
   * part of the state is missing, `ShapeError` and `DTypeError` where one does not fit the parameter.
   */
  update(parameters: Named, gradients: Named, state: OptimizerState, options?: UpdateOptions): OptimizerState
  /**
   * Whether the step that follows `step` steps changes a parameter (default: it does). A training loop need not make the gradient of one
   * that stands still, and `update` does not ask for it.
   */
  trains?(name: string, step: number): boolean
  /** Throws what `update` would throw; changes nothing. */
  check?(parameters: Named, gradients: Named, state: OptimizerState): void
}

/** Of one step. */
export interface UpdateOptions {
  /** Learning rate of this step (default: the base rate). */
  readonly rate?: number
}

/** What these options may be. */
export const updateRules: Rules<UpdateOptions> = { rate: notNegative }

/** One parameter with all that its update needs; complex arrays are seen as real ones with a last axis of 2. */
export interface Update<G extends Group> {
  readonly weight: Tensor
  readonly gradient: Tensor
  /** In the order of the rule's slots. */
  readonly slots: readonly Tensor[]
  /** Learning rate of this parameter at this step. */
  readonly rate: number
  /** Which step this is, from 1. */
  readonly step: number
  readonly group: G | undefined
}

/** What makes an optimizer. */
export interface UpdateRule<G extends Group> {
  readonly rate: number
  /** What else decides the steps, but for the groups. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly groups: readonly G[]
  /** Names of the arrays that are remembered of each parameter. */
  readonly slots: readonly string[]
  /** Throws for a parameter that the rule cannot train. */
  accepts?(name: string, weight: Tensor): void
  /** Changes the weight and the slots in place. */
  apply(update: Update<G>): void
}

/** Arrays by name. */
export const someTensors: Rule = (value) =>
  Object.prototype.toString.call(value) === '[object Object]' &&
  !(value instanceof Tensor) &&
  Object.values(value as object).every((x) => x instanceof Tensor)
    ? undefined
    : 'tensors by name, { weight: … }'

/** What `init` gives. */
export const aState: Rule = (value) => {
  const { step, tensors } = Object(value) as Partial<OptimizerState>
  return Number.isInteger(step) && !someTensors(tensors) ? undefined : 'a state, as init(parameters) gives it'
}

/** The optimizer that follows a rule. */
export function optimizer<G extends Group>(rule: UpdateRule<G>): Optimizer {
  const { rate, settings, groups, slots, accepts, apply } = rule
  const factor = (name: string): number => groupOf(groups, name)?.rate ?? 1
  const trained = (parameters: Named): [string, Tensor][] =>
    Object.entries(parameters).filter(([name]) => factor(name) > 0)
  /** Every trained parameter with what its update needs, checked. */
  const updatesOf = (parameters: Named, gradients: Named, state: OptimizerState, base: number): Update<G>[] => {
    checkArgument('the parameters', parameters, someTensors)
    checkArgument('the gradients', gradients, someTensors)
    checkArgument('the state', state, aState)
    return trained(parameters).map(([name, weight]) => ({
      weight: realView(weight),
      gradient: realView(fitting(gradients, name, 'gradient', weight)),
      slots: slots.map((slot) => realView(fitting(state.tensors, `${slot}/${name}`, 'state', weight))),
      rate: base * factor(name),
      step: state.step + 1,
      group: groupOf(groups, name),
    }))
  }
  return {
    rate,
    settings: { ...settings, groups: groups.map(({ match, ...group }) => ({ match: String(match), ...group })) },
    init(parameters) {
      checkArgument('the parameters', parameters, someTensors)
      checkMatches(groups, Object.keys(parameters))
      if (accepts) for (const [name, weight] of trained(parameters)) accepts(name, weight)
      const tensors = trained(parameters).flatMap(([name, weight]) =>
        slots.map((slot) => [`${slot}/${name}`, lastingZeros(weight)] as const),
      )
      return { step: 0, tensors: Object.fromEntries(tensors) }
    },
    update(parameters, gradients, state, options) {
      const { rate: base = rate } = checkOptions('update', options, updateRules)
      updatesOf(parameters, gradients, state, base).forEach(apply)
      return { step: state.step + 1, tensors: state.tensors }
    },
    trains: (name) => factor(name) > 0,
    check: (parameters, gradients, state) => void updatesOf(parameters, gradients, state, rate),
  }
}

/** An array as a real one: a complex one with a last axis of 2. */
export const realView = (x: Tensor): Tensor => (isComplex(x.dtype) ? x.asReal() : x)

/** Zeros like the parameter, contiguous; not registered with a scope, so that they outlive the step that made them. */
function lastingZeros({ backend, dtype, shape }: Tensor): Tensor {
  const step = isComplex(dtype) ? 2 : 1
  return new Tensor(backend, {
    buffer: backend.allocate(realOf(dtype), sizeOf(shape) * step),
    dtype,
    shape: [...shape],
    strides: contiguousStrides(shape, step),
    offset: 0,
    imagStride: step - 1,
  })
}

/** The array of that name, which must fit the parameter. */
function fitting(arrays: Named, name: string, kind: 'gradient' | 'state', weight: Tensor): Tensor {
  if (!Object.hasOwn(arrays, name)) {
    throw new ValueError(
      kind === 'gradient'
        ? `no gradient for \`${name}\`: give one, or freeze it by a group with rate 0`
        : `the state has no \`${name}\`: it was made by another optimizer or for other parameters; take init(parameters)`,
    )
  }
  const found = arrays[name]
  const what = kind === 'gradient' ? `the gradient of \`${name}\`` : `the state's \`${name}\``
  if (!sameShape(found.shape, weight.shape)) {
    throw new ShapeError(`${what} is ${formatShape(found.shape)}, the parameter ${formatShape(weight.shape)}`)
  }
  if (found.dtype !== weight.dtype) {
    throw new DTypeError(`${what} is ${found.dtype}, the parameter ${weight.dtype}: clone it as ${weight.dtype}`)
  }
  if (found.backend !== weight.backend) {
    throw new DTypeError(
      `${what} is on the ${found.backend.name} back end, the parameter on ${weight.backend.name}: move it there`,
    )
  }
  return found
}
