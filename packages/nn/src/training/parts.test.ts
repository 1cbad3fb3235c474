import { type Optimizer, mixed, muon, sgd } from '@scatterlab/optim'
import { type Tensor, random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { countingBackend } from '../counting.test.backend.ts'
import {
  type Batch,
  type ClassLabels,
  batchNorm,
  conv2d,
  fit,
  flatten,
  linear,
  network,
  relu,
  sequential,
  trainingStep,
} from '../index.ts'

const layers = { conv: conv2d({ channels: 3, size: 3 }), relu: relu() }
const net = network(sequential({ ...layers, flatten: flatten(), head: linear({ units: 4 }) }), [2, 6, 6])
const withNorm = network(
  sequential({ conv: layers.conv, bn: batchNorm(), relu: relu(), flatten: flatten(), head: linear({ units: 4 }) }),
  [2, 6, 6],
)

const batch = (items: number, seed = 1) => ({
  images: { data: random(seed).fillNormal(new Float64Array(items * 72)), shape: [items, 2, 6, 6] },
  labels: Array.from({ length: items }, (_, i) => i % 4),
})

describe('a batch in parts', () => {
  const weights = net.initialise(random(2), { dtype: 'float64' })
  const whole = trainingStep(net, weights, batch(11))

  it.each([1, 2, 4, 7, 10, 11, 50])('of at most %d items gives the loss and the gradients of the whole', (atOnce) => {
    const { loss, gradients } = trainingStep(net, weights, batch(11), { atOnce })
    expect(loss.item()).toBeCloseTo(whole.loss.item(), 13)
    for (const [name, g] of Object.entries(gradients)) {
      const expected = whole.gradients[name].toTypedArray()
      g.toTypedArray().forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-13))
    }
  })

  it('cuts labels and images of every kind', () => {
    const { images, labels } = batch(11)
    const oneHot = {
      data: Float64Array.from({ length: 44 }, (_, i) => Number(labels[Math.floor(i / 4)] === i % 4)),
      shape: [11, 4],
    }
    const forms: Batch<ClassLabels>[] = [
      { images: tensor(images.data, images.shape), labels: Uint8Array.from(labels) },
      { images, labels: oneHot },
    ]
    for (const form of forms) {
      expect(trainingStep<ClassLabels>(net, weights, form, { atOnce: 3 }).loss.item()).toBeCloseTo(
        whole.loss.item(),
        13,
      )
    }
    const own = { loss: (y: Tensor) => y.slice([0, 1], [0, 1]).reshape(), atOnce: 3 }
    expect(() => trainingStep<unknown>(net, weights, { images, labels: new Map() }, own)).toThrow(
      'give labels as a list',
    )
  })

  it('needs the memory of one part', () => {
    const most = (atOnce: number): number => {
      const backend = countingBackend()
      const own = net.initialise(random(2), { backend })
      let largest = 0
      const { allocate } = backend
      backend.allocate = (dtype, length) => {
        largest = Math.max(largest, length)
        return allocate.call(backend, dtype, length)
      }
      trainingStep(net, own, batch(12), { atOnce })
      return largest
    }
    // the largest array is the result of the convolution, 3×4×4 numbers for each image
    expect(most(12)).toBe(12 * 48)
    expect(most(6)).toBe(6 * 48)
  })

  it('takes the moments of each part, and moves the running ones by each', () => {
    const own = withNorm.initialise(random(2), { dtype: 'float64' })
    const reference = withNorm.initialise(random(2), { dtype: 'float64' })
    const { images, labels } = batch(8)
    trainingStep(withNorm, own, { images, labels }, { atOnce: 4 })
    for (const [begin, end] of [
      [0, 4],
      [4, 8],
    ]) {
      const part = { data: images.data.subarray(begin * 72, end * 72), shape: [4, 2, 6, 6] }
      trainingStep(withNorm, reference, { images: part, labels: labels.slice(begin, end) })
    }
    expect(own.state['bn.running_mean'].toTypedArray()).toEqual(reference.state['bn.running_mean'].toTypedArray())
    expect(own.state['bn.running_var'].toTypedArray()).toEqual(reference.state['bn.running_var'].toTypedArray())
  })
})

describe('parameters that stand still', () => {
  const deep = network(
    sequential({
      conv1: conv2d({ channels: 3, size: 3 }),
      conv2: conv2d({ channels: 3, size: 3 }),
      flatten: flatten(),
      head: linear({ units: 4 }),
    }),
    [2, 6, 6],
  )

  /** The gradients, and the operations that made them. */
  const step = (trained?: (name: string) => boolean) => {
    const backend = countingBackend()
    const names: string[] = []
    const { run } = backend
    backend.run = (record, args) => {
      names.push(record.title)
      run(record, args)
    }
    const weights = deep.initialise(random(2), { backend })
    const { gradients } = trainingStep(deep, weights, batch(5), trained ? { trained } : {})
    return { gradients, names }
  }

  it('have no gradient, and nothing behind them is gone back to', () => {
    const [all, some] = [step(), step((name) => !name.startsWith('conv1'))]
    expect(Object.keys(some.gradients)).toEqual(['conv2.weight', 'conv2.bias', 'head.weight', 'head.bias'])
    for (const [name, g] of Object.entries(some.gradients))
      expect(g.toTypedArray()).toEqual(all.gradients[name].toTypedArray())
    expect(all.names.filter((name) => name === 'conv2dInputGradient')).toHaveLength(1)
    expect(some.names.filter((name) => name === 'conv2dInputGradient')).toHaveLength(0)
    expect(all.names.filter((name) => name === 'conv2dWeightsGradient')).toHaveLength(2)
    expect(some.names.filter((name) => name === 'conv2dWeightsGradient')).toHaveLength(1)
  })

  it('are not asked for by fit, which trains the others as ever', async () => {
    const seen: string[][] = []
    const run = (optimizer: Optimizer) =>
      fit(net, {
        weights: net.initialise(random(2)),
        batches: () => [batch(8)],
        optimizer,
        steps: 2,
        clip: (gradients) => seen.push(Object.keys(gradients)),
      })
    const groups = [{ match: /^conv/, rate: 0 }]
    const frozen = sgd({ rate: 0.1, groups })
    const { weights: some } = await run(frozen)
    const { trains: _, ...unaware } = frozen
    const { weights: same } = await run(unaware)
    expect(seen.map((names) => names.length)).toEqual([2, 2, 4, 4])
    for (const [name, x] of Object.entries(some.parameters))
      expect(x.toTypedArray()).toEqual(same.parameters[name].toTypedArray())
  })
})

describe('fit with smoothing, parts and Muon', () => {
  const run = async (steps: number, resume?: Uint8Array, change = {}) => {
    const files: Uint8Array[] = []
    const result = await fit(withNorm, {
      batches: ({ epoch }) => [batch(12, 2 * epoch), batch(12, 2 * epoch + 1)],
      validation: () => [batch(20, 99)],
      optimizer: mixed([
        { match: /conv\.weight/, optimizer: muon({ rate: 0.05, normalise: true }) },
        { match: /./, optimizer: sgd({ rate: 0.05, momentum: 0.9, velocity: 'gradients' }) },
      ]),
      steps,
      smoothing: 0.2,
      atOnce: 5,
      checkpoint: { every: 1, save: (bytes) => void files.push(bytes) },
      ...(resume && { resume }),
      ...change,
    })
    return { result, files }
  }

  it('goes on bit for bit from a checkpoint, within an epoch too', async () => {
    const whole = await run(6)
    for (const at of [1, 2, 3]) {
      const rest = await run(6, whole.files[at - 1])
      expect(rest.result.weights.parameters['conv.weight'].toTypedArray()).toEqual(
        whole.result.weights.parameters['conv.weight'].toTypedArray(),
      )
      expect(rest.result.history.map(({ loss }) => loss)).toEqual(whole.result.history.map(({ loss }) => loss))
    }
  })

  it('does not go on by other settings unless asked to', async () => {
    const { files } = await run(2)
    await expect(run(4, files[0], { smoothing: 0.1 })).rejects.toThrow('smoothing was 0.2 and is 0.1')
    await expect(run(4, files[0], { atOnce: 6 })).rejects.toThrow('atOnce was 5 and is 6')
    await expect(run(4, files[0], { smoothing: 0.1, acceptChanges: true })).resolves.toBeDefined()
  })

  it('smooths what is trained, not what is looked at', async () => {
    const [some, none] = [await run(1), await run(1, undefined, { smoothing: 0 })]
    expect(some.result.history[0].loss).not.toBe(none.result.history[0].loss)
    const labels = trainingStep(withNorm, withNorm.initialise(random('0/weights')), batch(12, 0), {
      smoothing: 0.2,
      atOnce: 5,
    })
    expect(some.result.history[0].loss).toBe(labels.loss.item())
    await expect(run(1, undefined, { loss: (y: Tensor) => y.slice([0, 1], [0, 1]).reshape() })).rejects.toThrow(
      'smoothing is for crossEntropy',
    )
  })
})
