import type { Network } from '@scatterlab/nn'
import { random, reference, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { alexNet } from './network.ts'
import { relative } from './relative.ts'

const table = ({ layers }: Network) => Object.fromEntries(layers.map(({ name, output }) => [name, output.join('×')]))
const counts = ({ layers }: Network) =>
  Object.fromEntries(layers.filter((l) => l.parameters > 0).map((l) => [l.name, l.parameters]))

describe('AlexNet', () => {
  const net = alexNet()

  it('has the published shape of every layer', () => {
    expect(table(net)).toEqual({
      conv1: '96×55×55',
      relu1: '96×55×55',
      norm1: '96×55×55',
      pool1: '96×27×27',
      conv2: '256×27×27',
      relu2: '256×27×27',
      norm2: '256×27×27',
      pool2: '256×13×13',
      conv3: '384×13×13',
      relu3: '384×13×13',
      conv4: '384×13×13',
      relu4: '384×13×13',
      conv5: '256×13×13',
      relu5: '256×13×13',
      pool5: '256×6×6',
      flatten: '9216',
      fc6: '4096',
      relu6: '4096',
      dropout6: '4096',
      fc7: '4096',
      relu7: '4096',
      dropout7: '4096',
      fc8: '1000',
    })
  })

  it('has the published number of parameters in every layer, 60,965,224 in all', () => {
    expect(counts(net)).toEqual({
      conv1: 34_944,
      conv2: 307_456,
      conv3: 885_120,
      conv4: 663_936,
      conv5: 442_624,
      fc6: 37_752_832,
      fc7: 16_781_312,
      fc8: 4_097_000,
    })
    expect(net.parameterCount).toBe(60_965_224)
  })

  it('multiplies 0.72·10⁹ times an image', () => {
    // 96·55²·363 + 256·27²·1200 + 384·13²·2304 + 384·13²·1728 + 256·13²·1728 + 9216·4096 + 4096² + 4096·1000
    expect(net.multiplications).toBe(724_406_816)
  })

  it('begins with N(0, 0.01²), and biases of 1 in conv 2, 4, 5 and the hidden fully connected layers', () => {
    const { parameters } = net
    const first = (name: string) => {
      const out = new Float64Array(20_000)
      parameters[name].initialise(out, parameters[name], random(1))
      return out
    }
    const ones = Object.keys(parameters).filter((name) => name.endsWith('bias') && first(name)[0] === 1)
    expect(ones).toEqual(['conv2.bias', 'conv4.bias', 'conv5.bias', 'fc6.bias', 'fc7.bias'])
    for (const name of Object.keys(parameters).filter((n) => n.endsWith('weight'))) {
      const deviation = Math.sqrt(first(name).reduce((sum, w) => sum + w * w, 0) / 20_000)
      // one standard error of a deviation from 20,000 numbers is 0.5 %
      expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(0.02)
    }
  })

  it('drops units of the first two fully connected layers', () => {
    const dropping = net.layers.filter(({ kind }) => kind === 'dropout').map(({ name }) => name)
    expect(dropping).toEqual(['dropout6', 'dropout7'])
  })
})

describe('the relative of CIFAR size', () => {
  const net = relative({ conv1: 1e-4, conv2: 0.01, conv3: 0.01, fc10: 0.01 })

  it('has the shapes of layers-18pct: 32 → 16 → 8 → 4 by windows that reach past the image', () => {
    expect(table(net)).toMatchObject({
      conv1: '32×32×32',
      pool1: '32×16×16',
      conv2: '32×16×16',
      pool2: '32×8×8',
      conv3: '64×8×8',
      pool3: '64×4×4',
      fc10: '10',
    })
    expect(counts(net)).toEqual({ conv1: 2_432, conv2: 25_632, conv3: 51_264, fc10: 10_250 })
  })

  it('begins undecided between ten classes, as its first weights are small', () => {
    const weights = net.initialise(random(1), { backend: reference })
    const data = random(2).fillNormal(new Float32Array(2 * 3 * 32 * 32), 0, 60)
    const logits = net.forward(weights, tensor(data, [2, 3, 32, 32])).toTypedArray()
    expect(logits).toHaveLength(20)
    expect(logits.every((z) => Math.abs(z) < 0.1)).toBe(true)
    expect(logits.some((z) => z !== 0)).toBe(true)
  })
})
