import type { Optimizer, Schedule } from '@scatterlab/optim'
import { sgdUpdate } from '@scatterlab/tensor/operations'
import { type Tensor, random, scope, sub, sum, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import {
  type Batch,
  type FitEvent,
  type FitOptions,
  type Layer,
  type Network,
  type Pass,
  type Weights,
  batchNorm,
  conv2d,
  decodeSafetensors,
  dropout,
  evaluate,
  fit,
  flatten,
  linear,
  meanSquare,
  network,
  relu,
  sequential,
  trainingStep,
} from '../index.ts'

const momentum = (rate: number): Optimizer => ({
  rate,
  init: (parameters) => ({
    step: 0,
    tensors: Object.fromEntries(
      Object.entries(parameters).map(([name, w]) => [`velocity/${name}`, zerosLike(w)] as const),
    ),
  }),
  update(parameters, gradients, state, options = {}) {
    for (const [name, w] of Object.entries(parameters)) {
      // as bias corrections do, this depends on the optimizer's own count of steps
      const setting = { rate: (options.rate ?? rate) / (1 + state.step / 500), momentum: 0.9, decay: 0.0005 }
      sgdUpdate(w.backend, w, state.tensors[`velocity/${name}`], gradients[name], setting)
    }
    return { ...state, step: state.step + 1 }
  },
})

const zerosLike = ({ size, shape, dtype, backend }: Tensor): Tensor =>
  tensor(dtype === 'float64' ? new Float64Array(size) : new Float32Array(size), shape, { backend })

/** Halves the rate after two epochs without a better metric, and lets it fall slowly besides. */
const plateau: Schedule<{ best: number | null; waited: number; falls: number }> = {
  initial: { best: null, waited: 0, falls: 0 },
  rate: (base, step, { falls }) => (base * 0.5 ** falls) / (1 + step / 1000),
  observe(metric, { best, waited, falls }) {
    if (best === null || metric < best) return { best: metric, waited: 0, falls }
    return waited + 1 < 2 ? { best, waited: waited + 1, falls } : { best, waited: 0, falls: falls + 1 }
  },
}

const small = (extra: Record<string, Layer> = {}): Network =>
  network(
    sequential({
      conv: conv2d({ channels: 4, size: 3, bias: false }),
      bn: batchNorm(),
      relu: relu(),
      flatten: flatten(),
      drop: dropout(),
      ...extra,
      head: linear({ units: 3 }),
    }),
    [1, 6, 6],
  )

/** Images of noise around one of three patterns. */
function* patterns(items: number, size: number, draw = random('set')): Generator<Batch<number[]>> {
  for (let at = 0; at < items; at += size) {
    const labels = Array.from({ length: Math.min(size, items - at) }, () => draw.integer(0, 3))
    const data = Float32Array.from({ length: labels.length * 36 }, (_, i) => {
      const label = labels[Math.floor(i / 36)]
      return Number(Math.floor((i % 36) / 12) === label) + 0.4 * draw.normal()
    })
    yield { images: { data, shape: [labels.length, 1, 6, 6] }, labels }
  }
}

const recipe = (change: Partial<FitOptions<number[]>> = {}): FitOptions<number[]> => ({
  batches: ({ random }) => patterns(40, 8, random),
  validation: () => patterns(30, 16),
  optimizer: momentum(0.05),
  schedule: plateau,
  seed: 7,
  ...(change.steps === undefined && { epochs: 4 }),
  ...change,
})

const numbers = ({ parameters, state }: Weights): Record<string, number[]> =>
  Object.fromEntries(Object.entries({ ...parameters, ...state }).map(([name, x]) => [name, [...x.toTypedArray()]]))

/** Runs with checkpoints; gives the last file and the losses of every step. */
async function run(net: Network, change: Partial<FitOptions<number[]>> = {}) {
  const files: Uint8Array[] = []
  const losses: number[] = []
  const events: FitEvent[] = []
  const onProgress = (event: FitEvent): void => {
    events.push(event)
    if (event.kind === 'step') losses[event.step - 1] = event.loss
  }
  const ended = await fit(net, {
    ...recipe({ onProgress, ...change }),
    checkpoint: {
      every: change.checkpoint?.every ?? 'epoch',
      save(bytes, info) {
        files.push(bytes)
        return change.checkpoint?.save(bytes, info)
      },
    },
  }).catch((error: unknown) => error)
  return { result: ended as Awaited<ReturnType<typeof fit>>, error: ended, files, losses, events }
}

/** The checkpoint of a run that failed right after it was saved. */
async function fileAfter(at: number, net: Network, change: Partial<FitOptions<number[]>> = {}): Promise<Uint8Array> {
  const failure = new Error('power cut')
  const { files, error } = await run(net, {
    ...change,
    checkpoint: {
      every: at,
      save() {
        throw failure
      },
    },
  })
  expect(error).toBe(failure)
  expect(files.length).toBe(1)
  return files[0]
}

describe('fit', () => {
  it('learns, and tells how it goes', async () => {
    const { result, events } = await run(small(), { epochs: 8 })
    expect(result.history.at(-1)!.validation!.errorRate).toBeLessThan(0.05)
    expect(result.history[0].loss).toBeGreaterThan(2 * result.history[7].loss)
    expect(result).toMatchObject({ step: 40, epoch: 8, stopped: 'epochs' })
    const steps = events.filter((event) => event.kind === 'step')
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(steps[7]).toMatchObject({ epoch: 1, batch: 3, images: 24, rate: 0.05 / 1.007, totalSteps: 40 })
    expect(steps[0]).toMatchObject({ totalSteps: null, secondsLeft: null })
    expect(steps[7].imagesPerSecond).toBeGreaterThan(0)
    expect(steps[39].secondsLeft).toBe(0)
    const epochs = events.filter((event) => event.kind === 'epoch')
    expect(epochs).toMatchObject(result.history)
    expect(events.filter((event) => event.kind === 'checkpoint').length).toBe(8)
  })

  it('is the same run for the same seed, another for another', async () => {
    const [a, b, c] = [await run(small()), await run(small()), await run(small(), { seed: 8 })]
    expect(numbers(a.result.weights)).toEqual(numbers(b.result.weights))
    expect(a.losses).toEqual(b.losses)
    expect(a.losses[0]).not.toBe(c.losses[0])
  })

  it('is what the plain loop gives', async () => {
    const net = small()
    const weights = net.initialise(random('7/weights'))
    const optimizer = momentum(0.05)
    const rateOf = (step: number): number => plateau.rate(0.05, step, plateau.initial)
    let state = optimizer.init(weights.parameters)
    const losses: number[] = []
    for (const batch of patterns(40, 8, random('7/batches/0'))) {
      scope(() => {
        const dropout = random(`7/dropout/${losses.length}`)
        const { loss, gradients } = trainingStep(net, weights, batch, { random: dropout })
        state = optimizer.update(weights.parameters, gradients, state, { rate: rateOf(losses.length) })
        losses.push(loss.item())
      })
    }
    const { result, losses: ours } = await run(net, { epochs: 1 })
    expect(ours).toEqual(losses)
    expect(numbers(result.weights)).toEqual(numbers(weights))
    const { loss, errors, total } = await evaluate(net, weights, patterns(30, 16))
    expect(result.history[0].validation).toEqual({ loss, errors, total, errorRate: errors / total })
  })

  it('gives the mean training loss over the items of an epoch, however they are cut', async () => {
    // 19 items in batches of 8, 8 and 3
    const batches = ({ random }: Pass) => patterns(19, 8, random)
    const mean = (losses: readonly number[]): number => (8 * losses[0] + 8 * losses[1] + 3 * losses[2]) / 19
    const whole = await run(small(), { batches, epochs: 2 })
    expect(whole.losses.length).toBe(6)
    expect(whole.losses[2]).not.toBeCloseTo(mean(whole.losses), 2)
    const epochs = [mean(whole.losses), mean(whole.losses.slice(3))]
    // sums of three terms, one of them rounded otherwise
    whole.result.history.forEach(({ loss }, epoch) => expect(Math.abs(loss / epochs[epoch] - 1)).toBeLessThan(1e-15))
    const cut = await run(small(), { batches, steps: 5 })
    const partial = (8 * whole.losses[3] + 8 * whole.losses[4]) / 16
    expect(cut.result.history[1].loss).toBeCloseTo(partial, 14)
    const resumed = await run(small(), { batches, epochs: 2, resume: await fileAfter(4, small(), { batches }) })
    expect(resumed.result.history.map(({ loss }) => loss)).toEqual(whole.result.history.map(({ loss }) => loss))
  })

  it('takes grey images without their channel, and arrays of other types', async () => {
    const net = small()
    const forms = [
      ({ data }: { data: Float32Array }) => ({ data, shape: [data.length / 36, 6, 6] }),
      ({ data }: { data: Float32Array }) => tensor(Float64Array.from(data), [data.length / 36, 1, 6, 6]),
      ({ data }: { data: Float32Array }) => tensor(data, [data.length / 36, 6, 6]),
    ]
    const { losses } = await run(net, { epochs: 1 })
    for (const form of forms) {
      const batches = ({ random }: Pass) =>
        [...patterns(40, 8, random)].map((b) => ({ ...b, images: form(b.images as never) }))
      expect((await run(net, { epochs: 1, batches })).losses).toEqual(losses)
    }
    const sideways = { images: { data: new Float32Array(36), shape: [1, 36] }, labels: [0] }
    expect((await run(net, { batches: () => [sideways] })).error).toMatchObject({ code: 'SHAPE' })
  })

  it('trains given weights in place, with another loss', async () => {
    const net = network(sequential({ head: linear({ units: 1 }) }), [2])
    const weights = net.initialise(random(1), { dtype: 'float64' })
    const x = new Float64Array([1, 0, 0, 1, 1, 1])
    const target = tensor(new Float64Array([2, 3, 5]), [3, 1])
    const { weights: trained, history } = await fit(net, {
      weights,
      batches: () => [{ images: { data: x, shape: [3, 2] }, labels: target }],
      validation: () => [{ images: tensor(x, [3, 2]), labels: target }],
      loss: meanSquare,
      optimizer: momentum(0.05),
      epochs: 400,
    })
    expect(trained).toBe(weights)
    // weight decay holds the solution (2, 3) a little back
    weights.parameters['head.weight'].toTypedArray().forEach((w, i) => expect(w).toBeCloseTo([2, 3][i], 1))
    expect(history.at(-1)!.validation!.errors).toBeNaN()
    expect(history.at(-1)!.metric).toBe(history.at(-1)!.validation!.loss)
  })

  it('stops when patience ends, with the weights of the best epoch', async () => {
    const metrics = [0.5, 0.3, 0.4, 0.3, 0.2]
    const kept: Record<string, number[]>[] = []
    const net = small()
    const weights = net.initialise(random(3))
    const { result } = await run(net, {
      epochs: 9,
      patience: 2,
      weights,
      metric: ({ epoch }) => metrics[epoch],
      onProgress: (event) => void (event.kind === 'epoch' && kept.push(numbers(weights))),
    })
    expect(result).toMatchObject({ epoch: 4, step: 20, stopped: 'patience', best: { epoch: 1, metric: 0.3 } })
    expect(kept[1]).not.toEqual(kept[3])
    expect(numbers(weights)).toEqual(kept[1])
  })

  it('lowers the rate as the schedule says, and clips', async () => {
    const net = small()
    const { events } = await run(net, { epochs: 6, metric: () => 1 })
    const rates = events.flatMap((event) => (event.kind === 'step' && event.batch === 1 ? [event.rate] : []))
    rates.forEach((rate, epoch) =>
      expect(rate).toBeCloseTo([0.05, 0.05, 0.05, 0.025, 0.025, 0.0125][epoch] / (1 + epoch / 200), 15),
    )
    const still = await run(net, {
      epochs: 1,
      optimizer: { ...momentum(0.05), update: (_, gradients, state) => (seen.push(gradients.zero), state) },
      clip: (gradients) => {
        for (const g of Object.values(gradients)) sub.into(g, g, g)
        seen.push(sum(gradients['head.weight']))
      },
    })
    expect(still.result.step).toBe(5)
    expect(seen.length).toBe(10)
  })
  const seen: unknown[] = []
})

describe('a resumed run', () => {
  it.each([1, 5, 7, 12, 20])('from step %d on is the uninterrupted one, bit for bit', async (at) => {
    const net = small()
    const whole = await run(net, { patience: 3 })
    const bytes = await fileAfter(at, net, { patience: 3 })
    const rest = await run(net, { patience: 3, resume: bytes })
    expect(numbers(rest.result.weights)).toEqual(numbers(whole.result.weights))
    expect(rest.losses.slice(at)).toEqual(whole.losses.slice(at))
    const timeless = ({ history }: typeof whole.result) => history.map((record) => ({ ...record, seconds: 0 }))
    expect(timeless(rest.result)).toEqual(timeless(whole.result))
    expect(rest.result.best).toEqual(whole.result.best)
    const arrays = (file: Uint8Array) => decodeSafetensors(file).tensors
    expect(arrays(rest.files.at(-1)!)).toEqual(arrays(whole.files.at(-1)!))
    expect(rest.events.some((event) => event.kind === 'step' && event.step <= at)).toBe(false)
  })

  it('goes on with what the schedule remembers', async () => {
    // the best epoch is the first, so that the rate halves after the third
    const change = { metric: ({ epoch }: { epoch: number }) => epoch, epochs: 5 }
    const whole = await run(small(), change)
    const rates = whole.result.history.map(({ rate }) => rate)
    expect(rates[3]).toBeLessThan(0.6 * rates[2])
    for (const at of [7, 12, 17]) {
      const rest = await run(small(), { ...change, resume: await fileAfter(at, small(), change) })
      expect(rest.result.history.map(({ rate }) => rate)).toEqual(rates)
      expect(numbers(rest.result.weights)).toEqual(numbers(whole.result.weights))
    }
  })

  it('that has ended ends at once', async () => {
    const { files, result } = await run(small())
    const again = await run(small(), { resume: files.at(-1)! })
    expect(again.events).toEqual([])
    expect(numbers(again.result.weights)).toEqual(numbers(result.weights))
    expect(again.result.history).toEqual(result.history)
  })

  it('has a last checkpoint at whatever step it ends', async () => {
    for (const end of [{ steps: 10 }, { steps: 8 }, { epochs: 2 }]) {
      const { files, result } = await run(small(), { ...end, checkpoint: { every: 7, save: () => {} } })
      const bias = decodeSafetensors(files.at(-1)!).tensors['head.bias'].data
      expect(bias, JSON.stringify(end)).toEqual(result.weights.parameters['head.bias'].toTypedArray())
    }
  })

  it('goes on to more steps, the partial epoch before its end not counted', async () => {
    const whole = await run(small(), { steps: 18 })
    const first = await run(small(), { steps: 8 })
    expect(first.result).toMatchObject({ step: 8, epoch: 1, stopped: 'steps' })
    expect(first.result.history.map(({ complete }) => complete)).toEqual([true, false])
    const rest = await run(small(), { steps: 18, resume: first.files.at(-1)! })
    expect(numbers(rest.result.weights)).toEqual(numbers(whole.result.weights))
    expect(rest.result.history.length).toBe(4)
  })
})
