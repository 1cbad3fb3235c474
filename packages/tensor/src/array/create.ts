// Arrays made from a rule instead of data.
import type { Backend } from '../backend/backend.ts'
import { stepOf, wholeView } from '../backend/views.ts'
import { aBackend, aRandom, checkArgument, shown } from '../check-options.ts'
import { checkTensor } from './checks.ts'
import { type RealArray, checkDType, isComplex, realArray, realOf } from './dtype.ts'
import { complex } from './elementwise.ts'
import { ValueError } from '../errors.ts'
import type { Random } from '../random/random.ts'
import { scope, track } from './scope.ts'
import { type Shape, checkShape, sizeOf } from './shape.ts'
import { differentiable } from '../gradient/tape.ts'
import { Tensor, type TensorOptions, checkTensorOptions, empty, tensor } from './tensor.ts'

/** An array of zeros. */
export const zeros = (shape: Shape, options: TensorOptions = {}): Tensor =>
  empty(shape, checkTensorOptions('zeros', options))

/** An array filled with one real number. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  if (typeof value !== 'number') throw new ValueError(`full of ${shown(value)}: give a number`)
  return fromReal('full', shape, options, (data) => data.fill(value))
}

/** An array of ones. */
export const ones = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 1, options)

/** start, start + step, … as far as `stop`, which is not in it. Throws `ValueError` for a step of 0. */
export function arange(start: number, stop: number, step = 1, options: TensorOptions = {}): Tensor {
  for (const [name, value] of Object.entries({ start, stop, step }))
    if (typeof value !== 'number') throw new ValueError(`arange: ${name} is ${shown(value)}: it must be a number`)
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (!Number.isFinite(count))
    throw new ValueError(`arange(${start}, ${stop}, ${step}) has no end: give a step that is not 0`)
  return fromReal('arange', [count], options, (data) => data.forEach((_, i) => (data[i] = start + i * step)))
}

/** The identity matrix of n rows. */
export const eye = (n: number, options: TensorOptions = {}): Tensor =>
  fromReal('eye', [n, n], options, (data) => {
    for (let i = 0; i < n; i++) data[i * n + i] = 1
  })

/** Fills a new real array; a complex one has these numbers as its real parts. */
function fromReal(name: string, shape: Shape, options: TensorOptions, fill: (data: RealArray) => void): Tensor {
  checkShape(shape)
  const { dtype = 'float32', backend } = checkTensorOptions(name, options)
  checkDType(dtype)
  const rest = backend === undefined ? {} : { backend }
  const data = realArray(realOf(dtype), sizeOf(shape))
  fill(data)
  return isComplex(dtype) ? scope(() => complex(tensor(data, shape, rest))) : tensor(data, shape, rest)
}

/**
 * Independent normal numbers of mean 0 and deviation 1 from a seeded stream; of complex ones each part is such a
 * number.
 */
export const randomNormal = (shape: Shape, random: Random, options: TensorOptions = {}): Tensor =>
  drawn('randomNormal', shape, random, options, (out) => random.fillNormal(out))

/** Independent uniform numbers in [0, 1) from a seeded stream; of complex ones each part is such a number. */
export const randomUniform = (shape: Shape, random: Random, options: TensorOptions = {}): Tensor =>
  drawn('randomUniform', shape, random, options, (out) => random.fillUniform(out))

function drawn(
  name: string,
  shape: Shape,
  random: Random,
  options: TensorOptions,
  fill: (out: RealArray) => RealArray,
): Tensor {
  checkShape(shape)
  checkArgument(`${name}: random`, random, aRandom)
  const { dtype = 'float32' } = checkTensorOptions(name, options)
  checkDType(dtype)
  return tensor(fill(realArray(realOf(dtype), sizeOf(shape) * stepOf(dtype))), shape, options)
}

/**
 * The same array owned by another back end: itself if it is there already, else a contiguous copy. Throws `DTypeError`
 * if it is on a device: there, `tensor(await x.read(), x.shape, { dtype: x.dtype, backend })`.
 */
export function onBackend(x: Tensor, backend: Backend): Tensor {
  checkTensor('onBackend', x)
  checkArgument('onBackend: backend', backend, aBackend)
  if (x.backend === backend) return x
  const data = x.asTypedArray()
  const adopted = backend.adopt(data)
  // a back end that took the memory as it is would share it with x's own
  const buffer = adopted.data === data ? backend.adopt(data.slice()) : adopted
  const there = new Tensor(backend, wholeView(track(backend, buffer), x.dtype, x.shape))
  return differentiable(there, [x, (g) => onBackend(g, x.backend)])
}
