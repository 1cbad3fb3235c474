import { random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { WHITENED, deepNetwork } from './network.ts'
import { seenFilters } from './pictures.ts'

describe('the network of airbench94', () => {
  const net = deepNetwork({ widths: [64, 256, 256] })

  it('has its maps, weights and multiplications', () => {
    const sides = net.layers
      .filter(({ kind }) => kind === 'conv2d' || kind === 'maxPool')
      .map(({ output }) => output[1])
    expect(sides).toEqual([31, 31, 15, 15, 15, 7, 7, 7, 3, 3, 1])
    const filters = Object.entries(net.parameters).filter(([name]) => /conv|head|whiten\.weight/.test(name))
    const weights = filters.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b), 0)
    expect([weights, net.parameterCount]).toEqual([1_970_464, 1_972_792])
    // 118.15 million, as its author's 0.29 PFLOP for 400,000 images need
    expect(net.multiplications / 1e6).toBeCloseTo(118.15, 1)
  })

  it('begins with filters that hand their channels on, shifts of 0, and a classifier of unit deviation', () => {
    const { parameters } = net.initialise(random(1))
    const middle = Array.from(parameters['group1.conv2.weight'].toTypedArray())
    expect(middle.reduce((sum, v) => sum + v, 0)).toBe(64)
    const head = Array.from(parameters['head.weight'].toTypedArray())
    const deviation = Math.sqrt(head.reduce((sum, v) => sum + v * v, 0) / head.length)
    // five standard errors of 2,560 uniform numbers
    expect(Math.abs(deviation - 1)).toBeLessThan(0.05)
    const shift = parameters['whiten.bias'].toTypedArray()
    expect(shift.every((v) => Math.abs(v) <= 1 / Math.sqrt(12))).toBe(true)
  })
})

it('the second layer sees pixels through the first, its filters of norm 1, as two convolutions do', async () => {
  const widths = [5, 4, 4] as const
  const half = random(2).fillNormal(new Float64Array((WHITENED / 2) * 12))
  const net = deepNetwork({ widths, whitening: [...half, ...half.map((v) => -v)] })
  const { parameters } = net.initialise(random(3), { dtype: 'float64' })
  const second = parameters['group1.conv1.weight']
  const filled = tensor(random(4).fillNormal(new Float64Array(second.size)), second.shape)
  const seen = await seenFilters({ parameters: { ...parameters, 'group1.conv1.weight': filled }, state: {} })
  const patch = random(5).fillNormal(new Float64Array(48))
  const [first, weights] = [Float64Array.from(parameters['whiten.weight'].toTypedArray()), filled.toTypedArray()]
  for (let at = 0; at < first.length; at += 12) {
    const norm = Math.hypot(...first.subarray(at, at + 12))
    for (let i = at; i < at + 12; i++) first[i] /= norm
  }
  for (const [filter, own] of seen.entries()) {
    let expected = 0
    for (let channel = 0; channel < WHITENED; channel++)
      for (let i = 0; i < 9; i++) {
        let response = 0
        for (let j = 0; j < 12; j++) {
          const [y, x] = [Math.floor(i / 3) + Math.floor((j % 4) / 2), (i % 3) + (j % 2)]
          response += first[channel * 12 + j] * patch[Math.floor(j / 4) * 16 + y * 4 + x]
        }
        expected += weights[(filter * WHITENED + channel) * 9 + i] * response
      }
    const found = own.reduce((sum, v, i) => sum + v * patch[(i % 3) * 16 + Math.floor(i / 3)], 0)
    expect(Math.abs(found - expected)).toBeLessThan(1e-4)
  }
})
