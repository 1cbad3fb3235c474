import { trainingStep } from '@scatterlab/nn'
import { type Backend, random, tensor } from '@scatterlab/tensor'
import { createWasmBackend } from '@scatterlab/wasm'
import { describe, expect, it } from 'vitest'
import { type BottleneckDepth, cifarResNet, imageNetResNet, weightedLayers } from './resnet.ts'

describe('the networks for ImageNet', () => {
  // torchvision's counts; multiplications as table 1 prints them, in billions
  it.each<[BottleneckDepth, number, number]>([
    [50, 25_557_032, 3.8],
    [101, 44_549_160, 7.6],
    [152, 60_192_808, 11.3],
  ])('ResNet-%i has its published layers, parameters and multiplications', (depth, parameters, billions) => {
    const net = imageNetResNet(depth)
    expect(weightedLayers(net)).toBe(depth)
    expect(net.parameterCount).toBe(parameters)
    // the paper rounds, and counts some layers otherwise: 3.86, 7.57 and 11.28 by ours
    expect(Math.abs(net.multiplications / 1e9 - billions)).toBeLessThan(0.1)
  })

  it('has torchvision’s names, its strides on request, and the same parameters with them', () => {
    const net = imageNetResNet(152, { stride: 'torchvision' })
    const shapeOf = (name: string) => net.parameters[name]?.shape
    expect(shapeOf('conv1.weight')).toEqual([64, 3, 7, 7])
    expect(shapeOf('layer1.0.downsample.0.weight')).toEqual([256, 64, 1, 1])
    expect(shapeOf('layer3.35.bn3.bias')).toEqual([1024])
    expect(shapeOf('layer4.0.conv2.weight')).toEqual([512, 512, 3, 3])
    expect(shapeOf('fc.weight')).toEqual([1000, 2048])
    expect(net.state['layer4.2.bn3.running_var']?.shape).toEqual([2048])
    // 155 convolutions (4 of them shortcuts), as many scales and shifts, and the last layer's two arrays
    expect(Object.keys(net.parameters)).toHaveLength(155 * 3 + 2)
    expect(net.parameterCount).toBe(60_192_808)
    const outputOf = (layer: string, of = net) => of.layers.find(({ name }) => name === layer)?.output
    expect(outputOf('layer2.0.conv1')).toEqual([128, 56, 56])
    expect(outputOf('layer2.0.conv1', imageNetResNet(152))).toEqual([128, 28, 28])
  })

  it('halves the maps from stage to stage', () => {
    const { layers } = imageNetResNet(152)
    const last = (prefix: string) => layers.findLast(({ name }) => name.startsWith(prefix))!.output
    expect(['conv1', 'maxpool', 'layer1.', 'layer2.', 'layer3.', 'layer4.', 'avgpool', 'fc'].map(last)).toEqual([
      [64, 112, 112],
      [64, 56, 56],
      [256, 56, 56],
      [512, 28, 28],
      [1024, 14, 14],
      [2048, 7, 7],
      [2048],
      [1000],
    ])
  })

  it('computes: 152 layers on one image', { timeout: 60_000 }, async () => {
    const backend = createWasmBackend({ threads: 1 })
    const net = imageNetResNet(152, { size: 64, classes: 10 })
    const weights = net.initialise(random(1), { backend })
    const image = tensor(random(2).fillNormal(new Float32Array(3 * 64 * 64)), [1, 3, 64, 64], { backend })
    const [once, again] = [await net.forward(weights, image).read(), await net.forward(weights, image).read()]
    expect(once).toHaveLength(10)
    expect(once.every(Number.isFinite)).toBe(true)
    expect(new Set(once).size).toBe(10)
    expect(again).toEqual(once)
    expect([...backend.declined.keys()]).toEqual([])
  })
})

describe('the networks for CIFAR-10', () => {
  it('ResNet-20 has the parameters of its layers, one by one', () => {
    const net = cifarResNet(20)
    const convolution = (from: number, to: number) => 9 * from * to + 2 * to // filters, then scale and shift
    const stage = (from: number, to: number) => convolution(from, to) + 5 * convolution(to, to)
    const stages = stage(16, 16) + stage(16, 32) + stage(32, 64)
    expect(net.parameterCount).toBe(convolution(3, 16) + stages + 64 * 10 + 10)
    expect(net.parameterCount).toBe(269_722)
    expect(net.multiplications).toBe(40_551_040)
  })

  // table 6: parameters in millions
  it.each([
    [20, 0.27],
    [32, 0.46],
    [44, 0.66],
    [56, 0.85],
    [110, 1.7],
    [1202, 19.4],
  ])('%i layers have %f million parameters', (depth, millions) => {
    const net = cifarResNet(depth)
    expect(weightedLayers(net)).toBe(depth)
    expect(net.parameterCount / 1e6).toBeCloseTo(millions, millions < 1 ? 2 : 1)
  })

  it('has maps of 32, 16 and 8 pixels, and no parameters on the way around', () => {
    const net = cifarResNet(110)
    const last = (prefix: string) => net.layers.findLast(({ name }) => name.startsWith(prefix))!.output
    expect(['layer1.', 'layer2.', 'layer3.', 'avgpool', 'fc'].map(last)).toEqual([
      [16, 32, 32],
      [32, 16, 16],
      [64, 8, 8],
      [64],
      [10],
    ])
    expect(Object.keys(net.parameters).filter((name) => name.includes('downsample'))).toEqual([])
  })

  it('takes the same step on memory full of NaN: what is allocated without zeros is written as a whole', async () => {
    const net = cifarResNet(8)
    const batch = {
      images: { data: random(2).fillNormal(new Float32Array(4 * 3072)), shape: [4, 3, 32, 32] },
      labels: [0, 1, 2, 3],
    }
    const step = async (backend: Backend) => {
      const { loss, gradients } = trainingStep(net, net.initialise(random(1), { backend }), batch)
      return Promise.all([loss, ...Object.values(gradients)].map((array) => array.read()))
    }
    const used = createWasmBackend({ threads: 1 })
    used.release(used.adopt(new Float32Array(2 ** 22).fill(NaN)))
    const expected = await step(createWasmBackend({ threads: 1 }))
    expect(expected.every((numbers) => numbers.every(Number.isFinite))).toBe(true)
    expect(await step(used)).toEqual(expected)
  })

  it('refuses depths that are none', () => {
    expect(() => cifarResNet(21)).toThrow(/6n \+ 2/)
    expect(() => cifarResNet(2)).toThrow(RangeError)
  })
})
