import { type Weights } from '@scatterlab/nn'
import { scattering2d } from '@scatterlab/scattering'
import { random, tensor } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { convNet } from './networks.ts'
import { mediansOf, negativeParts, rhoAtAverages, rhoExcept, rhoInTree } from './rho.ts'

const transform = scattering2d({ shape: [32, 32], scales: 3, orientations: 2 })

describe('ρ at the averages', () => {
  it('is the largest change over the largest average, order by order', () => {
    const { paths } = transform
    const data = new Float32Array(2 * paths.length).fill(1)
    // order 0 of the second digit, an order 1 of the first
    data[paths.length] = 4
    data[1] = -0.25
    const found = rhoAtAverages({ data, shape: [2, paths.length, 1, 1] }, paths)
    expect(found).toEqual([
      { order: 0, change: 0 },
      { order: 1, change: 0.5 },
      { order: 2, change: 0 },
    ])
  })

  it('has something to do only at the tails that a cut spectrum leaves', () => {
    // the low-pass at each level, summed from its Gaussian spectrum of deviation 3.2 pixels within the band |ω| ≤ π of the level
    const tails = [0, 1, 2].map((level) => {
      const [n, sigma] = [48 / 2 ** level, 3.2 / 2 ** level]
      let [below, whole] = [0, 0]
      for (let y = 0; y < n; y++) {
        for (let x = 0; x < n; x++) {
          const h = along(y, n, sigma) * along(x, n, sigma)
          below += Math.max(-h, 0)
          whole += Math.abs(h)
        }
      }
      return below / whole
    })
    const found = negativeParts(3)
    expect(found.map(({ level }) => level)).toEqual([0, 1, 2])
    // kymatio's constant 3.1415 for π moves the edge of the band a little
    found.forEach(({ share }, level) => expect(Math.abs(share - tails[level])).toBeLessThan(1e-4))
    expect(found[0].share).toBeLessThan(1e-9)
    expect(found[2].share).toBeGreaterThan(1e-3)
  })
})

function along(d: number, n: number, sigma: number): number {
  let sum = 0
  for (let k = -n / 2; k < n / 2; k++) {
    const omega = (2 * Math.PI * k) / n
    sum += Math.exp(-((sigma * omega) ** 2) / 2) * Math.cos(omega * d)
  }
  return sum
}

describe('ρ in the tree', () => {
  const tree = convNet('one channel')
  const stream = random('rho')
  const x = tensor(stream.fillUniform(new Float32Array(2 * 1024), 0, 1), [2, 1, 32, 32])
  const weightsOf = (fill: (w: Float32Array, level: number) => void): Weights => {
    const { parameters, state } = tree.initialise(random('weights'))
    const filled = [1, 2, 3].map((level) => {
      const name = `conv${level}.weight`
      const numbers = parameters[name].toTypedArray() as Float32Array
      fill(numbers, level - 1)
      return [name, tensor(numbers, parameters[name].shape)]
    })
    return { parameters: { ...parameters, ...Object.fromEntries(filled) }, state }
  }

  it('changes nothing at filters that average, and everything where they change the sign', () => {
    // the first map of all averages with a minus
    const weights = weightsOf((w, level) => w.fill(0.04).fill(level === 0 ? -0.04 : 0.04, 0, 25))
    const maps = rhoInTree(tree, weights, x)
    expect(maps).toHaveLength(6 + 36 + 216)
    const [first, ...others] = maps
    expect(first).toMatchObject({ level: 0, map: 0, changed: 1, unfed: false })
    expect(first.lowPass).toBeCloseTo(-1, 6)
    expect(others.every(({ changed }) => changed === 0)).toBe(true)
    expect(others.every(({ lowPass }) => Math.abs(lowPass - 1) < 1e-6)).toBe(true)
    // those under it are given nothing
    expect(others.filter(({ unfed }) => unfed).map(({ level, map }) => `${level}/${map}`)).toEqual([
      ...Array.from({ length: 6 }, (_, i) => `1/${i}`),
      ...Array.from({ length: 36 }, (_, i) => `2/${i}`),
    ])
  })

  it('changes a part at band-pass filters', () => {
    const maps = rhoInTree(
      tree,
      weightsOf(() => {}),
      x,
    ).filter(({ level }) => level === 0)
    for (const { lowPass, changed } of maps) {
      expect(Math.abs(lowPass)).toBeLessThan(1)
      expect(changed).toBeGreaterThanOrEqual(0)
      expect(changed).toBeLessThanOrEqual(1)
    }
    expect(maps.some(({ changed }) => changed > 0.05 && changed < 0.95)).toBe(true)
  })

  it('has a median for each kind of filter that is there', () => {
    const map = (lowPass: number, changed: number) => ({ level: 0, map: 0, lowPass, changed, unfed: false })
    const found = mediansOf([map(0.5, 0.3), map(0.4, 0.1), map(0.9, 0), map(0.05, 0.6), map(0.2, 0.9)])
    expect(found.map(({ maps, median }) => [maps, median])).toEqual([
      [3, 0.1],
      [1, 0.6],
    ])
    expect(found.map(({ filters }) => filters.split(':')[0])).toEqual(['averaging', 'band-pass'])
  })

  it('taken out at averages leaves the network as it is; at the others it does not', () => {
    // the first half of the maps of each level averages
    const weights = weightsOf((w) => void w.fill(0.04, 0, w.length / 2))
    const maps = rhoInTree(tree, weights, x)
    const averages = maps.filter(({ lowPass }) => lowPass > 0.999)
    expect(averages).toHaveLength(3 + 18 + 108)
    const outputs = (network: typeof tree) => network.forward(weights, x).toTypedArray()
    const whole = outputs(tree)
    expect(outputs(convNet('one channel', rhoExcept([])))).toEqual(whole)
    expect(outputs(convNet('one channel', rhoExcept(averages)))).toEqual(whole)
    const others = maps.filter((map) => !averages.includes(map))
    expect(outputs(convNet('one channel', rhoExcept(others)))).not.toEqual(whole)
  })
})
