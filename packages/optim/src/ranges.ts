// What options may be: each check names the option and its value, and says the range.
import { ValueError } from '@scatterlab/tensor'

/** Throws `ValueError` unless the option is a finite number of at least 0. */
export function checkNotNegative(option: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) throw new ValueError(`\`${option}\` is ${value}: give a number of 0 or more`)
}

/** Throws `ValueError` unless the option is a finite number above 0. */
export function checkPositive(option: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new ValueError(`\`${option}\` is ${value}: give a number above 0`)
}

/** Throws `ValueError` unless the option lies in [0, 1). */
export function checkFraction(option: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new ValueError(`\`${option}\` is ${value}: give a number from 0 to below 1`)
}

/** Throws `ValueError` unless the option is a whole number of at least `least`. */
export function checkCount(option: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new ValueError(`\`${option}\` is ${value}: give a whole number of ${least} or more`)
  }
}
