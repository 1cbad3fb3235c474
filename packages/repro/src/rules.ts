// Rules of arguments that several files of this package ask for.
import type { Rule } from '@scatterlab/tensor'

/** A rule that takes null as well. */
export const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null ? undefined : rule(value)?.concat(', or null')

/** What settings are. */
export const someSettings: Rule = (value) =>
  Object.prototype.toString.call(value) === '[object Object]' ? undefined : 'an object of settings'
