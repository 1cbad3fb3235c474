import type { ColourShape, LabelledImages } from '@scatterlab/datasets'
import { random, randomNormal } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { trainingPasses, whitening } from './images.ts'
import { deepNetwork } from './network.ts'
import { deepRule, inWords, normMomentum, publishedRecipe } from './recipe.ts'

describe('the rule of airbench94_muon', () => {
  const net = deepNetwork({ widths: [4, 4, 4] })
  const { parameters } = net.initialise(random(1), { dtype: 'float64' })
  const gradients = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [
      name,
      randomNormal(shape, random(name), { dtype: 'float64' }),
    ]),
  )
  const before = Object.fromEntries(Object.entries(parameters).map(([name, x]) => [name, x.clone().toTypedArray()]))
  const rule = deepRule(publishedRecipe)
  const batch = 2_000

  it('takes the first step that its source takes on summed losses', () => {
    rule.update(parameters, gradients, rule.init(parameters))
    // torch.optim.SGD of 2.4.1 with nesterov, on a first step: w − lr·(1 + μ)·(Σg + (wd / lr)·w), wd = 2e-6·2000
    for (const [name, rate] of [
      ['whiten.bias', 0.053],
      ['group2.norm1.bias', 0.053],
      ['head.weight', 0.67],
    ] as const) {
      const [now, g] = [parameters[name].toTypedArray(), gradients[name].toTypedArray()]
      now.forEach((w, i) => {
        const expected = before[name][i] - 1.85 * (rate * batch * g[i] + 2e-6 * batch * before[name][i])
        expect(Math.abs(w - expected)).toBeLessThan(1e-10 * Math.abs(rate * batch))
      })
    }
    // the first layer's filters and the gains stand still
    for (const name of ['whiten.weight', 'group1.norm1.weight', 'group3.norm2.weight'])
      expect(parameters[name].toTypedArray()).toEqual(before[name])
    // a filter is brought to the norm √4, then moved by 0.24 of a matrix with singular values near to 1
    const filter = parameters['group3.conv2.weight'].toTypedArray()
    const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0))
    const scale = 2 / norm(before['group3.conv2.weight'])
    const moved = norm(filter.map((v, i) => v - scale * before['group3.conv2.weight'][i]))
    expect(moved / 0.24).toBeGreaterThan(0.5 * 2)
    expect(moved / 0.24).toBeLessThan(1.3 * 2)
  })

  it('moves the running moments by as much in parts as in one batch', () => {
    const momentum = normMomentum(publishedRecipe)
    expect((1 - momentum) ** 4).toBeCloseTo(0.6, 14)
    expect(normMomentum({ ...publishedRecipe, atOnce: 2_000 })).toBeCloseTo(0.4, 14)
  })

  it('says what it is', () => {
    expect(inWords(publishedRecipe)).toContain('200 steps of 2,000 out of 50,000 training images (8 passes)')
  })
})

describe('images', () => {
  const data = Uint8Array.from({ length: 8 * 3072 }, (_, i) => (i * 7919) % 251)
  const set: LabelledImages<ColourShape> = { images: { data, shape: [8, 3, 32, 32] }, labels: new Uint8Array(8) }

  it('are seen both ways in every two passes, and the same in a resumed one', async () => {
    const passes = trainingPasses(set, { batch: 8, shift: 0 }, 1)
    const first = async (epoch: number) =>
      (await passes({ epoch, random: random(5) }).next()).value!.images.data as Float32Array
    const [even, odd, again] = [await first(0), await first(1), await first(2)]
    expect(again).toEqual(even)
    const row = (x: Float32Array, at: number) => Array.from(x.subarray(at * 32, at * 32 + 32))
    for (let at = 0; at < 8 * 96; at += 17) expect(row(odd, at)).toEqual(row(even, at).toReversed())
  })

  it('have patches that the first layer whitens', async () => {
    // smooth images: each channel a slow wave, with a little noise
    const stream = random(7)
    const smooth = Uint8Array.from({ length: 20 * 3072 }, (_, i) => {
      const [image, x, y] = [Math.floor(i / 3072), i % 32, Math.floor(i / 32) % 32]
      return 128 + 80 * Math.sin(image + x / 9 + y / 7) + stream.integer(-4, 5)
    })
    const filters = await whitening(
      { images: { data: smooth, shape: [20, 3, 32, 32] }, labels: new Uint8Array(20) },
      20,
    )
    expect(filters).toHaveLength(24 * 12)
    // smooth patches are common and divided by much, sharp ones by little
    const norm = (filter: number) => Math.hypot(...filters.subarray(filter * 12, filter * 12 + 12))
    expect(norm(0)).toBeLessThan(1)
    expect(norm(11)).toBeGreaterThan(10 * norm(0))
    expect(Array.from(filters.subarray(144))).toEqual(Array.from(filters.subarray(0, 144), (v) => -v))
  })
})
