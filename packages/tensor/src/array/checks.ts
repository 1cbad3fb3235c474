// Checks of the arguments of functions of arrays.
import { shown } from '../check-options.ts'
import { DTypeError, ValueError } from '../errors.ts'
import { isComplex } from './dtype.ts'
import { Tensor } from './tensor.ts'

/** Throws `ValueError`, with the fix, for what is no `Tensor`. */
export function checkTensor(name: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor))
    throw new ValueError(`${name} takes a Tensor, not ${shown(x)}: make one with tensor(data, shape)`)
}

/** The same; throws `DTypeError` for a complex one. */
export function checkReal(name: string, x: unknown): asserts x is Tensor {
  checkTensor(name, x)
  if (isComplex(x.dtype)) throw new DTypeError(`${name} takes real arrays, not ${x.dtype}: take .real, or abs(x)`)
}
