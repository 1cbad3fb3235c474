// Layered graphs side by side: networks with their nodes as rows of dots, level under level, and their edges as lines. Where the
// dots stand is decided in `graph-layout.ts`.

import { checkOptions, oneOf, trueOrFalse, ValueError, type Rules } from '@scatterlab/tensor'
import { aList, aRecord, checkArgument, pixels, text } from './rules.ts'
import { FigureError } from './errors.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'
import { placesOf } from './graph-layout.ts'
import type { GraphEdge, GraphLayer, GraphLayout } from './graph-layout.ts'
import { palette } from './markers.ts'
import { inColumn, inRow } from './panel.ts'
import type { Panel } from './panel.ts'
import { baselineShift, escapeXml, fontSize, ink, num, textAt } from './svg.ts'
import { textWidth } from './text-width.ts'

/** How edges of a kind look, and the nodes that only they lead to. */
export interface EdgeKind {
  /** Stands in the legend; without it the kind has no entry. */
  readonly label?: string
  /** A CSS colour; default: the next of the figures' palette. */
  readonly colour?: string
  /** Broken lines that lead to hollow dots; default false. */
  readonly dashed?: boolean
}

/** One graph. */
export interface GraphPanel {
  /** Above the graph. */
  readonly title?: string
  /** Under the graph. */
  readonly caption?: string
  /** From the top down. */
  readonly layers: readonly GraphLayer[]
  /** The lines between neighbouring layers. */
  readonly edges: readonly GraphEdge[]
  /** `spread`: nodes evenly over each row. `tree`: those of the last row evenly, all others above the middle of their children. */
  readonly layout?: GraphLayout
}

/** Options of {@link layeredGraph}. */
export interface LayeredGraphOptions {
  /** The graphs from left to right. */
  readonly panels: readonly GraphPanel[]
  /** The kinds that edges name; an edge that names none is a thin grey line. */
  readonly kinds?: Readonly<Record<string, EdgeKind>>
  /** One line above all graphs; default: none. */
  readonly title?: string
  /** Width of a graph in pixels without its labels, at least 40; default 260. */
  readonly width?: number
  /** From one row to the next in pixels, at least 20; default 84. */
  readonly rowHeight?: number
}

const RULES: Rules<LayeredGraphOptions> = {
  panels: aList,
  kinds: aRecord,
  title: text,
  width: pixels(40),
  rowHeight: pixels(20),
}
const PANEL_RULES: Rules<GraphPanel> = {
  title: text,
  caption: text,
  layers: aList,
  edges: aList,
  layout: oneOf('spread', 'tree'),
}
const KIND_RULES: Rules<EdgeKind> = { label: text, colour: text, dashed: trueOrFalse }

interface Look {
  readonly colour: string
  readonly dashed: boolean
}

const plain: Look = { colour: ink.axis, dashed: false }
const dashes = '3,2.5'
const gutter = 10

const looksOf = (kinds: Readonly<Record<string, EdgeKind>>): ReadonlyMap<string, Look> =>
  new Map(
    Object.entries(kinds).map(([name, kind], i) => {
      checkArgument(`kinds.${name}`, kind, aRecord)
      const { colour, dashed = false } = checkOptions<EdgeKind>(`kinds.${name}`, kind, KIND_RULES)
      return [name, { colour: colour ?? palette[i % palette.length]!, dashed }]
    }),
  )

const lookOf = ({ kind }: GraphEdge, looks: ReadonlyMap<string, Look>): Look => {
  if (kind === undefined) return plain
  const look = looks.get(kind)
  if (look !== undefined) return look
  throw new ValueError(`an edge is of the kind '${kind}': kinds has ${[...looks.keys()].join(', ')}`)
}

// many lines are drawn thinner and paler than a few
const stroke = (look: Look, edges: number): string => {
  const width = edges > 150 ? 0.6 : edges > 40 ? 0.8 : 1.2
  const opacity = look.dashed ? 1 : edges > 1000 ? 0.3 : edges > 150 ? 0.55 : edges > 40 ? 0.75 : 1
  const broken = look.dashed ? ` stroke-dasharray="${dashes}"` : ''
  return `stroke="${escapeXml(look.colour)}" stroke-width="${look.dashed ? Math.max(width, 0.9) : width}" stroke-opacity="${opacity}"${broken}`
}

const graphPanel = (
  panel: GraphPanel,
  looks: ReadonlyMap<string, Look>,
  width: number,
  rowHeight: number,
  name: string,
): Panel => {
  const { layers, edges, caption = '', title = '' } = checkOptions(name, panel, PANEL_RULES, ['layers', 'edges'])
  const places = placesOf(name, panel, width)
  const labels = layers.map(({ label = '' }) => label)
  const widest = Math.max(...labels.map((label) => textWidth(label, fontSize.tick)))
  const left = widest === 0 ? 0 : Math.ceil(widest) + gutter
  const top = 8
  const x = (layer: number, node: number): number => left + places[layer]!.nodes[node]!
  const y = (layer: number): number => top + layer * rowHeight

  // one path for each layer and look
  const bundles = new Map<string, { look: Look; count: number; path: string }>()
  const entering = layers.map(({ nodes }) => Array.from({ length: nodes }, () => new Set<Look>()))
  for (const edge of edges) {
    const look = lookOf(edge, looks)
    const key = `${edge.layer} ${edge.kind ?? ''}`
    const bundle = bundles.get(key) ?? { look, count: 0, path: '' }
    bundle.count++
    bundle.path += `M${num(x(edge.layer, edge.from))},${num(y(edge.layer))}L${num(x(edge.layer + 1, edge.to))},${num(y(edge.layer + 1))}`
    bundles.set(key, bundle)
    entering[edge.layer + 1]![edge.to]!.add(look)
  }
  const lines = [...bundles.values()].map(
    ({ look, count, path }) => `<path d="${path}" fill="none" ${stroke(look, count)}/>`,
  )
  const dots = layers.map(({ nodes }, layer) => {
    const radius = Math.min(4.5, Math.max(0.9, places[layer]!.spacing * 0.34))
    return Array.from({ length: nodes }, (_, node) => {
      const [look, ...others] = entering[layer]![node]!
      const { colour, dashed } =
        look === undefined || others.length > 0 || look === plain ? { ...plain, colour: ink.text } : look
      const hollow = dashed
        ? `fill="#ffffff" stroke="${escapeXml(colour)}" stroke-width="${num(Math.min(1.2, radius * 0.6))}"`
        : `fill="${escapeXml(colour)}"`
      return `<circle cx="${num(x(layer, node))}" cy="${num(y(layer))}" r="${num(radius)}" ${hollow}/>`
    }).join('')
  })
  const rests = places.map(({ rest }, layer) =>
    rest === null
      ? ''
      : [-5, 0, 5]
          .map((step) => `<circle cx="${num(left + rest + step)}" cy="${num(y(layer))}" r="1.1" fill="${ink.tick}"/>`)
          .join(''),
  )
  const texts = labels.map((label, layer) =>
    label === ''
      ? ''
      : textAt(left - gutter, y(layer) + baselineShift(fontSize.tick), label, {
          size: fontSize.tick,
          anchor: 'end',
          fill: ink.tick,
        }),
  )
  const size = { width: left + width, height: y(layers.length - 1) + top }
  const graph = { ...size, content: [...lines, ...dots, ...rests, ...texts].join('') }
  const middle = left + width / 2
  return inColumn([...lineOf(title, fontSize.label, middle), graph, ...lineOf(caption, fontSize.tick, middle)], 4)
}

// a line of text about `middle`, or nothing; one that would begin left of the panel begins there
const lineOf = (text: string, size: number, middle: number): readonly Panel[] => {
  if (text === '') return []
  const half = textWidth(text, size) / 2
  const at = Math.max(middle, half)
  const fill = size === fontSize.label ? ink.title : ink.text
  return [
    {
      width: Math.ceil(at + half),
      height: size + 7,
      content: textAt(at, size, text, { size, anchor: 'middle', fill }),
    },
  ]
}

const legendOf = (kinds: Readonly<Record<string, EdgeKind>>, looks: ReadonlyMap<string, Look>): Panel | null => {
  const entries = Object.entries(kinds).flatMap(([name, { label }]) =>
    label === undefined ? [] : [{ label, look: looks.get(name)! }],
  )
  if (entries.length === 0) return null
  const sample = 30
  const middle = fontSize.label / 2 + 2
  return inRow(
    entries.map(({ label, look }) => {
      const end = look.dashed
        ? `fill="#ffffff" stroke="${escapeXml(look.colour)}" stroke-width="1.2"`
        : `fill="${escapeXml(look.colour)}"`
      return {
        width: sample + 8 + textWidth(label, fontSize.label),
        height: fontSize.label + 4,
        content:
          `<path d="M0,${middle}L${sample - 4},${middle}" ${stroke(look, 1)}/>` +
          `<circle cx="${sample - 4}" cy="${middle}" r="3.5" ${end}/>` +
          textAt(sample + 6, middle + baselineShift(fontSize.label), label),
      }
    }),
    26,
  )
}

/**
 * Layered graphs side by side, such as networks by their channels. A node looks like the edges that lead to it, if they are of
 * one kind. Throws {@link FigureError} `EMPTY` or ValueError.
 *
 * @example layeredGraph({ panels: [{ layers: [{ nodes: 1 }, { nodes: 2 }], edges: [{ layer: 0, from: 0, to: 1 }] }] })
 */
export const layeredGraph = (options: LayeredGraphOptions): Figure => {
  const given = checkOptions<LayeredGraphOptions>('layeredGraph', options, RULES, ['panels'])
  const { panels, kinds = {}, title, width = 260, rowHeight = 84 } = given
  if (panels.length === 0) throw new FigureError('EMPTY', 'panels is empty: give at least one graph')
  const looks = looksOf(kinds)
  const graphs = inRow(
    panels.map((panel, i) => graphPanel(panel, looks, width, rowHeight, `panels[${i}]`)),
    30,
  )
  const legend = legendOf(kinds, looks)
  if (legend === null) return figureOf(graphs, title)
  const shift = Math.max(0, (graphs.width - legend.width) / 2)
  const centred = { ...legend, content: `<g transform="translate(${num(shift)},0)">${legend.content}</g>` }
  return figureOf(inColumn([graphs, centred], 18), title)
}
