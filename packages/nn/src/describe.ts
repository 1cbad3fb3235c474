// A network as a table for people to read.
import { checkArgument } from '@scatterlab/tensor'
import { aNetwork } from './arguments.ts'
import type { Network } from './network.ts'

/**
 * The layers of a network, a line each: name, kind, shape of one item's result, number of parameters; then the total.
 *
 * @example console.log(describe(network(linear({ units: 10 }), [784])))
 */
export function describe(network: Network): string {
  checkArgument('describe: network', network, aNetwork)
  const { input, layers, parameterCount } = network
  const rows = [
    ['layer', 'kind', 'output', 'parameters'],
    ['', 'input', formatted(input), ''],
    ...layers.map(({ name, kind, output, parameters }) => [name, kind, formatted(output), count(parameters)]),
    ['total', '', '', count(parameterCount)],
  ]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = ([name, kind, output, parameters]: readonly string[]): string =>
    [name.padEnd(widths[0]), kind.padEnd(widths[1]), output.padEnd(widths[2]), parameters.padStart(widths[3])]
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

const formatted = (shape: readonly number[]): string => shape.join('×') || 'number'

/** 60965224 as 60,965,224, in every locale. */
const count = (n: number): string => String(n).replaceAll(/\B(?=(\d{3})+$)/g, ',')
