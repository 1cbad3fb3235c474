// A bottleneck network cut into its stages, and the picture of them. It reads a plan; nothing is computed.
import { type Figure, drawing } from '@scatterlab/figures'
import type { Network } from '@scatterlab/nn'
import { weightedLayers } from './resnet.ts'

/** The layers of a network that share the first part of their names. */
export interface Stage {
  readonly name: string
  /** Shape of one image's result. */
  readonly output: readonly number[]
  /** Residual blocks. */
  readonly blocks: number
  /** Layers with weights, those of the shortcuts not counted. */
  readonly layers: number
  readonly parameters: number
  readonly multiplications: number
}

/** The stages in order: what stands before the first block, the blocks' stages, what follows the last block. */
export function stagesOf(net: Network): Stage[] {
  const groups: { name: string; layers: Network['layers'][number][] }[] = []
  for (const layer of net.layers) {
    const [first] = layer.name.split('.')
    const name = first.startsWith('layer') ? first : groups.length < 2 ? 'conv1' : 'fc'
    if (groups.at(-1)?.name !== name) groups.push({ name, layers: [] })
    groups.at(-1)!.layers.push(layer)
  }
  return groups.map(({ name, layers }) => ({
    name,
    output: layers.at(-1)!.output,
    blocks: new Set(layers.flatMap((layer) => (layer.name.includes('.') ? [layer.name.split('.')[1]] : []))).size,
    layers: weightedLayers({ layers }),
    parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplications: layers.reduce((sum, { multiplications }) => sum + multiplications, 0),
  }))
}

const COLUMNS = { name: 0, output: 62, blocks: 164, layers: 566, parameters: 690, multiplications: 780 }
const ROW = 34
/** Width of a block with its gap. */
const BLOCK = 10

/** The stages as rows: a bar for every block, three strokes in it for its layers, and the counts. */
export function stageDiagram(net: Network, title: string): Figure {
  const stages = stagesOf(net)
  const total = { layers: weightedLayers(net), parameters: net.parameterCount, multiplications: net.multiplications }
  const millions = (count: number): string => (count / 1e6).toFixed(2)
  const billions = (count: number): string => (count / 1e9).toFixed(2)
  const heads = [
    ['name', 'stage', 'start'],
    ['output', 'output', 'start'],
    ['blocks', 'blocks of 1×1, 3×3, 1×1 filters', 'start'],
    ['layers', 'layers', 'end'],
    ['parameters', 'parameters, 10⁶', 'end'],
    ['multiplications', 'mult., 10⁹', 'end'],
  ] as const
  const line = (y: number, stroke: string): string =>
    `<line x1="0" y1="${y}" x2="${COLUMNS.multiplications}" y2="${y}" stroke="${stroke}"/>`
  const rows = stages.map((stage, i) => {
    const y = 26 + i * ROW
    const middle = y + ROW / 2 + 4
    return [
      line(y, '#e0e0e0'),
      text('name', middle, stage.name, 'start', '#1a1a1a'),
      text('output', middle, stage.output.join('×'), 'start'),
      stage.blocks > 0
        ? blocks(stage.blocks, y)
        : text(
            'blocks',
            middle,
            i === 0 ? '7×7, stride 2, then the largest of 3×3' : 'mean of each map, 1000 classes',
            'start',
          ),
      text('layers', middle, String(stage.layers), 'end'),
      text('parameters', middle, millions(stage.parameters), 'end'),
      text('multiplications', middle, billions(stage.multiplications), 'end'),
    ].join('')
  })
  const bottom = 26 + stages.length * ROW
  const foot = [
    line(bottom, '#888888'),
    text('name', bottom + 20, 'all', 'start', '#1a1a1a'),
    text('layers', bottom + 20, String(total.layers), 'end', '#1a1a1a'),
    text('parameters', bottom + 20, millions(total.parameters), 'end', '#1a1a1a'),
    text('multiplications', bottom + 20, billions(total.multiplications), 'end', '#1a1a1a'),
  ].join('')
  const content = heads.map(([column, words, anchor]) => text(column, 16, words, anchor, '#555555')).join('')
  return drawing({
    content: content + rows.join('') + foot,
    width: COLUMNS.multiplications,
    height: bottom + 28,
    title,
  })
}

function text(
  column: keyof typeof COLUMNS,
  y: number,
  words: string,
  anchor: 'start' | 'end',
  fill = '#333333',
): string {
  return `<text x="${COLUMNS[column]}" y="${y}" font-size="12" text-anchor="${anchor}" fill="${fill}">${words}</text>`
}

/** Bars for the blocks: thin strokes for the 1×1 convolutions, a thick one for the 3×3 between them. */
function blocks(count: number, top: number): string {
  const strokes = [
    [0, 1.5, '#88aacc'],
    [2, 3, '#225588'],
    [5.5, 1.5, '#88aacc'],
  ] as const
  return Array.from({ length: count }, (_, block) =>
    strokes
      .map(
        ([x, width, fill]) =>
          `<rect x="${COLUMNS.blocks + block * BLOCK + x}" y="${top + 8}" width="${width}" height="${ROW - 16}" fill="${fill}"/>`,
      )
      .join(''),
  ).join('')
}
