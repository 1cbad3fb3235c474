// Arrays made from a rule instead of data.
import type { Backend } from './backend.ts'
import { isComplex, realArray, realOf } from './dtype.ts'
import type { Random } from './random.ts'
import { type Shape, sizeOf } from './shape.ts'
import { type Tensor, type TensorOptions, empty, tensor } from './tensor.ts'

/** An array of zeros. */
export const zeros = (shape: Shape, options?: TensorOptions): Tensor => empty(shape, options)

/** An array filled with one real number. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  const { dtype = 'float32', backend } = options
  const data = realArray(realOf(dtype), sizeOf(shape)).fill(value)
  const real = tensor(data, shape, backend ? { backend } : {})
  if (!isComplex(dtype)) return real
  const out = empty(shape, options)
  out.backend.copy(real, out.real)
  return out
}

/** An array of ones. */
export const ones = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 1, options)

/** start, start + step, … below `stop`. */
export function arange(start: number, stop: number, step = 1, options: TensorOptions = {}): Tensor {
  const count = Math.max(0, Math.ceil((stop - start) / step))
  return tensor(
    Array.from({ length: count }, (_, i) => start + i * step),
    [count],
    options,
  )
}

/** The identity matrix of n rows. */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  const data = realArray(realOf(options.dtype ?? 'float32'), n * n)
  for (let i = 0; i < n; i++) data[i * n + i] = 1
  return tensor(data, [n, n], options)
}

/** Independent normal numbers of mean 0 and deviation 1 from a seeded stream. */
export function randomNormal(shape: Shape, random: Random, options: TensorOptions = {}): Tensor {
  return tensor(random.fillNormal(realArray(realOf(options.dtype ?? 'float32'), sizeOf(shape))), shape, options)
}

/** Independent uniform numbers in [0, 1) from a seeded stream. */
export function randomUniform(shape: Shape, random: Random, options: TensorOptions = {}): Tensor {
  return tensor(random.fillUniform(realArray(realOf(options.dtype ?? 'float32'), sizeOf(shape))), shape, options)
}

/** The same array owned by another back end: itself if it is there already, else a contiguous copy. */
export function onBackend(x: Tensor, backend: Backend): Tensor {
  if (x.backend === backend) return x
  const out = empty(x.shape, { dtype: x.dtype, backend })
  const host = backend.adopt(x.toTypedArray())
  backend.copy({ ...out, buffer: host }, out)
  backend.release(host)
  return out
}
