// What can be measured of a digit by its moments alone.
import { type ArrayInput, ShapeError, asTensor, formatShape } from '@scatterlab/tensor'

/** One number a digit. */
export interface DigitMoments {
  /** Mean of the pixels, from 0 to 1. */
  readonly ink: Float64Array
  /** −cov(x, y)/var(y): positive where a digit leans to the right, 1 at 45 degrees. */
  readonly slant: Float64Array
  /** Standard deviation of x about the slanted axis, in pixels. */
  readonly width: Float64Array
}

/** Moments of images from −1 to 1, [items, 1, side, side], with ink as mass. Throws `ShapeError` for another shape. */
export function digitMoments(images: ArrayInput): DigitMoments {
  const given = asTensor(images, 'the images')
  const [count, channels, side, columns] = given.shape
  if (given.shape.length !== 4 || channels !== 1 || columns !== side)
    throw new ShapeError(`the images have shape ${formatShape(given.shape)}: give [items, 1, side, side]`)
  const data = given.toTypedArray()
  const [ink, slant, width] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  for (let i = 0; i < count; i++) {
    let [mass, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0]
    for (let p = 0; p < side * side; p++) {
      const [m, u, v] = [(data[i * side * side + p] + 1) / 2, p % side, Math.floor(p / side)]
      mass += m
      x += m * u
      y += m * v
      xx += m * u * u
      xy += m * u * v
      yy += m * v * v
    }
    ink[i] = mass / (side * side)
    if (mass === 0) continue
    // y grows downwards: a digit that leans to the right has a negative covariance
    const [varX, cov, varY] = [
      xx / mass - (x / mass) ** 2,
      xy / mass - (x * y) / mass ** 2,
      yy / mass - (y / mass) ** 2,
    ]
    slant[i] = -cov / Math.max(1e-9, varY)
    width[i] = Math.sqrt(Math.max(0, varX - cov ** 2 / Math.max(1e-9, varY)))
  }
  return { ink, slant, width }
}
