// One call of an operation, made on a back end and on the reference, and how far the two may differ.
import { type Call, type Tolerance, type Views, contents, positions } from '@scatterlab/tensor/cases'
import { type Backend, type DType, type RealArray, formatShape, realOf, reference } from '@scatterlab/tensor'
import { expectClose } from '../expect-close.ts'

type Contents = Readonly<Record<string, RealArray>>

/** How a call is told in messages: the operation, its options, and where each array lies. */
export function describeCall(operation: string, { operands, alias = {}, note }: Call): string {
  const arrays = Object.entries(operands).map(([name, { layout, filling }]) =>
    name in alias
      ? `${name} is ${alias[name]}`
      : `${name} ${layout.dtype} ${formatShape(layout.shape)} by strides ${layout.strides.join(', ') || 'none'} from ` +
        `${layout.offset}${layout.imagStride > 0 ? `, imaginary parts after ${layout.imagStride}` : ''}, ${filling}`,
  )
  return `${operation}${note === undefined ? '' : ` (${note})`} of ${arrays.join('; ')}`
}

/** Makes the call on both and compares every number of every buffer. Throws where they differ. */
export async function compareCall(call: Call, backend: Backend, tolerance: (dtype: DType) => Tolerance): Promise<void> {
  const before = prepared(call)
  const expected = await results(call, before, reference)
  const actual = await results(call, before, backend)
  for (const name of Object.keys(before)) {
    const { layout } = call.operands[name]
    const where = call.written.includes(name) ? positions(layout) : new Int32Array(0)
    const unit = call.units?.[name] ?? 1
    const at = (data: RealArray): Float64Array => {
      const found = new Float64Array(where.length)
      for (let n = 0; n < where.length; n++) found[n] = data[where[n]] / unit
      return found
    }
    const beside = (data: RealArray): RealArray => {
      const rest = data.slice()
      for (let n = 0; n < where.length; n++) rest[where[n]] = 0
      return rest
    }
    explain(name, () => expectClose(at(actual[name]), at(expected[name]), tolerance(layout.dtype)))
    explain(`${name}, numbers that are not its elements`, () => expectClose(beside(actual[name]), beside(before[name])))
  }
}

function explain(label: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw new Error(`${label}: ${(error as Error).message}`, { cause: error })
  }
}

function names({ operands, alias = {} }: Call): string[] {
  return Object.keys(operands).filter((name) => !(name in alias))
}

function prepared(call: Call): Contents {
  const data = Object.fromEntries(names(call).map((name) => [name, contents(call.operands[name])]))
  call.prepare?.(viewsOf(call, data, reference).views)
  return data
}

async function results(call: Call, before: Contents, backend: Backend): Promise<Contents> {
  const copies = Object.fromEntries(Object.entries(before).map(([name, data]) => [name, data.slice()]))
  const { views, buffers } = viewsOf(call, copies, backend)
  call.run(backend, views)
  const after = Object.entries(buffers).map(async ([name, buffer]) => {
    const data = backend.read(buffer)
    backend.release(buffer)
    return [name, await data] as const
  })
  return Object.fromEntries(await Promise.all(after))
}

function viewsOf(call: Call, data: Contents, backend: Backend) {
  const buffers = Object.fromEntries(Object.entries(data).map(([name, numbers]) => [name, backend.adopt(numbers)]))
  const views = Object.fromEntries(
    Object.keys(call.operands).map((name) => {
      const stored = call.alias?.[name] ?? name
      const { dtype, shape, strides, offset, imagStride } = call.operands[stored].layout
      const type = call.operands[name].layout.dtype
      if (realOf(type) !== realOf(dtype))
        throw new Error(`${name} cannot stand for ${stored}: they differ in precision`)
      return [name, { buffer: buffers[stored], dtype, shape, strides, offset, imagStride }]
    }),
  ) as Views
  return { views, buffers }
}
