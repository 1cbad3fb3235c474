// Parameters that are trained differently: chosen by name, each with its own factor on the rate, decay or momentum. Only the
// choice is made here; the optimizers use the numbers.
import { type Rule, type Rules, ValueError, checkOptions, notNegative } from '@scatterlab/tensor'

/** Some parameters, and what is different for them. */
export interface Group {
  /** Which: an expression that their names contain, or a function of the name. The first group that matches wins. */
  readonly match: RegExp | ((name: string) => boolean)
  /** Factor on the learning rate (default 1). 0 freezes: no update, no gradient needed, nothing remembered. */
  readonly rate?: number
  /** In the place of the optimizer's own weight decay. */
  readonly decay?: number
}

/** A group of an optimizer that has a momentum. */
export interface MomentumGroup extends Group {
  /** In the place of the optimizer's own momentum μ. */
  readonly momentum?: number
}

/** What chooses parameters. */
export const aMatch: Rule = (value) =>
  value instanceof RegExp || typeof value === 'function' ? undefined : 'a regular expression or a function of the name'

const groupRules: Rules<Group> = {
  match: aMatch,
  rate: notNegative,
  decay: notNegative,
}

/** What a list of groups may be. */
export const someGroups: Rule = (value) => (Array.isArray(value) ? undefined : 'a list of groups')

/** Throws `ValueError` for a group without `match`, with an unknown key, or with a number out of range. */
export function checkGroups<G extends Group>(groups: readonly G[], rules: Omit<Rules<G>, keyof Group>): void {
  groups.forEach((group, at) =>
    checkOptions(`groups[${at}]`, group, { ...groupRules, ...rules } as Rules<G>, ['match']),
  )
}

/** Whether a parameter's name belongs to a group. */
// `search`, not `test`: an expression with the flag g remembers where it was
export const matches = ({ match }: Pick<Group, 'match'>, name: string): boolean =>
  match instanceof RegExp ? name.search(match) >= 0 : match(name)

/** The first group that the name belongs to. */
export const groupOf = <G extends Group>(groups: readonly G[], name: string): G | undefined =>
  groups.find((group) => matches(group, name))

/** Throws `ValueError` for a group to which none of the names belongs: it would have no effect. */
export function checkMatches(groups: readonly Pick<Group, 'match'>[], names: readonly string[], list = 'groups'): void {
  groups.forEach((group, at) => {
    if (names.some((name) => matches(group, name))) return
    throw new ValueError(
      `${list}[${at}] (${String(group.match)}) matches no parameter: there are ${names.join(', ') || 'none'}`,
    )
  })
}
