// Products of arrays whose axes are named by letters.
import { shown } from '../check-options.ts'
import { ShapeError, ValueError } from '../errors.ts'
import { checkTensor } from './checks.ts'
import { matmul } from './matmul.ts'
import { sum } from './reduction.ts'
import { scope } from './scope.ts'
import { formatShape } from './shape.ts'
import type { Tensor } from './tensor.ts'

/**
 * Einstein's summation of one or two real arrays: axes with one letter run together, and letters that the result does not name are summed
 * over. `einsum('ij,jk->ik', a, b)` is the matrix product, `einsum('bij->bj', x)` a sum. Each letter comes once in an operand.
 * Throws `ValueError` for a formula that is none, `ShapeError` for lengths that differ.
 */
export function einsum(formula: string, ...operands: readonly Tensor[]): Tensor {
  if (typeof formula !== 'string')
    throw new ValueError(`einsum takes a formula such as 'ij,jk->ik', not ${shown(formula)}`)
  const [left, result, ...more] = formula.replaceAll(' ', '').split('->')
  const inputs = left.split(',')
  const letters = [...inputs, result ?? ''].every(
    (axes) => /^[a-zA-Z]*$/.test(axes) && new Set(axes).size === axes.length,
  )
  if (result === undefined || more.length > 0 || !letters || [...result].some((letter) => !left.includes(letter)))
    throw new ValueError(`einsum formula '${formula}': write it as 'ij,jk->ik', each letter once in an operand`)
  if (inputs.length !== operands.length || operands.length > 2)
    throw new ValueError(`einsum '${formula}' of ${operands.length} arrays: give as many as it names, one or two`)
  const lengths = new Map<string, number>()
  inputs.forEach((axes, i) => {
    checkTensor('einsum', operands[i])
    const { shape } = operands[i]
    if (shape.length !== axes.length)
      throw new ShapeError(
        `einsum '${formula}': '${axes}' names ${axes.length} axes of an array of shape ${formatShape(shape)}`,
      )
    ;[...axes].forEach((letter, axis) => {
      const known = lengths.get(letter) ?? shape[axis]
      if (known !== shape[axis])
        throw new ShapeError(`einsum '${formula}': axis ${letter} is ${known} and ${shape[axis]} long`)
      lengths.set(letter, known)
    })
  })
  return scope(() => {
    const [a, b] = inputs.map((axes, i) =>
      summed(operands[i], axes, result + inputs.filter((_, other) => other !== i).join('')),
    )
    const product = b === undefined ? a : multiplied(a, b, result, lengths)
    return ordered(product, result).clone()
  })
}

interface Named {
  readonly x: Tensor
  readonly axes: string
}

/** Summed over the axes that nobody else names. */
function summed(x: Tensor, axes: string, wanted: string): Named {
  const over = [...axes].flatMap((letter, axis) => (wanted.includes(letter) ? [] : [axis]))
  return {
    x: over.length === 0 ? x : sum(x, { axes: over }),
    axes: [...axes].filter((letter) => wanted.includes(letter)).join(''),
  }
}

const ordered = ({ x, axes }: Named, order: string): Tensor =>
  order === '' ? x : x.transpose(...[...order].map((letter) => axes.indexOf(letter)))

/** As products of matrices [own axes of a, common] · [common, own axes of b], in a batch over the common axes that stay. */
function multiplied(a: Named, b: Named, result: string, lengths: ReadonlyMap<string, number>): Named {
  const common = [...a.axes].filter((letter) => b.axes.includes(letter))
  const batch = common.filter((letter) => result.includes(letter))
  const inner = common.filter((letter) => !result.includes(letter))
  const [rows, columns] = [a, b].map(({ axes }) => [...axes].filter((letter) => !common.includes(letter)))
  const size = (axes: readonly string[]): number => axes.reduce((product, letter) => product * lengths.get(letter)!, 1)
  const matrices = (of: Named, first: readonly string[], second: readonly string[]): Tensor =>
    ordered(of, [...batch, ...first, ...second].join('')).reshape(size(batch), size(first), size(second))
  const axes = [...batch, ...rows, ...columns]
  const product = matmul(matrices(a, rows, inner), matrices(b, inner, columns))
  return { x: product.reshape(...axes.map((letter) => lengths.get(letter)!)), axes: axes.join('') }
}
