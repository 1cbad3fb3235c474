import { random } from '@scatterlab/tensor'
import { describe, expect, it } from 'vitest'
import { deform, displacementField, elasticDeformations } from './elastic.ts'
import { toFloat32 } from '../sets/float-images.ts'
import { take } from '../sets/image-set.ts'
import { mnistSample } from '../sets/mnist-sample.ts'

const side = 12
const field = (down: number, right: number) => ({
  down: new Float64Array(side * side).fill(down),
  right: new Float64Array(side * side).fill(right),
})
const bent = (from: Float32Array, displacement: ReturnType<typeof field>) => {
  const to = new Float32Array(from.length)
  deform(from, to, side, side, displacement)
  return to
}

describe('deform', () => {
  const noise = random(1).fillNormal(new Float32Array(side * side))

  it('by nothing is the identity, by whole pixels a shift with zeros behind', () => {
    expect(bent(noise, field(0, 0))).toEqual(noise)
    const shifted = bent(noise, field(2, -1))
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const inside = y >= 2 && x + 1 < side
        expect(shifted[y * side + x]).toBe(inside ? noise[(y - 2) * side + x + 1] : 0)
      }
  })

  it('of a plane is exact between pixels: bilinear interpolation knows planes', () => {
    const plane = Float32Array.from(noise, (_, i) => 3 + 0.5 * Math.floor(i / side) - 0.25 * (i % side))
    const displacement = { down: new Float64Array(side * side), right: new Float64Array(side * side) }
    random(2).fillUniform(displacement.down, -0.9, 0.9)
    random(3).fillUniform(displacement.right, -0.9, 0.9)
    const result = bent(plane, displacement)
    for (let y = 1; y < side - 1; y++)
      for (let x = 1; x < side - 1; x++) {
        const i = y * side + x
        const expected = 3 + 0.5 * (y - displacement.down[i]) - 0.25 * (x - displacement.right[i])
        expect(Math.abs(result[i] - expected)).toBeLessThan(1e-6) // single precision of numbers below 16
      }
  })
})

describe('displacementField', () => {
  const options = { amplitude: 1.5, smoothness: 2 }

  it('is N(0, amplitude²) everywhere, edges and corners too, correlated as exp(-d² / 4σ²)', () => {
    const draws = 3000
    const stream = random(5)
    const [corner, middle, beside, other] = [0, 1, 2, 3].map(() => new Float64Array(draws))
    for (let i = 0; i < draws; i++) {
      const { down, right } = displacementField(7, 7, stream, options)
      corner[i] = down[0]
      middle[i] = down[24]
      beside[i] = down[24 + 2]
      other[i] = right[24]
    }
    const product = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0) / draws
    const variance = 1.5 ** 2
    const fourErrors = 4 * variance * Math.sqrt(2 / draws)
    expect(Math.abs(product(corner, corner) - variance)).toBeLessThan(fourErrors)
    expect(Math.abs(product(middle, middle) - variance)).toBeLessThan(fourErrors)
    expect(Math.abs(product(middle, beside) - variance * Math.exp(-4 / 16))).toBeLessThan(fourErrors)
    expect(Math.abs(product(middle, other))).toBeLessThan(fourErrors)
  })

  it('has the covariance amplitude² exp(-d² / 4σ²) exactly: that of all its independent parts together', () => {
    const [height, width, amplitude, smoothness] = [6, 9, 1.5, 2]
    // the stream gives one 1 among zeros: component `down` is then one column of a factor of the covariance
    let [part, parts] = [0, 1]
    const unit = {
      ...random(1),
      fillNormal<Out extends Float32Array | Float64Array>(out: Out, _mean = 0, deviation = 1): Out {
        parts = out.length
        out.fill(0)
        out[part] = deviation
        return out
      },
    }
    const covariance = new Float64Array((height * width) ** 2)
    for (part = 0; part < parts; part++) {
      const { down } = displacementField(height, width, unit, { amplitude, smoothness })
      for (let u = 0; u < down.length; u++)
        for (let v = 0; v < down.length; v++) covariance[u * down.length + v] += down[u] * down[v]
    }
    const size = height * width
    for (let u = 0; u < size; u++)
      for (let v = 0; v < size; v++) {
        const squaredDistance = (Math.floor(u / width) - Math.floor(v / width)) ** 2 + ((u % width) - (v % width)) ** 2
        const expected = amplitude ** 2 * Math.exp(-squaredDistance / (4 * smoothness ** 2))
        // rows and columns each leave less than 1e-6 of a variance out
        expect(Math.abs(covariance[u * size + v] - expected)).toBeLessThan(2e-6 * amplitude ** 2)
      }
  })

  it('has slopes of amplitude / (√2 σ)', () => {
    const { down } = displacementField(120, 120, random(6), { amplitude: 2, smoothness: 3 })
    let [sum, terms] = [0, 0]
    for (let i = 0; i < down.length; i++) {
      if (i % 120 === 119) continue
      sum += (down[i + 1] - down[i]) ** 2
      terms++
    }
    // about 120² / 4π3² = 127 independent patches: four standard errors of a mean square are 50 %; differences are 1 %
    // below slopes
    expect(Math.abs(sum / terms / (4 / 18) - 1)).toBeLessThan(0.5)
  })

  it.each([
    [{ amplitude: -1, smoothness: 2 }, /amplitude is -1/],
    [{ amplitude: Number.NaN, smoothness: 2 }, /amplitude is NaN/],
    [{ amplitude: 1, smoothness: 0 }, /smoothness is 0/],
  ])('refuses %j', (bad, message) => {
    expect(() => displacementField(3, 3, random(1), bad)).toThrow(message)
  })
})

describe('elasticDeformations', () => {
  it('bend digits, each by its own field, and keep their ink', async () => {
    const { train } = await mnistSample()
    const images = toFloat32(take(train, 50).images)
    const options = { amplitude: 1.5, smoothness: 4 }
    const result = elasticDeformations(images, random(7), options)
    expect(result.shape).toEqual([50, 28, 28])
    expect(result).toEqual(elasticDeformations(images, random(7), options))
    expect(result.data.every((value) => value >= 0 && value <= 1)).toBe(true)
    const ink = (data: Float32Array) => data.reduce((sum, value) => sum + value, 0)
    expect(Math.abs(ink(result.data) / ink(images.data) - 1)).toBeLessThan(0.1)
    const distance = Math.hypot(...result.data.map((value, i) => value - images.data[i])) / Math.hypot(...images.data)
    expect(distance).toBeGreaterThan(0.2)
    expect(distance).toBeLessThan(1)
    expect(elasticDeformations(images, random(7), { ...options, amplitude: 0 })).toEqual(images)
  })

  it('bend the channels of an image alike', () => {
    const plane = random(8).fillUniform(new Float32Array(64))
    const data = Float32Array.of(...plane, ...plane, ...plane, ...plane)
    const result = elasticDeformations({ data, shape: [2, 2, 8, 8] }, random(9), { amplitude: 1, smoothness: 2 }).data
    expect(result.subarray(0, 64)).toEqual(result.subarray(64, 128))
    expect(result.subarray(128, 192)).toEqual(result.subarray(192))
    expect(result.subarray(0, 64)).not.toEqual(result.subarray(128, 192))
  })
})
