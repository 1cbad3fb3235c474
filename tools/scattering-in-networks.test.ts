// A scattering transform between the layers of a network, on every back end: trained layers before and after what is not learned.
import { conv2d, flatten, linear, network, relu, sequential, tanh } from '@scatterlab/nn'
import { scattering2d } from '@scatterlab/scattering'
import {
  type Backend,
  type RealDType,
  type Tensor,
  onBackend,
  random,
  reference,
  square,
  sum,
  tensor,
  valueAndGrad,
} from '@scatterlab/tensor'
import { expectClose } from '@scatterlab/testing'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it } from 'vitest'

type Numbers = Readonly<Record<string, Float64Array>>

const SHAPE = [2, 2, 16, 16] as const
const before = network(sequential({ conv: conv2d({ channels: 3, size: 3, padding: 1 }), tanh: tanh() }), [2, 16, 16])
const options = { shape: [16, 16], scales: 2, orientations: 3 } as const
const after = network(
  sequential({ flatten: flatten(), fc1: linear({ units: 5 }), relu: relu(), fc2: linear({ units: 2 }) }),
  [3, ...scattering2d(options).outputShape],
)
const noise = (length: number): Float64Array => random(1).fillNormal(new Float64Array(length)) as Float64Array

/** The loss and its gradients in the images and in all weights, by name. */
function run(
  backend: Backend,
  dtype: RealDType,
): { readonly loss: number; readonly gradients: Numbers; at: (x: Float64Array) => number } {
  const scatter = scattering2d({ ...options, backend })
  const weights = [before, after].map((part, i) => part.initialise(random(i), { dtype, backend }))
  const images = (data: Float64Array): Tensor =>
    onBackend(tensor(dtype === 'float64' ? data : Float32Array.from(data), SHAPE), backend)
  const names = [before, after].map((part) => Object.keys(part.parameters))
  const L = (variables: Record<string, Tensor>): Tensor => {
    const own = (i: number) => ({
      parameters: Object.fromEntries(names[i].map((name) => [name, variables[`${i} ${name}`]])),
      state: weights[i].state,
    })
    const maps = before.forward(own(0), variables.x)
    return sum(square(after.forward(own(1), scatter.apply(maps))))
  }
  const all = (x: Float64Array): Record<string, Tensor> => ({
    x: images(x),
    ...Object.fromEntries(names.flatMap((of, i) => of.map((name) => [`${i} ${name}`, weights[i].parameters[name]]))),
  })
  const { value, gradient } = valueAndGrad(L)(all(noise(1024)))
  const gradients = Object.fromEntries(
    Object.entries(gradient).map(([name, g]) => [name, Float64Array.from(g.toTypedArray())]),
  )
  return { loss: value.item(), gradients, at: (x) => L(all(x)).item() }
}

const exact = run(reference, 'float64')

it('has the slope of differences in double precision, through layers before and after', () => {
  const [x, direction] = [noise(1024), noise(2048).subarray(1024)]
  const step = 1e-6
  const moved = (t: number): number => exact.at(x.map((v, i) => v + t * direction[i]))
  const along = exact.gradients.x.reduce((total, g, i) => total + g * direction[i], 0)
  expect(Math.abs(along)).toBeGreaterThan(1e-3)
  expectClose(along, (moved(step) - moved(-step)) / (2 * step), { relative: 1e-5, absolute: 1e-8 })
})

describe.each<[string, () => Backend]>([
  ['reference', () => reference],
  ['wasm, two threads', () => createWasmBackend({ threads: 2 })],
  ['wasm, one thread', () => createWasmBackend({ threads: 1 })],
])('%s', (_, create) => {
  it('gives every gradient of double precision, in single', () => {
    const { loss, gradients } = run(create(), 'float32')
    expectClose(loss, exact.loss, { relative: 1e-5 })
    for (const [name, expected] of Object.entries(exact.gradients)) {
      const size = Math.max(...expected.map(Math.abs))
      expect(size, name).toBeGreaterThan(0)
      // a few thousand roundings, relative to the largest
      expectClose(gradients[name], expected, { absolute: 2e-5 * size })
    }
  })
})
