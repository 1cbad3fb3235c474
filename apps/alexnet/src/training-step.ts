// A few training steps of the full-size network on one small batch, timed. It shows that the network computes and learns here; it
// trains nothing.
import { type Network, type Weights, crossEntropy } from '@scatterlab/nn'
import type { Optimizer } from '@scatterlab/optim'
import type { Phase } from '@scatterlab/repro'
import { type Backend, type RealArray, type Tensor, random, scope, tensor, valueAndGrad } from '@scatterlab/tensor'

/** What the steps took and did. */
export interface StepTimes {
  readonly images: number
  /** Shortest of the passes. */
  readonly forwardSeconds: number
  /** Shortest of the steps, each forward, backward and update. */
  readonly stepSeconds: number
  /** Loss before each step, and after the last. */
  readonly losses: readonly number[]
}

/** A batch as numbers. */
export interface Images {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** How the network is stepped. */
export interface StepOptions {
  readonly backend: Backend
  readonly optimizer: Optimizer
  readonly steps: number
  readonly seed: number
  /** Advances by one with each pass and each step. */
  readonly phase: Phase
}

/**
 * A forward pass without dropout, then `steps` times: the gradient, the rule of the optimizer, a forward pass. The losses are those
 * without dropout.
 */
export async function timeSteps(
  network: Network,
  images: Images,
  labels: ArrayLike<number>,
  { backend, optimizer, steps, seed, phase }: StepOptions,
): Promise<StepTimes> {
  const stream = random(`${seed} steps of the full-size network`)
  const weights = network.initialise(stream.split(), { backend })
  const { parameters, state } = weights
  const x = tensor(images.data, images.shape, { backend })
  let memory = optimizer.init(parameters)

  const learn = async (): Promise<number> => {
    const began = performance.now()
    const [loss, next] = scope(() => {
      const objective = (p: Weights['parameters']): Tensor =>
        crossEntropy(network.forward({ parameters: p, state }, x, { training: true, random: stream }), labels)
      const { value, gradient } = valueAndGrad(objective)(parameters)
      return [value, optimizer.update(parameters, gradient, memory)] as const
    })
    memory = next
    await readOnce(loss)
    return seconds(began)
  }
  const look = async (): Promise<{ readonly loss: number; readonly took: number }> => {
    const began = performance.now()
    const logits = scope(() => network.forward(weights, x))
    await logits.read()
    const took = seconds(began)
    return { loss: await readOnce(scope(() => crossEntropy(logits, labels))), took }
  }

  const passes = [await look()]
  phase.advance()
  const took: number[] = []
  for (let step = 0; step < steps; step++) {
    took.push(await learn())
    phase.advance()
    passes.push(await look())
    phase.advance()
  }
  for (const array of [x, ...Object.values(parameters), ...Object.values(memory.tensors)]) backend.release(array.buffer)
  return {
    images: images.shape[0],
    forwardSeconds: Math.min(...passes.map((pass) => pass.took)),
    stepSeconds: Math.min(...took),
    losses: passes.map((pass) => pass.loss),
  }
}

const seconds = (since: number): number => (performance.now() - since) / 1000

async function readOnce(x: Tensor): Promise<number> {
  const [value] = (await x.read()) as RealArray
  x.backend.release(x.buffer)
  return value
}
