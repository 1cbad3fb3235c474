import { describe, expect, it } from 'vitest'
import { placesOf } from './graph-layout.ts'
import { layeredGraph } from './layered-graph.ts'
import { hashOf, pixelsOf } from './pixels.test.reader.ts'

const edge = (layer: number, from: number, to: number, kind?: string) => ({ layer, from, to, ...(kind && { kind }) })
const binary = {
  layers: [{ nodes: 1 }, { nodes: 2 }, { nodes: 4 }],
  edges: [edge(0, 0, 0), edge(0, 0, 1), ...[0, 1, 2, 3].map((to) => edge(1, to >> 1, to))],
}

describe('layout', () => {
  it('spreads each row evenly over the width', () => {
    const places = placesOf('graph', binary, 80)
    expect(places.map(({ nodes }) => nodes)).toEqual([[40], [20, 60], [10, 30, 50, 70]])
    expect(places.map(({ spacing }) => spacing)).toEqual([80, 40, 20])
    expect(places.every(({ rest }) => rest === null)).toBe(true)
  })

  it('sets parents of a tree above the middle of their children, from the last row up', () => {
    const lopsided = {
      layers: [{ nodes: 1 }, { nodes: 2 }, { nodes: 4 }],
      edges: [edge(0, 0, 0), edge(0, 0, 1), edge(1, 0, 0), edge(1, 1, 1), edge(1, 1, 2), edge(1, 1, 3)],
      layout: 'tree' as const,
    }
    expect(placesOf('graph', lopsided, 80).map(({ nodes }) => nodes)).toEqual([[30], [10, 50], [10, 30, 50, 70]])
  })

  it('keeps three cells in the middle for the nodes that are left out', () => {
    const [row] = placesOf('graph', { layers: [{ nodes: 4, of: 100 }], edges: [] }, 70)
    expect(row).toEqual({ nodes: [5, 15, 55, 65], spacing: 10, rest: 35 })
  })
})

describe('layeredGraph', () => {
  // margin 16, then 8 above the first row
  const at = (x: number, y: number) => [16 + x, 24 + y] as const

  it('draws nodes where the layout says, in the colour of the edges that lead there', async () => {
    const edges = [edge(0, 0, 0, 'low'), edge(0, 0, 1, 'high')]
    const kinds = { low: { dashed: true, colour: '#ff0000' }, high: { colour: '#0000ff' } }
    const figure = layeredGraph({
      panels: [{ layers: binary.layers.slice(0, 2), edges }],
      kinds,
      width: 80,
      rowHeight: 40,
    })
    const pixels = await pixelsOf(figure)
    expect([pixels.width, pixels.height]).toEqual([112, 88])
    expect(pixels.at(...at(60, 40))).toBe('#0000ff')
    // hollow: white within a red ring
    expect(pixels.at(...at(20, 40))).toBe('#ffffff')
    expect(pixels.count([...at(14, 34), 13, 13], ([r, g, b]) => r > 200 && g < 120 && b < 120)).toBeGreaterThan(8)
    expect(pixels.at(...at(40, 0))).toBe('#333333')
  })

  it('draws a line for every edge, and none where there is none', async () => {
    const pixels = await pixelsOf(
      layeredGraph({
        panels: [{ layers: [{ nodes: 2 }, { nodes: 2 }], edges: [edge(0, 0, 0)] }],
        width: 80,
        rowHeight: 60,
      }),
    )
    const inked = (x: number) => pixels.count([...at(x - 3, 20), 7, 20], (rgb) => rgb[0] < 230)
    expect(inked(20)).toBeGreaterThan(15)
    expect(inked(60)).toBe(0)
  })

  it('has labels, titles, captions and a legend of the kinds that have one', () => {
    const { svg, width } = layeredGraph({
      title: 'Graphs',
      panels: [
        {
          ...binary,
          title: 'a <tree>',
          caption: 'seven nodes',
          layers: binary.layers.map((row) => ({ ...row, label: `${row.nodes} maps` })),
        },
        binary,
      ],
      kinds: { filter: { label: 'filter & ρ' }, other: {} },
    })
    for (const text of ['Graphs', 'a &lt;tree&gt;', 'seven nodes', '4 maps', 'filter &amp; ρ'])
      expect(svg).toContain(`>${text}</text>`)
    expect(svg).not.toContain('>other<')
    expect(width).toBeGreaterThan(2 * 260)
    // both over the middle of the rows, to the right of the labels
    const places = ['a &lt;tree&gt;', 'seven nodes'].map(
      (text) => new RegExp(`x="([\\d.]+)"[^>]*>${text}<`).exec(svg)?.[1],
    )
    expect(places[0]).toBe(places[1])
    expect(Number(places[0])).toBeGreaterThan(130 + 30)
  })

  it('is the same bytes each time, a path for each row and kind', () => {
    expect(hashOf(layeredGraph({ panels: [binary] }))).toBe(hashOf(layeredGraph({ panels: [binary] })))
    expect(layeredGraph({ panels: [binary] }).svg.match(/<path /g)).toHaveLength(2)
  })

  it.each([
    [{ panels: [] }, /panels is empty/],
    [{ panels: [{ layers: [], edges: [] }] }, /panels\[0\]\.layers is empty/],
    [{ panels: [{ layers: [{ nodes: 0 }], edges: [] }] }, /nodes is 0/],
    [{ panels: [{ layers: [{ nodes: 4, of: 3 }], edges: [] }] }, /of is 3: .* 4 or more/],
    [{ panels: [{ layers: [{ nodes: 2, of: 3 }], edges: [], layout: 'tree' as const }] }, /leaves nodes out/],
    [{ panels: [{ ...binary, edges: [edge(0, 0, 2)] }] }, /edges\[0\] leads from 0\/0 to 1\/2/],
    [{ panels: [{ ...binary, edges: [edge(2, 0, 0)] }] }, /edges\[0\]/],
    [{ panels: [{ ...binary, edges: [edge(0, 0, 1, 'none')] }], kinds: { rho: {} } }, /kind 'none': kinds has rho/],
    [{ panels: [binary], width: 0 }, /width is 0/],
  ])('refuses %j', (options, message) => {
    expect(() => layeredGraph(options)).toThrow(message)
  })
})
