import { SCENE_CLASSES, UNLABELLED } from '@scatterlab/datasets/scenes'
import { batchNorm, conv2d, crossEntropy, network, relu, sequential, trainingStep } from '@scatterlab/nn'
import { type Tensor, add, concat, grad, mul, random, resize, sum, tensor, valueAndGrad } from '@scatterlab/tensor'
import { expect, it } from 'vitest'
import { centred } from './augmented.ts'
import { enlarged } from './enlarged.ts'
import { labelled } from './labelling.ts'
import { multiScale, seenAt, sidesFor } from './multi-scale.ts'
import { sceneNetwork } from './network.ts'
import { bands, fromBands, levels, locallyNormalised } from './pyramid.ts'
import { classWeights, pixelLoss, placeLabels } from './pixel-loss.ts'
import { likeliest } from './voted.ts'

const noise = (shape: number[], seed = 1): Tensor =>
  tensor(random(seed).fillUniform(new Float64Array(shape.reduce((a, b) => a * b))), shape)
const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs))
const apart = (a: Tensor, b: Tensor): number => {
  const [p, q] = [a.toTypedArray(), b.toTypedArray()]
  return largest(p.map((v, i) => v - q[i]))
}

it('enlarges as resize does, and its gradient is the adjoint', () => {
  const x = noise([2, 3, 5, 4])
  expect(apart(enlarged(x, [20, 8]), resize(x, [20, 8]))).toBeLessThan(1e-12)
  const y = noise([2, 3, 20, 8], 2)
  const back = grad((own: Tensor) => sum(mul(enlarged(own, [20, 8]), y)))(x)
  const direct = grad((own: Tensor) => sum(mul(resize(own, [20, 8]), y)))(x)
  expect(apart(back, direct)).toBeLessThan(1e-12)
})

it('a pyramid gives the picture back, and its levels are means of squares', () => {
  const x = noise([1, 2, 16, 24])
  expect(apart(fromBands(bands(x, 4)), x)).toBeLessThan(1e-14)
  const [, half] = levels(x, 2)
  const at = (row: number, column: number) => x.toTypedArray()[16 * 24 + row * 24 + column]
  expect(half.toTypedArray()[8 * 12 + 3 * 12 + 5]).toBeCloseTo((at(6, 10) + at(6, 11) + at(7, 10) + at(7, 11)) / 4, 14)
  expect(() => levels(noise([1, 1, 6, 8]), 3)).toThrow(/cannot be halved/)
})

it('local normalisation forgets gain and offset, and keeps a flat picture at zero', () => {
  const x = noise([1, 1, 40, 40])
  const other = add(mul(x, 3), 5)
  // but for the least number below the fraction, 1e-4
  expect(apart(locallyNormalised(other), locallyNormalised(x))).toBeLessThan(2e-3)
  expect(largest(locallyNormalised(add(mul(x, 0), 4)).toTypedArray())).toBeLessThan(1e-9)
})

it('the gradient of the shared filters is the sum over scales', () => {
  const trunk = sequential({
    conv: conv2d({ channels: 2, size: 3, padding: 1, bias: false }),
    norm: batchNorm(),
    relu: relu(),
  })
  const net = network(multiScale({ scales: 3, trunk, stride: 1 }), [3, 8, 12])
  const weights = net.initialise(random(3), { dtype: 'float64' })
  const x = noise([2, 3, 8, 12])
  const target = noise([2, 6, 8, 12], 4)
  const batch = { images: x, labels: target }
  const { gradients } = trainingStep(net, weights, batch, { loss: (y, t) => sum(mul(y, t)) })
  // as three networks, each with filters of its own
  const seen = seenAt(x, 3)
  const parts = seen.map((own) => network(trunk, own.shape.slice(1)))
  const state = parts.map((part) => part.initialise(random(3), { dtype: 'float64' }).state)
  const own = Object.fromEntries(Object.entries(weights.parameters).map(([name, w]) => [name.replace('trunk.', ''), w]))
  const copies = [0, 1, 2].map(() => Object.fromEntries(Object.entries(own).map(([name, w]) => [name, w.clone()])))
  const { gradient } = valueAndGrad((given: typeof copies) => {
    const maps = given.map((parameters, k) =>
      parts[k].forward({ parameters, state: state[k] }, seen[k], { training: true }),
    )
    return sum(
      mul(
        concat(
          maps.map((map) => enlarged(map, [8, 12])),
          1,
        ),
        target,
      ),
    )
  })(copies)
  for (const name of Object.keys(own)) {
    const total = gradient.map((scale) => scale[name]).reduce((a, b) => add(a, b))
    expect(apart(gradients[`trunk.${name}`], total)).toBeLessThan(1e-10)
    // each scale has a part in it
    for (const scale of gradient) expect(largest(scale[name].toTypedArray())).toBeGreaterThan(1e-6)
  }
})

it('keeps running moments for each scale', () => {
  const net = sceneNetwork({ scales: 2, width: 2 }, [16, 24])
  const names = Object.keys(net.state).filter((name) => name.includes('first'))
  expect(names).toEqual(
    [0, 1].flatMap((k) => ['mean', 'var'].map((what) => `features.moments${k}.first.norm.running_${what}`)),
  )
  expect(Object.keys(net.parameters).filter((name) => name.includes('first.conv'))).toEqual([
    'features.trunk.first.conv.weight',
  ])
  expect(() => sceneNetwork({ scales: 3, width: 2 }, [24, 32])).toThrow(/sides that 16 divides/)
})

it('labels a moved picture with moved labels', async () => {
  // a textured square in grey, far from the edges, moved by 8 pixels, the step of two scales
  const [height, width, side, moved] = [112, 144, 24, 8]
  const texture = random(6).fillUniform(new Float64Array(3 * side * side))
  const scene = (left: number) => {
    const data = new Uint8Array(3 * height * width).fill(120)
    for (let c = 0; c < 3; c++)
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++)
          data[(c * height + 80 + y) * width + left + x] = 255 * texture[(c * side + y) * side + x]
    return {
      images: { data, shape: [1, 3, height, width] as const },
      labels: { data: new Uint8Array(height * width), shape: [1, height, width] as const },
      names: ['square'],
    }
  }
  const size = { scales: 2, width: 2 }
  const weights = sceneNetwork(size, [height, width]).initialise(random(7))
  const options = { backend: Object.values(weights.parameters)[0].backend, signal: new AbortController().signal }
  const maps: Float32Array[] = []
  for (const left of [52, 52 + moved])
    for await (const own of labelled(scene(left), size, weights, options)) maps.push(own)
  const [before, after] = maps
  let largestGap = 0
  // what the filters see of the edges reaches 45 pixels in: the middle is compared
  for (let c = 0; c < SCENE_CLASSES.length; c++)
    for (let y = 46; y < 66; y++)
      for (let x = 46; x < 90; x++) {
        const at = (c * height + y) * width + x
        largestGap = Math.max(largestGap, Math.abs(after[at + moved] - before[at]))
      }
  expect(largestGap).toBeLessThan(2e-6)
  expect(new Set(likeliest(before, height * width)).size).toBeGreaterThan(1)
})

it('the loss of pixels is the weighted mean of cross-entropies, by plain sums and by nn', () => {
  const scores = mul(noise([2, SCENE_CLASSES.length, 3, 4]), 6)
  const labels = Uint8Array.from({ length: 24 }, (_, i) => (i * 5) % 12)
  const weights = Float32Array.from({ length: 11 }, (_, c) => 0.5 + c / 4)
  const places = placeLabels(labels, [2, 3, 4], 1, weights)
  let [total, weight] = [0, 0]
  labels.forEach((label, i) => {
    if (label === UNLABELLED) return
    const own = (c: number) => scores.toTypedArray()[(Math.floor(i / 12) * 11 + c) * 12 + (i % 12)]
    const powers = SCENE_CLASSES.map((_, c) => Math.exp(own(c))).reduce((a, b) => a + b)
    total += weights[label] * (Math.log(powers) - own(label))
    weight += weights[label]
  })
  expect(pixelLoss(scores, places).item()).toBeCloseTo(total / weight, 6)
  // the gradient by central differences
  const slopes = grad((z: Tensor) => pixelLoss(z, places))(scores).toTypedArray()
  for (const i of [0, 37, 140, 263]) {
    const moved = (step: number) => {
      const data = Float64Array.from(scores.toTypedArray())
      data[i] += step
      return pixelLoss(tensor(data, scores.shape), places).item() as number
    }
    expect(slopes[i]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 6)
  }
  // blocks of mixed labels, without weights: cross-entropy with their shares as probabilities, value and gradient
  const mixed = placeLabels(Uint8Array.of(1, 1, 2, 4, 1, 3, 2, 2), [1, 2, 4], 2, new Float32Array(11).fill(1))
  const two = mul(noise([1, 11, 1, 2], 5), 3)
  const rows = (z: Tensor) => z.transpose(0, 2, 3, 1).clone().reshape(2, 11)
  const a = valueAndGrad((z: Tensor) => pixelLoss(z, mixed))(two)
  const b = valueAndGrad((z: Tensor) => crossEntropy(rows(z), { data: mixed.shares, shape: [2, 11] }))(two)
  expect(a.value.item()).toBeCloseTo(b.value.item() as number, 6)
  expect(apart(a.gradient, b.gradient)).toBeLessThan(1e-6)
  expect(pixelLoss(two, placeLabels(new Uint8Array(8).fill(UNLABELLED), [1, 2, 4], 2, weights)).item()).toBe(0)
})

it('weighs classes by the median of their frequencies', () => {
  const labels = Uint8Array.from([0, 0, 0, 0, 1, 1, 2, 11, 11])
  expect(classWeights(labels, 1).slice(0, 4)).toEqual(Float32Array.of(0.5, 1, 2, 0))
  expect(classWeights(labels, 0).slice(0, 4)).toEqual(Float32Array.of(1, 1, 1, 0))
})

it('frames scenes in the middle, with no labels beyond them', () => {
  const scenes = {
    images: { data: Uint8Array.from({ length: 3 * 12 }, (_, i) => 20 * (i % 12)), shape: [1, 3, 3, 4] as const },
    labels: { data: Uint8Array.from({ length: 12 }, (_, i) => i % 11), shape: [1, 3, 4] as const },
    names: ['a'],
  }
  const { images, labels } = centred(scenes, 0, 1, [5, 6])
  const none = Array.from({ length: 7 }, () => UNLABELLED)
  expect(labels.data.slice(0, 13)).toEqual(Uint8Array.of(...none, 0, 1, 2, 3, UNLABELLED, UNLABELLED))
  expect(images.data[0]).toBe(0)
  expect(images.data[6 + 3]).toBeCloseTo(40 / 255, 6)
  const inner = centred(scenes, 0, 1, [1, 2])
  expect([...inner.labels.data]).toEqual([5, 6])
  expect(sidesFor([180, 240], 16, 'up')).toEqual([192, 240])
  expect(sidesFor([180, 240], 16, 'down')).toEqual([176, 240])
})
