// Element-wise functions, rectifiers and the optimizers' updates on the heap.
import { type View, kernel, sameShape } from '@scatterlab/tensor'
import { adamUpdate, map, relu, reluGradient, sgdUpdate, zip } from '@scatterlab/tensor/operations'
import type { Host, KernelSet } from '../host.ts'
import { double, single } from '../matmul/tile.ts'
import { copyOn } from './copies.ts'
import { elementwiseModule } from './elementwise.ts'
import { axesOf } from './strided.ts'
import { rowsForm, runsForm } from './strided-kernels.ts'
import { type PassName, passOrder, updatesModule } from './updates.ts'

/** Element-wise functions of real numbers of one precision (sums, differences and opposites also of complex ones), and updates in single precision. */
export const pointwiseKernels: KernelSet = (host) => {
  const elementwise = (bytes: 4 | 8): Record<string, unknown> =>
    host.strided.functions(`elementwise${bytes}`, (shared) => elementwiseModule(bytes === 4 ? single : double, shared))

  const runMap = (op: string, x: View, out: View): boolean => {
    if (op === 'conj' && x.imagStride === 0) return copyOn(host, x, out)
    if (x.imagStride !== 0 && op !== 'neg') return false
    const views = host.place([x, out])
    if (views === null || views[0]!.bytes !== views[1]!.bytes) return false
    const { bytes } = views[0]!
    if (elementwise(bytes)[`map_${op}`] === undefined) return false
    host.strided.run(`elementwise${bytes}`, `map_${op}`, rowsForm, views)
    return true
  }

  return [
    kernel(map, runMap),
    kernel(zip, (op, a, b, out) => {
      if (out.imagStride !== 0 && op !== 'add' && op !== 'sub') return false
      const views = host.place([a, b, out])
      if (views === null || views.some(({ bytes }) => bytes !== views[0]!.bytes)) return false
      const { bytes } = views[0]!
      if (elementwise(bytes)[`zip_${op}`] === undefined) return false
      host.strided.run(`elementwise${bytes}`, `zip_${op}`, { ...rowsForm, scratch: true }, views)
      return true
    }),
    kernel(relu, (x, out, slope) =>
      slope === 0 ? runMap('relu', x, out) : pass(host, 'leakyRelu', { out, x }, { slope, zero: 0 }),
    ),
    kernel(reluGradient, (x, gradOut, gradX, slope) => {
      const arrays = { out: gradX, x, gradient: gradOut }
      if (slope === 0) return pass(host, 'reluGradient', arrays, { zero: 0 })
      return pass(host, 'leakyReluGradient', arrays, { slope, zero: 0 })
    }),
    kernel(sgdUpdate, (w, velocity, gradient, { rate, momentum, decay, nesterov }) =>
      pass(host, nesterov ? 'nesterov' : 'sgd', { w, velocity, gradient }, { rate, momentum, decay: decay * rate }),
    ),
    kernel(adamUpdate, (w, mean, square, gradient, { rate, beta1, beta2, epsilon, decay, decoupled, step }) =>
      pass(
        host,
        'adam',
        { w, mean, square, gradient },
        {
          rate: rate / (1 - beta1 ** step),
          beta1,
          rest1: 1 - beta1,
          beta2,
          rest2: 1 - beta2,
          unbias: 1 / (1 - beta2 ** step),
          epsilon,
          decay: decoupled ? 0 : decay,
          kept: decoupled ? 1 - rate * decay : 1,
        },
      ),
    ),
  ]
}

/** Runs a pass over arrays of single precision whose innermost axes are contiguous. */
function pass(
  host: Host,
  name: PassName,
  arrays: Readonly<Record<string, View>>,
  constants: Readonly<Record<string, number>>,
): boolean {
  const order = passOrder(name)
  const views = host.place(order.filter((key) => key in arrays).map((key) => arrays[key]!))
  if (views === null) return false
  const { shape } = views[0]!
  if (views.some((view) => view.bytes !== 4 || !sameShape(view.shape, shape))) return false
  if (Object.values(arrays).some((view) => view.imagStride !== 0)) return false
  if (shape.includes(0)) return true
  const axes = axesOf(shape, views)
  if (axes.at(-1)?.steps.some((step) => step !== 4)) return false
  host.strided.functions('updates', updatesModule)
  const numbers = order.filter((key) => key in constants).map((key) => constants[key]!)
  host.strided.run('updates', name, { ...runsForm, constants: numbers }, views, axes)
  return true
}
