// `Backend.fft`: transforms along one axis of complex views, each in the way that its strides allow. Vectors run across
// neighbouring lines where there are any, inside a line where it is long, across four lines otherwise.
import type { View } from '@scatterlab/tensor'
import type { Sign } from './fft-butterflies.ts'
import { QUAD, hasCodelet, scratchBytes } from './fft-codelet.ts'
import { isFour } from './fft-layout.ts'
import { type LineLayout, acrossLines, fourLines } from './fft-lines.ts'
import { foursteps, singlePlan } from './fft-single.ts'
import type { Address } from './heap.ts'
import type { Steps } from './scattering-steps.ts'

/** Lines from this length on are transformed one by one. */
const LONG = 1024

/** An axis that the transforms are repeated along; steps in bytes. */
interface Repeat {
  readonly count: number
  readonly step: number
  readonly outStep: number
}

/** What one transform looks like, and where the first begins. */
interface Problem {
  readonly layout: LineLayout
  readonly from: Address
  readonly to: Address
  readonly repeats: readonly Repeat[]
}

/** Runs `Backend.fft`, or gives false where it has no kernel: then the length has factors other than 2, 3 and 5, or none fits. */
export function fft(steps: Steps, x: View, out: View, axis: number, sign: Sign): boolean {
  const [from, to] = [steps.addressOf(x), steps.addressOf(out)]
  if (from === undefined || to === undefined || x.dtype !== 'complex64' || out.dtype !== 'complex64') return false
  if (x.shape.includes(0) || [...x.strides, ...out.strides, x.imagStride, out.imagStride].some((s) => s < 0))
    return false
  const bytes = (stride: number): number => 4 * stride
  const layout = {
    n: x.shape[axis]!,
    sign,
    step: bytes(x.strides[axis]!),
    imag: bytes(x.imagStride),
    outStep: bytes(out.strides[axis]!),
    outImag: bytes(out.imagStride),
  }
  const others = x.shape.map((_, a) => a).filter((a) => a !== axis)
  const repeatOf = (a: number): Repeat => ({
    count: x.shape[a]!,
    step: bytes(x.strides[a]!),
    outStep: bytes(out.strides[a]!),
  })
  const inPlace = x.buffer === out.buffer
  const lane = others.find(
    (a) =>
      isFour(x.strides[a]!, x.imagStride) &&
      isFour(out.strides[a]!, out.imagStride) &&
      (inPlace ? x.shape[a]! % 4 === 0 : x.shape[a]! >= 4),
  )
  const repeats = others.filter((a) => a !== lane && x.shape[a] !== 1).map(repeatOf)
  const problem = { layout, from, to, repeats }
  if (lane !== undefined && hasCodelet(layout.n)) return across(steps, problem, repeatOf(lane))
  const isRun = isFour(x.strides[axis]!, x.imagStride) && isFour(out.strides[axis]!, out.imagStride)
  if (!isRun) return false
  const all = { ...problem, repeats: others.filter((a) => x.shape[a] !== 1).map(repeatOf) }
  return oneByOne(steps, all) || inFours(steps, all)
}

/** Vectors run along `lane`; the last one may overlap the one before. */
function across(steps: Steps, { layout, from, to, repeats }: Problem, lane: Repeat): boolean {
  const { kernels, issue } = steps
  const kernel = acrossLines(kernels, layout)
  const scratch = steps.workspace(scratchBytes(layout.n))
  const vectors: Repeat = { count: lane.count >> 2, step: 4 * lane.step, outStep: 4 * lane.outStep }
  // The kernel runs through the longest axis itself.
  const [inner, ...outer] = [vectors, ...repeats].toSorted((a, b) => b.count - a.count) as [Repeat, ...Repeat[]]
  forEach(outer, from, to, (source, target) =>
    issue(kernel, source, target, inner.count, inner.step, inner.outStep, scratch),
  )
  if (lane.count % 4 !== 0) {
    const last = lane.count - 4
    forEach(repeats, from + last * lane.step, to + last * lane.outStep, (source, target) =>
      issue(kernel, source, target, 1, 0, 0, scratch),
    )
  }
  return true
}

/** Vectors run inside each line. */
function oneByOne(steps: Steps, { layout, from, to, repeats }: Problem): boolean {
  const { kernels, issue } = steps
  const lines = repeats.reduce((product, { count }) => product * count, 1)
  const pair = layout.n >= LONG || lines === 1 ? foursteps(layout.n) : null
  if (pair === null) return false
  const plan = singlePlan(kernels, pair, layout.sign, layout.imag, layout.outImag)
  const between = steps.workspace(plan.betweenBytes + plan.lineBytes + plan.scratchBytes)
  const line = between + plan.betweenBytes
  const scratch = line + plan.lineBytes
  forEach(repeats, from, to, (source, target) => {
    issue(plan.columns, source, between, line, scratch)
    issue(plan.rows, between, target, scratch)
  })
  return true
}

/** Four lines at a time; where fewer are left, one of them stands for those that lack. */
function inFours(steps: Steps, { layout, from, to, repeats }: Problem): boolean {
  if (!hasCodelet(layout.n) || layout.n < 4) return false
  const { kernels, issue } = steps
  const kernel = fourLines(kernels, layout)
  const line = steps.workspace(layout.n * QUAD + scratchBytes(layout.n))
  const pending: [Address, Address][] = []
  const flush = (): void => {
    const four = [0, 1, 2, 3].map((i) => pending[Math.min(i, pending.length - 1)]!)
    issue(kernel, ...four.map(([source]) => source), ...four.map(([, target]) => target), line, line + layout.n * QUAD)
    pending.length = 0
  }
  forEach(repeats, from, to, (source, target) => {
    pending.push([source, target])
    if (pending.length === 4) flush()
  })
  if (pending.length > 0) flush()
  return true
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
