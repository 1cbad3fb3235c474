// The text of a kernel, in the JavaScript that gpu.js reads: each thread computes one number of the output's buffer, wherever
// its view lies in it; numbers beside the view keep their values. It is text, so that no minifier can change it.
import { type View, isComplex } from '@scatterlab/tensor'

/** Writes the expression for an element of an input: its index along each axis, and for complex ones which part (0 or 1). */
export type Reader = (index: readonly string[], part?: string) => string

/** Inputs by name; those that are undefined are left out, and their readers must not be used. */
export type Inputs<K extends string> = { readonly [N in K]: View | undefined }

/**
 * The statements that compute and return one number, given readers of the inputs by name, the index of the output's element and,
 * for complex outputs, the name of its part.
 */
export type Body<K extends string> = (
  read: Readonly<Record<K, Reader>>,
  index: readonly string[],
  part: string,
) => string

/** A kernel: parameters are the inputs, then `old` (where the buffer has more than the view), then numbers. */
export interface KernelText {
  readonly source: string
  /** Whether numbers of the output's buffer are kept, so that it is an input too. */
  readonly keeps: boolean
  /** Values of the numeric parameters, in their order. */
  readonly numbers: readonly number[]
}

interface Axis {
  readonly name: string
  readonly length: number
  readonly stride: number
}

/** Numbers that a body may name. They are parameters, since the text of some has no meaning or another on a GPU. */
const NAMED = { nan: NaN, infinity: Infinity, zero: 0, one: 1 }

/**
 * The kernel that writes `out`. Null where the elements of `out` share places or interlock, so that a place does not tell its
 * element. `numbers` are the parameters that may differ from call to call; `nan`, `infinity`, `zero` and `one` are
 * there where the body names them.
 */
export function kernelText<K extends string>(
  out: View,
  inputs: Inputs<K>,
  body: Body<K>,
  numbers: Readonly<Record<string, number>> = {},
): KernelText | null {
  const axes = placesOf(out)
  if (axes === null) return null
  const given = Object.entries<View | undefined>(inputs).filter((entry): entry is [K, View] => entry[1] !== undefined)
  const readers = Object.fromEntries(given.map(([name, view]) => [name, readerOf(name, view)])) as Record<K, Reader>
  const index = out.shape.map((length, axis) => (length === 1 ? '0' : `i${axis}`))
  const statements = body(readers, index, isComplex(out.dtype) ? 'part' : '0')
  const keeps = axes.reduce((size, { length }) => size * length, 1) < out.buffer.length
  const first = axes.reduce((at, { length, stride }) => at + Math.min(0, stride * (length - 1)), out.offset)
  const text = `${locate(axes, keeps)}${statements}`
  const values: Record<string, number> = { ...numbers, origin: first }
  for (const [name, { offset }] of given) values[`${name}At`] = offset
  for (const [name, value] of Object.entries(NAMED)) if (text.includes(name)) values[name] = value
  const parameters = [...given.map(([name]) => name), ...(keeps ? ['old'] : []), ...Object.keys(values)]
  return { source: `function (${parameters.join(', ')}) {\n${text}\n}`, keeps, numbers: Object.values(values) }
}

/**
 * Statements that find quotient and rest of whole numbers below 2²⁴ in size. Division on a GPU may be off by some units in the last
 * place, which for large quotients are whole numbers.
 */
export const divide = (quotient: string, rest: string, value: string, divisor: number): string => `
  let ${quotient} = Math.floor((${value}) / ${divisor});
  ${quotient} = ${quotient} + Math.floor((${value} - ${quotient} * ${divisor}) / ${divisor});
  if (${quotient} * ${divisor} > ${value}) { ${quotient} = ${quotient} - 1; }
  let ${rest} = ${value} - ${quotient} * ${divisor};
  if (${rest} >= ${divisor}) { ${quotient} = ${quotient} + 1; ${rest} = ${rest} - ${divisor}; }`

/** Statements that take a whole number into 0 … period − 1. */
export const wrap = (name: string, period: number | string): string => `
  ${name} = ${name} - Math.floor(${name} / ${period}) * ${period};
  if (${name} < 0) { ${name} = ${name} + ${period}; }
  if (${name} >= ${period}) { ${name} = ${name} - ${period}; }`

/** Statements that make `name` √(re² + im²) of finite numbers of any size: the larger part is taken out before it is squared. */
export const modulus = (name: string, re: string, im: string): string => `
  let ${name} = Math.max(Math.abs(${re}), Math.abs(${im}));
  if (${name} > 0) {
    const ${name}Re = ${re} / ${name};
    const ${name}Im = ${im} / ${name};
    ${name} = ${name} * Math.sqrt(${name}Re * ${name}Re + ${name}Im * ${name}Im);
  }`

/** A term of an address: nothing for an index or a stride of zero. */
const term = (index: string, stride: number): string => {
  if (stride === 0 || index === '0') return ''
  const size = Math.abs(stride)
  return ` ${stride < 0 ? '-' : '+'} ${size === 1 ? `(${index})` : `(${index}) * ${size}`}`
}

function readerOf(name: string, { strides, imagStride }: View): Reader {
  return (index, part = '0') => {
    const terms = index.map((at, axis) => term(at, strides[axis]))
    return `${name}[${name}At${terms.join('')}${term(part, imagStride)}]`
  }
}

/** The axes of a view from the widest stride to the narrowest, each beyond all that is inside it; null if they interlock. */
function placesOf({ dtype, shape, strides, imagStride }: View): Axis[] | null {
  const axes: Axis[] = shape.map((length, axis) => ({ name: `i${axis}`, length, stride: strides[axis] }))
  if (isComplex(dtype)) axes.push({ name: 'part', length: 2, stride: imagStride })
  const long = axes.filter(({ length }) => length !== 1).sort((a, b) => Math.abs(b.stride) - Math.abs(a.stride))
  let extent = 0
  for (const { length, stride } of long.toReversed()) {
    if (Math.abs(stride) <= extent) return null
    extent += Math.abs(stride) * (length - 1)
  }
  return long
}

/** Statements that find the indices of the thread's element, or return what was there. */
function locate(axes: readonly Axis[], keeps: boolean): string {
  const kept = 'return old[this.thread.x];'
  const lines = ['let beyond = this.thread.x - origin;']
  for (const { name, length, stride } of axes) {
    const size = Math.abs(stride)
    if (size === 1) lines.push(`let ${name} = beyond;`, 'beyond = 0;')
    else lines.push(divide(name, `${name}Rest`, 'beyond', size), `beyond = ${name}Rest;`)
    if (keeps) lines.push(`if (${name} < 0 || ${name} >= ${length}) { ${kept} }`)
    if (stride < 0) lines.push(`${name} = ${length - 1} - ${name};`)
  }
  if (keeps) lines.push(`if (beyond !== 0) { ${kept} }`)
  return `${lines.join('\n')}\n`
}
