// Where the nodes of a layered graph stand along their rows. Numbers only; `layered-graph.ts` draws them.

import { checkOptions, ValueError, wholeNumber, type Rules } from '@scatterlab/tensor'
import { checkArgument, count, text } from './rules.ts'
import { FigureError } from './errors.ts'

/** One row of nodes. */
export interface GraphLayer {
  /** At the left of the row. */
  readonly label?: string
  /** How many are drawn. */
  readonly nodes: number
  /** How many there are; where that is more, three dots in the middle of the row stand for the rest. Default: `nodes`. */
  readonly of?: number
}

/** A line from node `from` of a layer, counted from 0, to node `to` of the layer under it. */
export interface GraphEdge {
  /** The upper of its two layers, from 0 at the top. */
  readonly layer: number
  /** Which of the nodes that are drawn in that layer, from 0. */
  readonly from: number
  /** Which of those of the layer under it, from 0. */
  readonly to: number
  /** Which of the figure's kinds it is. */
  readonly kind?: string
}

/** How nodes are placed. */
export type GraphLayout = 'spread' | 'tree'

/** One row's places in pixels from the left. */
export interface RowPlaces {
  readonly nodes: readonly number[]
  /** The least distance of neighbours; the width for a single node. */
  readonly spacing: number
  /** Where the dots stand that mean the rest, or null. */
  readonly rest: number | null
}

interface Graph {
  readonly layers: readonly GraphLayer[]
  readonly edges: readonly GraphEdge[]
  readonly layout?: GraphLayout
}

const LAYER_RULES: Rules<GraphLayer> = { label: text, nodes: count, of: wholeNumber(1) }
const EDGE_RULES: Rules<GraphEdge> = { layer: wholeNumber(0), from: wholeNumber(0), to: wholeNumber(0), kind: text }

/** Cells of a row that the three dots take. */
const REST = 3

const checkGraph = (name: string, { layers, edges, layout = 'spread' }: Graph): void => {
  if (layers.length === 0) throw new FigureError('EMPTY', `${name}.layers is empty: give at least one`)
  layers.forEach((layer, i) => {
    const { nodes, of = nodes } = checkOptions<GraphLayer>(`${name}.layers[${i}]`, layer, LAYER_RULES, ['nodes'])
    checkArgument(`${name}.layers[${i}].of`, of, wholeNumber(nodes))
    if (of > nodes && layout === 'tree') {
      throw new ValueError(`${name}.layers[${i}] leaves nodes out: a tree shows all, or use layout 'spread'`)
    }
  })
  edges.forEach((edge, i) => {
    const { layer, from, to } = checkOptions<GraphEdge>(`${name}.edges[${i}]`, edge, EDGE_RULES, [
      'layer',
      'from',
      'to',
    ])
    const inside =
      Number.isInteger(layer) &&
      layer >= 0 &&
      layer < layers.length - 1 &&
      isNode(from, layers[layer]!) &&
      isNode(to, layers[layer + 1]!)
    if (inside) return
    const wanted = 'layer counts the upper row from 0, from and to the nodes that are drawn'
    throw new ValueError(`${name}.edges[${i}] leads from ${layer}/${from} to ${layer + 1}/${to}: ${wanted}`)
  })
}

const isNode = (index: number, { nodes }: GraphLayer): boolean => Number.isInteger(index) && index >= 0 && index < nodes

const spread = ({ nodes, of = nodes }: GraphLayer, width: number): RowPlaces => {
  const rest = of > nodes ? REST : 0
  const cell = width / (nodes + rest)
  const before = rest === 0 ? nodes : Math.ceil(nodes / 2)
  const at = (node: number): number => (node + 0.5 + (node < before ? 0 : rest)) * cell
  return {
    nodes: Array.from({ length: nodes }, (_, node) => at(node)),
    spacing: cell,
    rest: rest === 0 ? null : (before + rest / 2) * cell,
  }
}

const least = (nodes: readonly number[], width: number): number =>
  nodes.slice(1).reduce((smallest, place, i) => Math.min(smallest, Math.abs(place - nodes[i]!)), width)

/** The places of a graph's nodes in a row of `width` pixels. Throws {@link FigureError} `EMPTY` or ValueError. */
export const placesOf = (name: string, graph: Graph, width: number): readonly RowPlaces[] => {
  checkGraph(name, graph)
  const { layers, edges, layout = 'spread' } = graph
  const even = layers.map((layer) => spread(layer, width))
  if (layout === 'spread') return even
  const places = [...even]
  for (let layer = layers.length - 2; layer >= 0; layer--) {
    const below = places[layer + 1]!.nodes
    const nodes = even[layer]!.nodes.map((place, node) => {
      const children = edges.filter((edge) => edge.layer === layer && edge.from === node).map(({ to }) => below[to]!)
      return children.length === 0 ? place : (Math.min(...children) + Math.max(...children)) / 2
    })
    places[layer] = { nodes, spacing: least(nodes, width), rest: null }
  }
  return places
}
