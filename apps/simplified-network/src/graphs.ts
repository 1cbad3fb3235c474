// The picture of the three networks: a dot for every map, a line for every filter.
import { type Figure, type GraphEdge, type GraphPanel, layeredGraph } from '@scatterlab/figures'
import type { Path } from '@scatterlab/scattering'
import { WIDTHS } from './networks.ts'

/** Maps of the last level that are drawn of the full network, whose 7,776 filters there would be one grey. */
const SHOWN = 48

/** Every map from every map. */
function full(): GraphPanel {
  const counts = [1, WIDTHS[0], WIDTHS[1], SHOWN]
  const edges = counts
    .slice(1)
    .flatMap((nodes, layer) =>
      Array.from({ length: counts[layer] }, (_, from) =>
        Array.from({ length: nodes }, (_, to): GraphEdge => ({ layer, from, to, kind: 'rho' })),
      ).flat(),
    )
  const layers = [1, ...WIDTHS].map((of, layer) => ({
    label: layer === 0 ? 'x' : String(of),
    nodes: counts[layer],
    of,
  }))
  return { title: 'all channels combined', layers, edges }
}

/** Every map from one map: six branches at each. */
function tree(): GraphPanel {
  const counts = [1, ...WIDTHS]
  const edges = WIDTHS.flatMap((nodes, layer) =>
    Array.from({ length: nodes }, (_, to): GraphEdge => {
      return { layer, from: Math.floor(to / (nodes / counts[layer])), to, kind: 'rho' }
    }),
  )
  const layers = counts.map((nodes, layer) => ({ label: layer === 0 ? 'x' : String(nodes), nodes }))
  return { title: 'one channel each: a tree', layers, edges, layout: 'tree' }
}

/**
 * The paths of a scattering transform as the cascade computes them: at each level every map is averaged, and those of order below the
 * highest go through the wavelets of the level too.
 */
function waveletTree(paths: readonly Path[], scales: number): GraphPanel {
  const highest = Math.max(...paths.map(({ order }) => order))
  const orientations = 1 + Math.max(...paths.flatMap((path) => path.orientations))
  let orders = [0]
  const layers = [{ label: 'x', nodes: 1 }]
  const edges: GraphEdge[] = []
  for (let layer = 0; layer < scales; layer++) {
    const next: number[] = []
    orders.forEach((order, from) => {
      edges.push({ layer, from, to: next.push(order) - 1, kind: 'average' })
      if (order === highest) return
      for (let l = 0; l < orientations; l++) edges.push({ layer, from, to: next.push(order + 1) - 1, kind: 'rho' })
    })
    orders = next
    layers.push({ label: String(orders.length), nodes: orders.length })
  }
  return { title: 'the wavelet tree', layers, edges, layout: 'tree' }
}

/** The three graphs side by side, under each how many numbers its Φ learns. */
export function graphs(paths: readonly Path[], scales: number, learned: readonly number[]): Figure {
  const panels = [full(), tree(), waveletTree(paths, scales)].map((panel, i) => ({
    ...panel,
    caption: learned[i] === 0 ? 'nothing learned' : `${learned[i].toLocaleString('en')} numbers learned`,
  }))
  return layeredGraph({
    title: 'Without channel combination the network is a tree',
    panels,
    width: 280,
    kinds: {
      rho: { label: 'filter, then ρ' },
      average: { label: 'average, without ρ', dashed: true },
    },
  })
}
