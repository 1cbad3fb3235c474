// Several optimizers for one network: each parameter is trained by the first part that its name belongs to, at a pace of its own.
// What a part does is the part's affair.
import { type Named, type Rules, ValueError, checkArgument, checkOptions, having } from '@scatterlab/tensor'
import { type Group, aMatch, checkMatches, matches } from './groups.ts'
import { type Optimizer, type OptimizerState, aState, someTensors, updateRules } from './optimizer.ts'
import type { Schedule } from './schedule.ts'

/** Some parameters and how they are trained. */
export interface MixedPart extends Pick<Group, 'match'> {
  /** Made with the part's own rate. */
  readonly optimizer: Optimizer
  /** Of the part's own rate, by the step alone (default: its rate throughout). */
  readonly schedule?: Schedule<null>
}

const rules: Rules<MixedPart> = {
  match: aMatch,
  optimizer: having('an optimizer, for example sgd({ rate: 0.1 })', 'init', 'update'),
  schedule: (value) => having('a schedule, for example cosine({ steps: 1000 })', 'rate')(value) ?? bySteps(value),
}

const bySteps = (schedule: unknown): string | undefined =>
  (schedule as Schedule).observe === undefined ? undefined : 'one that goes by steps alone, not by the validation'

/**
 * An optimizer of parts: a parameter is trained by the first part whose `match` (an expression or a function) fits its name. Its
 * base rate is 1, a factor on the rates of all parts. A part whose rate is 0 at a step stands still, and is asked for no gradient. Throws `ValueError` for a part that is none; `init` throws it for a parameter
 * that belongs to no part, and for a part to which no parameter belongs.
 *
 * @example
 * const optimizer = mixed([
 *   { match: /conv.*weight$/, optimizer: muon({ rate: 0.02 }), schedule: cosine({ steps: 1000 }) },
 *   { match: /./, optimizer: adamW({ rate: 0.001 }) },
 * ])
 */
export function mixed(parts: readonly MixedPart[]): Optimizer {
  checkArgument('mixed: parts', parts, (value) =>
    Array.isArray(value) && value.length > 0 ? undefined : 'a list of parts, [{ match, optimizer }, …]',
  )
  parts.forEach((part, at) => checkOptions(`mixed: parts[${at}]`, part, rules, ['match', 'optimizer']))

  /** The parameters of each part. */
  const shares = (parameters: Named): readonly Named[] => {
    checkArgument('the parameters', parameters, someTensors)
    const owner = Object.keys(parameters).map((name) => [name, parts.findIndex((part) => matches(part, name))] as const)
    const orphan = owner.find(([, at]) => at < 0)
    if (orphan) {
      throw new ValueError(`mixed: no part matches \`${orphan[0]}\`: add a last one for the rest, { match: /./, … }`)
    }
    return parts.map((_, part) =>
      Object.fromEntries(owner.filter(([, at]) => at === part).map(([name]) => [name, parameters[name]])),
    )
  }

  /** The rate of a part after so many steps. */
  const rateOf = ({ optimizer, schedule }: MixedPart, step: number): number =>
    schedule ? schedule.rate(optimizer.rate, step, schedule.initial) : optimizer.rate

  /** The parts that do not stand still after so many steps, each with its parameters. */
  const moving = (parameters: Named, step: number): (readonly [part: MixedPart, share: Named])[] =>
    shares(parameters)
      .map((share, at) => [parts[at], share] as const)
      .filter(([part]) => rateOf(part, step) > 0)

  const check = (parameters: Named, gradients: Named, state: OptimizerState): void => {
    checkArgument('the state', state, aState)
    for (const [{ optimizer }, share] of moving(parameters, state.step)) optimizer.check?.(share, gradients, state)
  }

  return {
    rate: 1,
    settings: {
      rule: 'mixed',
      parts: parts.map(({ match, optimizer: { rate, settings } }) => ({ match: String(match), rate, ...settings })),
    },
    init(parameters) {
      const own = shares(parameters)
      checkMatches(parts, Object.keys(parameters), 'parts')
      const states = own.map((share, at) => parts[at].optimizer.init(share))
      return { step: 0, tensors: Object.assign({}, ...states.map(({ tensors }) => tensors)) as Named }
    },
    trains(name, step) {
      const part = parts.find((own) => matches(own, name))
      return part !== undefined && rateOf(part, step) > 0 && (part.optimizer.trains?.(name, step) ?? true)
    },
    check,
    update(parameters, gradients, state, options) {
      const { rate: factor = 1 } = checkOptions('update', options, updateRules)
      // a part must not change anything where another would throw
      check(parameters, gradients, state)
      for (const [part, share] of moving(parameters, state.step)) {
        part.optimizer.update(share, gradients, state, { rate: factor * rateOf(part, state.step) })
      }
      return { step: state.step + 1, tensors: state.tensors }
    },
  }
}
