// The kernel of `fft`: transforms along one axis of complex views, each in the way that its strides allow. Vectors run across
// neighbouring lines where there are any, inside a line where it is long, across four lines otherwise.
import type { View } from '@scatterlab/tensor'
import type { Sign } from './butterflies.ts'
import { hasCodelet, scratchBytes } from './codelet.ts'
import type { Kernels } from './kernels.ts'
import { QUAD, isFour } from './layout.ts'
import { type LineLayout, acrossLines, fourLines } from './lines.ts'
import { areEqual } from './plans.ts'
import { foursteps, singlePlan } from './single.ts'
import type { Address } from '../memory/heap.ts'
import type { Steps } from '../replay/steps.ts'

/** Lines from this length on are transformed one by one, */
const LONG = 1024
/** those beyond this also where vectors do not fill their rows and columns. */
const TOGETHER = 2048

/** An axis that the transforms are repeated along; steps in bytes. */
interface Repeat {
  readonly count: number
  readonly step: number
  readonly outStep: number
}

/** What transforms to make: the layout of one, and how they are repeated. */
interface Problem {
  readonly layout: LineLayout
  readonly repeats: readonly Repeat[]
}

/** Issues the kernel calls of a problem for data at two addresses. */
type Run = (steps: Steps, from: Address, to: Address) => void

/** A view without its memory. */
type Layout = Pick<View, 'shape' | 'strides' | 'imagStride'>

/** The transforms that a plan was made for, and its calls. */
interface Planned {
  readonly axis: number
  readonly sign: Sign
  readonly inPlace: boolean
  readonly from: Layout
  readonly to: Layout
  readonly run: Run | null
}

/** Plans are compared field by field: to build lists of numbers takes a fifth of the time of a 32×32 transform. */
const plans = new WeakMap<Kernels, Planned[]>()

/** Runs `fft`, or gives false where it has no kernel: in double precision, or where the strides let none fit. */
export function fft(steps: Steps, x: View, out: View, axis: number, sign: Sign): boolean {
  if (x.dtype !== 'complex64' || out.dtype !== 'complex64') return false
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined) return false
  const { run } = planFor(steps.kernels, x, out, axis, sign)
  if (run === null) return false
  run(steps, from, to)
  return true
}

function planFor(kernels: Kernels, x: View, out: View, axis: number, sign: Sign): Planned {
  let known = plans.get(kernels)
  if (known === undefined) plans.set(kernels, (known = []))
  const inPlace = x.buffer === out.buffer
  for (const one of known)
    if (one.axis === axis && one.sign === sign && one.inPlace === inPlace && isLike(one.from, x) && isLike(one.to, out))
      return one
  const made = { axis, sign, inPlace, from: layoutOf(x), to: layoutOf(out), run: plan(kernels, x, out, axis, sign) }
  known.push(made)
  return made
}

const layoutOf = ({ shape, strides, imagStride }: View): Layout => ({ shape, strides, imagStride })
const isLike = (a: Layout, b: Layout): boolean =>
  a.imagStride === b.imagStride && areEqual(a.shape, b.shape) && areEqual(a.strides, b.strides)

function plan(kernels: Kernels, x: View, out: View, axis: number, sign: Sign): Run | null {
  const negative = [...x.strides, ...out.strides, x.imagStride, out.imagStride].some((stride) => stride < 0)
  if (x.shape.includes(0) || negative) return null
  const bytes = (stride: number): number => 4 * stride
  const layout = {
    n: x.shape[axis]!,
    sign,
    step: bytes(x.strides[axis]!),
    imag: bytes(x.imagStride),
    outStep: bytes(out.strides[axis]!),
    outImag: bytes(out.imagStride),
  }
  const others = x.shape.map((_, a) => a).filter((a) => a !== axis && x.shape[a] !== 1)
  const repeatOf = (a: number): Repeat => ({
    count: x.shape[a]!,
    step: bytes(x.strides[a]!),
    outStep: bytes(out.strides[a]!),
  })
  const isVector = (a: number): boolean =>
    isFour(x.strides[a]!, x.imagStride) && isFour(out.strides[a]!, out.imagStride)
  const enough = (count: number): boolean => (x.buffer === out.buffer ? count % 4 === 0 : count >= 4)
  const lane = others.find((a) => isVector(a) && enough(x.shape[a]!))
  if (lane !== undefined && hasCodelet(layout.n)) {
    const rest = others.filter((a) => a !== lane).map(repeatOf)
    return across(kernels, { layout, repeats: rest }, repeatOf(lane))
  }
  if (!isVector(axis)) return null
  const problem = { layout, repeats: others.map(repeatOf) }
  return oneByOne(kernels, problem) ?? inFours(kernels, problem)
}

/** Vectors run along `lane`; the last one may overlap the one before. */
function across(kernels: Kernels, { layout, repeats }: Problem, lane: Repeat): Run {
  const kernel = acrossLines(kernels, layout)
  const vectors: Repeat = { count: lane.count >> 2, step: 4 * lane.step, outStep: 4 * lane.outStep }
  // The kernel runs through the longest axis itself.
  const [inner, ...outer] = [vectors, ...repeats].toSorted((a, b) => b.count - a.count) as [Repeat, ...Repeat[]]
  const last = lane.count - 4
  const bytes = scratchBytes(layout.n)
  return (steps, from, to) => {
    const scratch = steps.workspace(bytes)
    forEach(outer, from, to, (source, target) =>
      steps.issue(kernel, source, target, inner.count, inner.step, inner.outStep, scratch),
    )
    if (lane.count % 4 === 0) return
    forEach(repeats, from + last * lane.step, to + last * lane.outStep, (source, target) =>
      steps.issue(kernel, source, target, 1, 0, 0, scratch),
    )
  }
}

/** Vectors run inside each line. */
function oneByOne(kernels: Kernels, { layout, repeats }: Problem): Run | null {
  const lines = repeats.reduce((product, { count }) => product * count, 1)
  const pair = layout.n >= LONG || lines === 1 ? foursteps(layout.n) : null
  if (pair === null || (lines > 1 && layout.n <= TOGETHER && pair.some((n) => n % 4 !== 0))) return null
  const { columns, rows, ...bytes } = singlePlan(kernels, pair, layout.sign, layout.imag, layout.outImag)
  const { betweenBytes, lineBytes } = bytes
  const all = betweenBytes + lineBytes + bytes.scratchBytes
  return (steps, from, to) => {
    const between = steps.workspace(all)
    const line = between + betweenBytes
    const scratch = line + lineBytes
    forEach(repeats, from, to, (source, target) => {
      steps.issue(columns, source, between, line, scratch)
      steps.issue(rows, between, target, scratch)
    })
  }
}

/** Four lines at a time; where fewer are left, one of them stands for those that lack. */
function inFours(kernels: Kernels, { layout, repeats }: Problem): Run | null {
  if (!hasCodelet(layout.n) || layout.n < 4) return null
  const kernel = fourLines(kernels, layout)
  const bytes = layout.n * QUAD + scratchBytes(layout.n)
  return (steps, from, to) => {
    const line = steps.workspace(bytes)
    const pending: [Address, Address][] = []
    const flush = (): void => {
      const four = [0, 1, 2, 3].map((i) => pending[Math.min(i, pending.length - 1)]!)
      const [sources, targets] = [four.map(([source]) => source), four.map(([, target]) => target)]
      steps.issue(kernel, ...sources, ...targets, line, line + layout.n * QUAD)
      pending.length = 0
    }
    forEach(repeats, from, to, (source, target) => {
      pending.push([source, target])
      if (pending.length === 4) flush()
    })
    if (pending.length > 0) flush()
  }
}

function forEach(
  [first, ...rest]: readonly Repeat[],
  from: Address,
  to: Address,
  body: (from: Address, to: Address) => void,
): void {
  if (first === undefined) return body(from, to)
  for (let i = 0; i < first.count; i++) forEach(rest, from + i * first.step, to + i * first.outStep, body)
}
