// The same network on every back end: its results, its loss and every gradient, against the reference in double precision.
// No single package may test this, since nn does not know who computes.
import {
  type Network,
  averagePool,
  batchNorm,
  conv2d,
  crossEntropy,
  dropout,
  flatten,
  leakyRelu,
  linear,
  maxPool,
  modulus,
  network,
  relu,
  residual,
  responseNorm,
  sequential,
  sigmoid,
  subsampleAndPad,
  tanh,
  transposedConv2d,
} from '@scatterlab/nn'
import {
  type Backend,
  type Named,
  type RealArray,
  type Tensor,
  random,
  reference,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it } from 'vitest'

const side = 20
const items = 9
const labels = Array.from({ length: items }, (_, i) => i % 5)

/** Every kind of layer that a lecture's network has, with steps that do not come out even. */
const net = network(
  sequential({
    conv1: conv2d({ channels: 12, size: 5, stride: 2, padding: 2 }),
    relu1: relu(),
    norm1: responseNorm({ alpha: 0.1 }),
    pool1: maxPool({ size: 3, stride: 2, ceil: true }),
    layer1: residual({
      body: sequential({
        conv1: conv2d({ channels: 12, size: 3, padding: 1, bias: false }),
        bn1: batchNorm(),
        leaky: leakyRelu({ slope: 0.1 }),
        conv2: conv2d({ channels: 12, size: 3, padding: 2, dilation: 2, groups: 3, bias: false }),
        bn2: batchNorm(),
      }),
      after: relu(),
    }),
    layer2: residual({
      body: sequential([conv2d({ channels: 16, size: 3, stride: 2, padding: 1 }), tanh()]),
      shortcut: subsampleAndPad({ channels: 16, stride: 2 }),
    }),
    up: transposedConv2d({ channels: 8, size: 4, stride: 2, padding: 1 }),
    modulus: modulus(),
    norm2: responseNorm({ convention: 'caffe', alpha: 0.5 }),
    pool2: averagePool({ size: 3, stride: 2, padding: 1 }),
    sigmoid: sigmoid(),
    flatten: flatten(),
    drop: dropout({ rate: 0 }),
    fc: linear({ units: 5 }),
  }),
  [3, side, side],
)

interface Found {
  readonly outputs: RealArray
  readonly loss: number
  /** Of every parameter, and of the images. */
  readonly gradients: Readonly<Record<string, RealArray>>
  readonly state: Readonly<Record<string, RealArray>>
}

function pass(network: Network, backend: Backend, dtype: 'float32' | 'float64', training: boolean): Found {
  const { parameters, state } = network.initialise(random(1), { dtype, backend })
  const images = random(2).fillNormal(new Float64Array(items * 3 * side * side))
  const x = tensor(images, [items, 3, side, side], { dtype, backend })
  const lossOf = ({ images, ...rest }: Named): [Tensor, Tensor] => {
    const outputs = network.forward({ parameters: rest, state }, images, { training })
    return [crossEntropy(outputs, labels), outputs]
  }
  const { value, gradient } = valueAndGrad(lossOf)({ ...parameters, images: x })
  const numbers = (arrays: Named): Record<string, RealArray> =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.toTypedArray().slice()]))
  const [loss, outputs] = value
  return {
    outputs: outputs.toTypedArray().slice(),
    loss: loss.item(),
    gradients: numbers(gradient),
    state: numbers(state),
  }
}

const norm = (a: RealArray): number => Math.hypot(...a)
const relativeError = (a: RealArray, b: RealArray): number =>
  norm(Float64Array.from(a, (v, i) => v - b[i])) / Math.max(norm(b), Number.MIN_VALUE)

const backEnds: [string, () => Backend][] = [
  ['reference', () => reference],
  ['wasm, two threads', () => createWasmBackend({ threads: 2 })],
  ['wasm, deterministic', () => createWasmBackend({ deterministic: true, threads: 1 })],
]

describe.each(backEnds)('a network on %s', (_, create) => {
  it.each([true, false])('agrees with double precision in every gradient, training %s', (training) => {
    const exact = pass(net, reference, 'float64', training)
    const found = pass(net, create(), 'float32', training)
    // rounding of 17 layers in single precision, with no number near a kink
    expect(relativeError(found.outputs, exact.outputs)).toBeLessThan(1e-6)
    expect(Math.abs(found.loss - exact.loss)).toBeLessThan(1e-6)
    for (const [name, g] of Object.entries(exact.gradients)) {
      expect(relativeError(found.gradients[name], g), `gradient of ${name}`).toBeLessThan(3e-6)
    }
    for (const [name, s] of Object.entries(exact.state)) {
      expect(relativeError(found.state[name], s), name).toBeLessThan(1e-6)
    }
  })
})

it('the fast back end computes all of it itself', () => {
  const backend = createWasmBackend({ threads: 1 })
  pass(net, backend, 'float32', true)
  expect([...backend.declined.keys()]).toEqual([])
})
