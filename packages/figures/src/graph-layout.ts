// Where the nodes of a layered graph stand along their rows. Numbers only; `layered-graph.ts` draws them.

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
  readonly layer: number
  readonly from: number
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

/** Cells of a row that the three dots take. */
const REST = 3

const count = (option: string, value: number, least: number): void => {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new FigureError('BAD_OPTION', `${option} is ${value}: give a whole number of at least ${least}`)
}

const checkGraph = (name: string, { layers, edges, layout = 'spread' }: Graph): void => {
  if (layers.length === 0) throw new FigureError('EMPTY', `${name}.layers is empty: give at least one`)
  if (layout !== 'spread' && layout !== 'tree') {
    throw new FigureError('BAD_OPTION', `${name}.layout is '${String(layout)}': use 'spread' or 'tree'`)
  }
  layers.forEach(({ nodes, of = nodes }, i) => {
    count(`${name}.layers[${i}].nodes`, nodes, 1)
    count(`${name}.layers[${i}].of`, of, nodes)
    if (of > nodes && layout === 'tree') {
      throw new FigureError(
        'BAD_OPTION',
        `${name}.layers[${i}] leaves nodes out: a tree shows all, or use layout 'spread'`,
      )
    }
  })
  edges.forEach(({ layer, from, to }, i) => {
    const inside =
      Number.isInteger(layer) &&
      layer >= 0 &&
      layer < layers.length - 1 &&
      isNode(from, layers[layer]!) &&
      isNode(to, layers[layer + 1]!)
    if (inside) return
    const wanted = 'layer counts the upper row from 0, from and to the nodes that are drawn'
    throw new FigureError(
      'BAD_OPTION',
      `${name}.edges[${i}] leads from ${layer}/${from} to ${layer + 1}/${to}: ${wanted}`,
    )
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

/** The places of a graph's nodes in a row of `width` pixels. Throws {@link FigureError} `empty` or `bad-option`. */
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
