import type { Optimizer } from '@scatterlab/optim'
import { sgdUpdate } from '@scatterlab/tensor/operations'
import {
  type Backend,
  ShapeError,
  ValueError,
  differentiable,
  mul,
  random,
  stopGradient,
  tensor,
} from '@scatterlab/tensor'
import { sgd } from '@scatterlab/optim'
import { describe, expect, it } from 'vitest'
import { countingBackend } from '../counting.test.backend.ts'
import {
  type Batch,
  type FitOptions,
  type Layer,
  type Network,
  type Weights,
  CheckpointError,
  DivergedError,
  EmptyPassError,
  LabelError,
  batchNorm,
  conv2d,
  crossEntropy,
  dropout,
  encodeSafetensors,
  evaluate,
  fit,
  flatten,
  linear,
  loadWeights,
  network,
  relu,
  saveWeights,
  sequential,
  trainingStep,
} from '../index.ts'
import { deviceBackend } from '@scatterlab/testing'

/** w ← w − rate·g, and counts in an array of its own. */
const plain = (rate: number): Optimizer => ({
  rate,
  init: (parameters) => ({
    step: 0,
    tensors: { count: tensor(new Float32Array(1), [1], { backend: Object.values(parameters)[0].backend }) },
  }),
  update(parameters, gradients, state, options = {}) {
    for (const [name, w] of Object.entries(parameters)) {
      const velocity = mul(w, 0)
      sgdUpdate(w.backend, w, velocity, gradients[name], { rate: options.rate ?? rate })
    }
    return { ...state, step: state.step + 1 }
  },
})

const tiny = (middle: Record<string, Layer> = {}, channels = 2): Network =>
  network(
    sequential({
      conv: conv2d({ channels, size: 2 }),
      bn: batchNorm(),
      relu: relu(),
      flatten: flatten(),
      drop: dropout({ rate: 0.2 }),
      ...middle,
      head: linear({ units: 3 }),
    }),
    [1, 3, 3],
  )

const batch = (seed: number | string, items = 4): Batch<number[]> => {
  const draw = random(seed)
  return {
    images: { data: draw.fillNormal(new Float32Array(items * 9)), shape: [items, 1, 3, 3] },
    labels: Array.from({ length: items }, () => draw.integer(0, 3)),
  }
}

const pass = (count = 3): Batch<number[]>[] => Array.from({ length: count }, (_, i) => batch(i))

const numbers = ({ parameters, state }: Weights): Record<string, number[]> =>
  Object.fromEntries(Object.entries({ ...parameters, ...state }).map(([name, x]) => [name, [...x.toTypedArray()]]))

const failing = async (promise: Promise<unknown>): Promise<unknown> => {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`it went well: ${String(value)}`)
}

type Change = Partial<FitOptions<number[]>>
const start = (net: Network, change: Change = {}) =>
  fit(net, { batches: () => pass(), optimizer: plain(0.1), ...(!change.steps && { epochs: 3 }), ...change })

/** Passes on, but multiplies by what `factor` says at each call. */
function scaled(factor: (call: number) => number): Layer {
  let calls = 0
  return { kind: 'scaled', plan: (input) => ({ output: input }), forward: (x) => mul(x, factor(calls++)) }
}

describe('an aborted run', () => {
  it('ends between steps with the reason, its checkpoint saved first, and goes on from there', async () => {
    const net = tiny()
    const reason = new Error('enough')
    const whole = await start(net)
    for (const at of [1, 3, 5]) {
      const controller = new AbortController()
      const order: string[] = []
      let file: Uint8Array | undefined
      const error = await failing(
        start(net, {
          signal: controller.signal,
          onProgress: (event) => void (event.kind === 'step' && event.step === at && controller.abort(reason)),
          checkpoint: {
            save(bytes, { step }) {
              order.push(`saved ${step}`)
              file = bytes
            },
          },
        }),
      )
      expect(error).toBe(reason)
      expect(order.at(-1)).toBe(`saved ${at}`)
      const rest = await start(net, { resume: file! })
      expect(numbers(rest.weights)).toEqual(numbers(whole.weights))
    }
  })

  it('may be aborted by the batches, in validation, or before it begins', async () => {
    const controller = new AbortController()
    const steps: number[] = []
    const waiting = async function* (): AsyncGenerator<Batch<number[]>> {
      yield batch(0)
      controller.abort('in the pass')
      controller.signal.throwIfAborted()
    }
    const save = (_: Uint8Array, { step }: { step: number }): void => void steps.push(step)
    const { signal } = controller
    expect(await failing(start(tiny(), { batches: waiting, signal, checkpoint: { save } }))).toBe('in the pass')
    expect(steps).toEqual([1])
    expect(await failing(start(tiny(), { signal, checkpoint: { save } }))).toBe('in the pass')
    expect(steps).toEqual([1])
    const second = new AbortController()
    const validation = (): Batch<number[]>[] => (second.abort('in validation'), pass())
    const options = { validation, signal: second.signal, checkpoint: { save } }
    expect(await failing(start(tiny(), options))).toBe('in validation')
    expect(steps).toEqual([1, 3])
  })

  it('lets timers have their turn', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('time is up'), 50)
    expect(await failing(start(tiny(), { epochs: 1e6, signal: controller.signal }))).toBe('time is up')
  })
})

describe('a run that diverges', () => {
  it('says at which step and layer, keeps the weights of the last good step and the last checkpoint', async () => {
    // the fifth pass forward is that of step 4; the sixth is the diagnosis
    const net = tiny({ bad: scaled((call) => (call >= 4 ? NaN : 1)) })
    const good = await start(tiny({ bad: scaled(() => 1) }), { steps: 4 })
    const saved: number[] = []
    const weights = net.initialise(random('0/weights'))
    const error = (await failing(
      start(net, { weights, checkpoint: { save: (_, { step }) => void saved.push(step) } }),
    )) as DivergedError
    expect(error).toBeInstanceOf(DivergedError)
    expect(error).toMatchObject({ code: 'DIVERGED', step: 4, epoch: 1, layer: 'bad', quantity: 'output' })
    expect(error.message).toContain(
      "step 4 (epoch 1): the first number that is not finite belongs to the output of layer 'bad'",
    )
    expect(saved).toEqual([3])
    expect(error.weights).toBe(weights)
    expect(numbers(weights)).toEqual(numbers(good.weights))
  })

  it('finds images, losses, gradients and weights that are not finite', async () => {
    const image = batch(1)
    if ('data' in image.images) image.images.data[5] = Infinity
    const broken = { batches: () => [batch(0), image], epochs: 1 }
    expect(await failing(start(tiny(), broken))).toMatchObject({ step: 1, layer: '', quantity: 'images' })

    const loss = (y: Parameters<typeof crossEntropy>[0], labels: number[]) => mul(crossEntropy(y, labels), Infinity)
    expect(await failing(start(tiny(), { loss }))).toMatchObject({ step: 0, layer: '', quantity: 'loss' })

    const clip = (gradients: Readonly<Record<string, { buffer: { data: unknown } }>>): void => {
      ;(gradients['conv.weight'].buffer.data as Float32Array).fill(NaN)
    }
    const after = await failing(start(tiny(), { clip: clip as never }))
    // the update by a spoilt gradient shows in the next step
    expect(after).toMatchObject({ step: 1, layer: 'conv', quantity: 'output' })
    const last = start(tiny(), { clip: clip as never, steps: 1, checkpoint: { save: () => {} } })
    expect(await failing(last)).toMatchObject({ step: 1, layer: 'conv', quantity: 'weights' })
  })

  it('sees gradients that are not finite before they reach the weights', async () => {
    const steep: Layer = {
      kind: 'steep',
      plan: (input) => ({ output: input }),
      forward: (x) => differentiable(mul(stopGradient(x), 1), [x, (g) => mul(g, Infinity)]),
    }
    const net = tiny({ steep })
    const weights = net.initialise(random(3))
    const before = numbers(weights)
    const error = await failing(start(net, { weights }))
    expect(error).toMatchObject({ step: 0, layer: 'bn', quantity: 'gradient' })
    expect(numbers(weights)).toEqual(before)
  })

  it('sees running moments that are not finite, and puts them back', async () => {
    // where numbers are looked at once a step is over, the variance of 1e30 is Infinity; the normalised numbers are 0
    const net = tiny()
    const weights = net.initialise(random(3), { backend: deviceBackend() })
    const before = await Promise.all(Object.values(weights.state).map((x) => x.read()))
    const { images, labels } = batch(1)
    const data = 'data' in images ? Float32Array.from(images.data as Float32Array, (v) => v * 1e30) : new Float32Array()
    const error = await failing(start(net, { weights, batches: () => [{ images: { ...images, data }, labels }] }))
    expect(error).toMatchObject({ code: 'DIVERGED', step: 0, layer: 'bn', quantity: 'running moments' })
    expect(await Promise.all(Object.values(weights.state).map((x) => x.read()))).toEqual(before)
  })

  it('in validation, by a set that holds what is not finite', async () => {
    const image = batch(1)
    if ('data' in image.images) image.images.data[5] = NaN
    const saved: number[] = []
    const error = await failing(
      start(tiny(), {
        validation: () => [batch(0), image],
        checkpoint: { save: (_, { step }) => void saved.push(step) },
      }),
    )
    expect(error).toMatchObject({ code: 'DIVERGED', step: 3, layer: '', quantity: 'images' })
    expect(saved).toEqual([])
  })
})

describe('a checkpoint of another run', () => {
  const files = async (net: Network, change: Change = {}): Promise<Uint8Array> => {
    let file: Uint8Array | undefined
    await start(net, { epochs: 1, checkpoint: { save: (bytes) => void (file = bytes) }, ...change })
    return file!
  }

  it('is refused, with the reason', async () => {
    const net = tiny()
    const file = await files(net)
    const code = async (net: Network, change: Change): Promise<string> => {
      const error = (await failing(start(net, change))) as CheckpointError
      expect(error).toBeInstanceOf(CheckpointError)
      return `${error.code}: ${error.message}`
    }
    expect(await code(tiny({}, 3), { resume: file })).toMatch(/ARCHITECTURE.*conv\.weight 2×1×2×2 for 3×1×2×2/)
    expect(await code(tiny({ relu2: relu() }), { resume: file })).toMatch(/ARCHITECTURE.*same arrays/)
    expect(await code(net, { resume: file, seed: 1 })).toMatch(/SEED.*seed 0, this one has 1/)
    const other = { ...plain(0.1), init: () => ({ step: 0, tensors: {} }) }
    expect(await code(net, { resume: file, optimizer: other })).toMatch(/OPTIMIZER.*has count \[1\] besides/)
    expect(await code(net, { resume: await saveWeights(net.initialise(random(1))) })).toMatch(/FORMAT/)
    expect(await code(net, { resume: file.subarray(0, 100) })).toMatch(/TRUNCATED/)
    expect(await code(net, { resume: await encodeSafetensors({}) })).toMatch(/FORMAT/)
    const middle = await files(net, { steps: 2, epochs: 1 })
    expect(await code(net, { resume: middle, batches: () => pass(1) })).toMatch(/DATA.*has 1 batches.*made after 2/)
  })

  it('or of this one with another rate, momentum, batch size is refused, unless that is meant', async () => {
    const net = tiny()
    const rule = { rate: 0.1, momentum: 0.5 }
    const file = await files(net, { optimizer: sgd(rule) })
    const resumed = (change: Change) => start(net, { resume: file, optimizer: sgd(rule), ...change })
    const cases: [Change, string][] = [
      [{ optimizer: sgd({ ...rule, rate: 0.2 }) }, 'rate was 0.1 and is 0.2'],
      [{ optimizer: sgd({ ...rule, momentum: 0.9 }) }, 'momentum was 0.5 and is 0.9'],
      [{ optimizer: sgd({ rate: 0.1, decay: 0.1 }) }, 'momentum was 0.5 and is 0, decay was 0 and is 0.1'],
      [
        { optimizer: sgd({ ...rule, groups: [{ match: /bias/, decay: 0 }] }) },
        'groups was [] and is [{"match":"/bias/"',
      ],
      [{ schedule: { initial: null, rate: (base, step) => base / (1 + step) } }, 'rate was 0.1 and is 0.025'],
      [{ clip: () => {} }, 'clip was false and is true'],
      [{ dtype: 'float64' }, 'dtype was "float32" and is "float64"'],
      [{ batches: () => [batch(0, 6), batch(1, 6)] }, 'batch size was 4 and is 6'],
    ]
    for (const [change, says] of cases) {
      const error = (await failing(resumed(change))) as CheckpointError
      expect(error).toBeInstanceOf(CheckpointError)
      expect(error.code).toBe('SETTINGS')
      expect(error.message).toContain(says)
      expect(error.message).toContain('acceptChanges: true')
      expect(await resumed({ ...change, acceptChanges: true })).toMatchObject({ epoch: 3 })
    }
    const [same, whole] = [await resumed({}), await start(net, { optimizer: sgd(rule) })]
    expect(numbers(same.weights)).toEqual(numbers(whole.weights))
  })

  it('that is damaged is named, with what to do', async () => {
    const net = tiny()
    const file = await files(net)
    const message = async (bytes: Uint8Array): Promise<string> => {
      const error = (await failing(start(net, { resume: { bytes, file: 'out/lenet' } }))) as CheckpointError
      expect(error).toBeInstanceOf(CheckpointError)
      return `${error.code} ${error.message}`
    }
    const fix = ': leave out `resume` to start anew, or give an older checkpoint'
    for (let at = 8; at < file.length; at += 11) {
      const bytes = file.slice()
      bytes[at] ^= 4
      const found = await message(bytes)
      expect(found).toMatch(/^[A-Z]+ out\/lenet: /)
      if (/^(CORRUPT|HEADER|TRUNCATED|OFFSETS|DTYPE)/.test(found)) expect(found).toContain(fix)
    }
    for (const length of [0, 100, file.length - 1])
      expect(await message(file.subarray(0, length))).toMatch(new RegExp(`^TRUNCATED out/lenet: .*${fix}$`))
    expect(numbers((await start(net, { resume: { bytes: file, file: 'out/lenet' } })).weights)).toEqual(
      numbers((await start(net)).weights),
    )
  })

  it('serves inference as it is', async () => {
    const net = tiny()
    let file: Uint8Array | undefined
    const options = { patience: 2, checkpoint: { save: (bytes: Uint8Array) => void (file = bytes) } }
    const { weights } = await start(net, { ...options, metric: ({ epoch }) => -epoch })
    expect(numbers(loadWeights(net, file!))).toEqual(numbers(weights))
  })

  it('does not hold what JSON cannot', async () => {
    const schedule = { initial: { best: Infinity }, rate: (base: number) => base }
    const error = await failing(start(tiny(), { schedule, checkpoint: { save: () => {} } }))
    expect(error).toBeInstanceOf(ValueError)
    expect((error as Error).message).toContain('best = Infinity')
  })
})

describe('bad input', () => {
  it('is named before anything is computed with it', async () => {
    const label = { ...batch(0), labels: [0, 1, 3, 0] }
    const wrong = await failing(start(tiny(), { batches: () => [batch(0), label] }))
    expect(wrong).toBeInstanceOf(LabelError)
    expect(wrong).toMatchObject({ code: 'LABEL', item: 2, label: 3, classes: 3 })
    expect((wrong as Error).message).toBe('batch 1 of epoch 0: label 3 of item 2: the network has 3 classes, 0 to 2')
    for (const bad of [-1, 0.5, NaN])
      expect(() => trainingStep(tiny(), weights(), { ...batch(0), labels: [bad, 0, 0, 0] })).toThrow(LabelError)
    const short = { ...batch(0), labels: [0] }
    expect(await failing(start(tiny(), { batches: () => [short] }))).toMatchObject({
      code: 'SHAPE',
      message: 'batch 0 of epoch 0: 1 labels for 4 images',
    })
    const flat = { images: { data: new Float32Array(18), shape: [2, 9] }, labels: [0, 0] }
    expect(await failing(start(tiny(), { validation: () => [flat] }))).toMatchObject({
      message: 'batch 0: the network takes images of shape [items, 1, 3, 3], given 2×9',
    })
    const none = { images: { data: new Float32Array(0), shape: [0, 1, 3, 3] }, labels: [] }
    expect(await failing(start(tiny(), { batches: () => [none] }))).toBeInstanceOf(ShapeError)
  })
  const weights = (): Weights => tiny().initialise(random(0))

  it.each<[string, object, string]>([
    ['images of big integers', { images: { data: new BigInt64Array(36), shape: [4, 1, 3, 3] } }, 'images is an object'],
    ['images without a shape', { images: { data: new Float32Array(36) } }, 'images is an object'],
    ['nested images', { images: [[1, 2]] }, 'images is [[1, 2]]: it must be a Tensor or { data, shape }'],
    ['no images', { images: undefined }, 'batch 0 of epoch 0: images is undefined'],
    ['no labels', { labels: undefined }, 'batch 0 of epoch 0: labels is undefined: it must be a list of class numbers'],
    ['one label', { labels: 3 }, 'labels is 3'],
  ])('is %s', async (_, change, says) => {
    const error = await failing(start(tiny(), { batches: () => [{ ...batch(0), ...change }] as never }))
    expect(error).toBeInstanceOf(ValueError)
    expect((error as Error).message).toContain(says)
  })

  it.each<[string, object, string]>([
    ['a batch that is none', { batches: () => [undefined] }, 'batch 0 of epoch 0 is undefined: it must be a batch'],
    ['a pass that is none', { batches: () => 5 }, 'what batches gives is 5'],
    ['a promise of a pass', { batches: async () => pass() }, 'what batches gives is a Promise'],
    ['no optimizer state', { optimizer: { ...plain(0.1), init: () => {} } }, 'what the optimizer gives is undefined'],
    [
      'no state after a step',
      { optimizer: { ...plain(0.1), update: () => {} } },
      'what the optimizer gives is undefined',
    ],
    ['a metric that is no number', { metric: () => NaN }, 'what metric gives is NaN'],
    ['weights that are none', { weights: { parameters: { 'conv.weight': 3 }, state: {} } }, "'conv.weight' is 3"],
    ['weights of nothing', { weights: { parameters: {}, state: {} } }, "the weights lack 'conv.weight'"],
    ['a file without bytes', { resume: { file: 'a' } }, 'fit: resume needs bytes'],
    ['a misspelt name', { resume: { bytes: new Uint8Array(), name: 'a' } }, 'fit: resume has no option name'],
  ])('is %s', async (_, change, says) => {
    const error = await failing(start(tiny(), change as Change))
    expect(error).toBeInstanceOf(ValueError)
    expect((error as Error).message).toContain(says)
  })

  it('is a pass without batches', async () => {
    const error = await failing(start(tiny(), { batches: () => [] }))
    expect(error).toBeInstanceOf(EmptyPassError)
    expect((error as Error).message).toContain('the pass of epoch 0 gave no batch')
    expect(await failing(start(tiny(), { validation: () => [] }))).toBeInstanceOf(EmptyPassError)
    expect(await failing(evaluate(tiny(), weights(), []))).toBeInstanceOf(EmptyPassError)
  })

  it('is options that cannot be', async () => {
    const message = async (change: object): Promise<string> => {
      const error = await failing(fit(tiny(), { batches: () => pass(), optimizer: plain(0.1), ...change }))
      expect(error).toBeInstanceOf(ValueError)
      return (error as Error).message
    }
    expect(await message({})).toBe('fit needs an end: give epochs or steps')
    expect(await message({ epochs: 0 })).toBe('fit: epochs is 0: it must be a whole number, 1 or more')
    expect(await message({ steps: 1.5 })).toContain('steps is 1.5')
    expect(await message({ epochs: 1, patience: -1 })).toContain('patience is -1')
    const every = { epochs: 1, checkpoint: { every: 0, save: () => {} } }
    expect(await message(every)).toBe("fit: checkpoint: every is 0: it must be 'epoch' or a whole number, 1 or more")
    expect(await message({ epochs: 1, optimizer: undefined })).toMatch(
      /^fit needs optimizer: an optimizer, for example/,
    )
    expect(await message({ epochs: 1, batches: undefined })).toMatch(
      /^fit needs batches: a function that gives one pass/,
    )
    expect(await message({ epochs: 1, validations: () => pass() })).toContain('Did you mean validation?')
    for (const seed of [NaN, {}, null]) expect(await message({ epochs: 1, seed })).toContain('seed is ')
    expect(await message({ epochs: 1, weights: weights(), resume: new Uint8Array() })).toContain('give one')
    expect(await message({ epochs: 1, weights: weights(), backend: countingBackend() })).toContain('another back end')
    const images = network(sequential({ conv: conv2d({ channels: 2, size: 2 }) }), [1, 3, 3])
    const error = await failing(start(images))
    expect((error as Error).message).toContain('the network gives [2, 2, 2]: give another loss')
  })
})

describe('memory', () => {
  it('is flat over a thousand steps, and but for the weights given back', async () => {
    const backend = countingBackend()
    const net = tiny()
    const live: number[] = []
    const run = (change: Change) =>
      start(net, { backend, epochs: 250, batches: () => pass(4), validation: () => pass(1), patience: 1000, ...change })
    const onProgress: FitOptions['onProgress'] = (event) => void (event.kind === 'step' && live.push(backend.live.size))
    const { weights } = await run({ onProgress })
    expect(live.length).toBe(1000)
    // from the second epoch on, when the best weights are kept
    expect(new Set(live.slice(4)).size).toBe(1)
    const own = (): number => Object.keys(weights.parameters).length + Object.keys(weights.state).length
    expect(backend.live.size).toBe(own())
    expect(Object.values(numbers(weights)).flat().every(Number.isFinite)).toBe(true)
    const given = { weights, epochs: 2 }
    await start(net, given)
    expect(backend.live.size).toBe(own())
    const error = await failing(start(net, { ...given, batches: () => [{ ...batch(0), labels: [9, 9, 9, 9] }] }))
    expect(error).toBeInstanceOf(LabelError)
    expect(backend.live.size).toBe(own())
    await evaluate(net, weights, pass())
    expect(backend.live.size).toBe(own())
  })
})

describe('a back end that gives its numbers to read only', () => {
  it('trains to the same numbers', async () => {
    const options = { validation: () => pass(1), epochs: 2, patience: 1, checkpoint: { every: 2, save: () => {} } }
    const here = await start(tiny(), options)
    const backend = deviceBackend()
    const there = await start(tiny(), { ...options, backend: backend as Backend })
    const timeless = ({ history }: typeof here) => history.map((record) => ({ ...record, seconds: 0 }))
    expect(timeless(there)).toEqual(timeless(here))
    for (const [name, x] of Object.entries(there.weights.parameters))
      expect(await x.read(), name).toEqual(here.weights.parameters[name].toTypedArray())
    expect(backend.reads).toBeGreaterThan(12)
  })

  it('diverges at the same place', async () => {
    const image = batch(1)
    if ('data' in image.images) image.images.data[5] = Infinity
    const options = { batches: () => [batch(0), image], backend: deviceBackend(), epochs: 1 }
    expect(await failing(start(tiny(), options))).toMatchObject({ step: 1, layer: '', quantity: 'images' })
  })
})
