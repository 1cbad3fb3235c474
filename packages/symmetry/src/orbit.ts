// Orbits t ↦ Φ(g_t x) as points of the space of features: how far they are from straight lines, and how fast they turn.
import {
  type ArrayInput,
  type ShapedArray,
  ShapeError,
  ValueError,
  aFunction,
  checkArgument,
  realArray,
  shown,
  someNumbers,
} from '@scatterlab/tensor'
import { distance, pointsOf } from './points.ts'

/**
 * The orbit (action(x, t))_t of x, one after another: [parameters, ...]. The action gives arrays of one shape.
 *
 * @example orbit(digit, [0, 0.1, 0.2], (x, t) => rotate(x, t))
 */
export function orbit<X>(x: X, parameters: readonly number[], action: (x: X, t: number) => ShapedArray): ShapedArray {
  checkParameters('orbit', parameters, 1)
  checkArgument('orbit: action', action, aFunction)
  const all = parameters.map((t) => action(x, t))
  for (const one of all) {
    if (!ArrayBuffer.isView(one?.data) || one.data.length !== all[0].data.length)
      throw new ShapeError('orbit: the action must give { data, shape }, of one shape for every parameter')
  }
  const length = all[0].data.length
  const data = realArray(all[0].data instanceof Float64Array ? 'float64' : 'float32', all.length * length)
  all.forEach((one, i) => data.set(one.data, i * length))
  return { data, shape: [all.length, ...all[0].shape] }
}

/**
 * ‖second difference‖ / ‖first difference‖² at each point of an orbit [points, ...] but its ends, for parameters at equal steps: central
 * differences (p₊ − p₋)/2 and p₊ − 2p + p₋. Of a curve walked at even speed it is its curvature, 1/r of a circle; 0 of a straight
 * line. `NaN` never: where the orbit stands still it is 0.
 */
export function curvature(points: ArrayInput): Float64Array {
  const { row, count, length } = pointsOf('points', points, 3)
  return Float64Array.from({ length: count - 2 }, (_, i) => {
    const [before, here, after] = [row(i), row(i + 1), row(i + 2)]
    let [first, second] = [0, 0]
    for (let k = 0; k < length; k++) {
      first += ((after[k] - before[k]) / 2) ** 2
      second += (after[k] - 2 * here[k] + before[k]) ** 2
    }
    return first === 0 ? 0 : Math.sqrt(second) / first
  })
}

/**
 * ‖Φ(g_t x) − Φ(x) − t·d‖ / ‖Φ(g_t x) − Φ(x)‖ for each point of an orbit: the share of a move that is not along the tangent. d is the
 * secant derivative at t = 0: between the nearest parameters on both sides, or from 0 to the nearest. 0 where t = 0, and where the orbit
 * does not move. Throws `ValueError` unless 0 is among the parameters.
 */
export function firstOrderResidual(points: ArrayInput, parameters: readonly number[]): Float64Array {
  const { row, count, length } = pointsOf('points', points, 2)
  checkParameters('firstOrderResidual', parameters, 2)
  if (parameters.length !== count)
    throw new ShapeError(`firstOrderResidual: ${parameters.length} parameters of ${count} points: give one each`)
  const origin = parameters.indexOf(0)
  if (origin < 0) throw new ValueError('firstOrderResidual: parameters must hold 0, where the orbit begins')
  const nearest = (side: number): number =>
    parameters.reduce(
      (best, t, i) => (t * side > 0 && (best < 0 || Math.abs(t) < Math.abs(parameters[best])) ? i : best),
      -1,
    )
  const [left, right] = [nearest(-1), nearest(1)]
  const [from, to] = [left < 0 ? origin : left, right < 0 ? origin : right]
  const step = parameters[to] - parameters[from]
  if (step === 0) throw new ValueError('firstOrderResidual: parameters must hold another value than 0')
  const start = row(origin)
  return Float64Array.from(parameters, (t, i) => {
    const point = row(i)
    let [beside, move] = [0, 0]
    for (let k = 0; k < length; k++) {
      const moved = point[k] - start[k]
      beside += (moved - (t * (row(to)[k] - row(from)[k])) / step) ** 2
      move += moved ** 2
    }
    return move === 0 ? 0 : Math.sqrt(beside / move)
  })
}

/** ‖Φ(g.x) − Φ(x)‖ / ‖Φ(x)‖ for each point of an orbit, x being its point number `origin` (0). */
export function orbitDistances(points: ArrayInput, origin = 0): Float64Array {
  const { row, count, length } = pointsOf('points', points)
  if (!Number.isInteger(origin) || origin < 0 || origin >= count)
    throw new ValueError(`orbitDistances: origin is ${shown(origin)}: it must be a whole number, 0 to ${count - 1}`)
  const norm = distance(row(origin), new Float64Array(length))
  return Float64Array.from({ length: count }, (_, i) => {
    const moved = distance(row(i), row(origin))
    return moved === 0 ? 0 : moved / norm
  })
}

function checkParameters(name: string, parameters: readonly number[], least: number): void {
  checkArgument(`${name}: parameters`, parameters, someNumbers)
  if (parameters.length < least || !Array.from(parameters).every(Number.isFinite))
    throw new ValueError(`${name}: parameters are ${shown(parameters)}: give ${least} finite numbers or more`)
}
