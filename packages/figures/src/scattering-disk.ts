// The scattering coefficients of one image as disks, one an order, as in Bruna and Mallat 2013, figures 2 and 3:
// radius for scale (high frequencies outside), angle for orientation, colour for value.

import { colourBar } from './colour-bar.ts'
import { colourOf, hexOf } from './colormap.ts'
import type { ColormapName } from './colormap.ts'
import { checkOptions, oneOf, type Rules } from '@scatterlab/tensor'
import { FigureError } from './errors.ts'
import { aColormap, aList, aPicture, count, limits, numbers, text } from './rules.ts'
import { figureOf } from './figure.ts'
import type { Figure } from './figure.ts'
import { captioned, inRow } from './panel.ts'
import type { Panel } from './panel.ts'
import { checkFinite, planesOf, pngUrl } from './picture.ts'
import type { Picture } from './picture.ts'
import { checkLimits, limitsOf } from './range.ts'
import type { Limits } from './range.ts'
import { checkPath, sectorsOf } from './sector.ts'
import type { DiskLayout, ScatteringPath, Sector } from './sector.ts'
import { hairlineAround, imageAt, ink, num } from './svg.ts'

/** Options of {@link scatteringDisk}. */
export interface ScatteringDiskOptions extends Partial<DiskLayout> {
  /** The paths; those of order 1 and 2 are drawn, others have no place on a disk and are passed over. */
  readonly paths: readonly ScatteringPath[]
  /** One number for each path. */
  readonly values: ArrayLike<number>
  /** The image itself, shown at the left. */
  readonly image?: Picture
  /** Default `magma`. */
  readonly colormap?: ColormapName
  /** The values of the first and the last colour, for every disk; default: 0 (or the least, if below) to the greatest. */
  readonly range?: Limits
  /** The diameter of a disk in pixels; default 240. */
  readonly size?: number
  /** One line above the disks; default: none. */
  readonly title?: string
}

const RULES: Rules<ScatteringDiskOptions> = {
  paths: aList,
  values: numbers,
  image: aPicture,
  colormap: aColormap,
  range: limits,
  size: count,
  radius: oneOf('log', 'linear'),
  secondAngle: oneOf('absolute', 'relative'),
  title: text,
}
const blank = '#f2f2f2'
// sectors end a pixel inside the rim, which so hides their steps
const rim = 1

// the arc that leads counter-clockwise in the picture has y upwards, hence the minus and the sweep flag 0
const sectorPath = ({ inner, outer, from, to }: Sector, middle: number, turn: number): string => {
  const reach = middle - rim
  const at = (radius: number, angle: number): string =>
    `${num(middle + reach * radius * Math.cos(angle + turn))},${num(middle - reach * radius * Math.sin(angle + turn))}`
  const arc = (radius: number, sweep: 0 | 1, end: string): string =>
    `A${num(reach * radius)},${num(reach * radius)},0,0,${sweep},${end}`
  return `M${at(outer, from)}${arc(outer, 0, at(outer, to))}L${at(inner, to)}${arc(inner, 1, at(inner, from))}Z`
}

const bothHalves = (sector: Sector, middle: number): string =>
  sectorPath(sector, middle, 0) + sectorPath(sector, middle, Math.PI)

const diskOf = (
  sectors: readonly Sector[],
  outlines: readonly Sector[],
  colours: readonly string[],
  size: number,
): Panel => {
  const middle = size / 2
  const paths = sectors.map((sector, i) => `<path d="${bothHalves(sector, middle)}" fill="${colours[i]}"/>`)
  const circle = `cx="${num(middle)}" cy="${num(middle)}"`
  const inside = Math.min(...sectors.map(({ inner }) => inner))
  const lines = outlines.map((sector) => bothHalves(sector, middle)).join('')
  return {
    width: size,
    height: size,
    // without smoothing neighbouring sectors meet without a seam; the rim above them is smooth again
    content:
      `<circle ${circle} r="${num(middle - 0.5)}" fill="${blank}"/>` +
      `<g shape-rendering="crispEdges">${paths.join('')}</g>` +
      (lines === ''
        ? ''
        : `<path d="${lines}" fill="none" stroke="#ffffff" stroke-opacity="0.45" stroke-width="0.75"/>`) +
      `<circle ${circle} r="${num(middle - rim)}" fill="none" stroke="${ink.axis}" stroke-width="1.5"/>` +
      `<circle ${circle} r="${num((middle - rim) * inside)}" fill="${blank}" ` +
      `stroke="${ink.axis}" stroke-width="0.75"/>`,
  }
}

/**
 * The scattering disks of one image, one for each of the orders 1 and 2 that `paths` has. In the disk of order 1 the
 * sector of (j1, θ1) has its middle at θ1, counter-clockwise from the right, and again opposite; order 2 divides that
 * sector by j2 and θ2. Throws {@link FigureError} `EMPTY`, `LENGTH_MISMATCH`, `NON_FINITE`, `SHAPE_MISMATCH` or
 * ValueError. Source: Bruna and Mallat, Invariant Scattering Convolution Networks, 2013.
 */
export const scatteringDisk = (options: ScatteringDiskOptions): Figure => {
  const given = checkOptions<ScatteringDiskOptions>('scatteringDisk', options, RULES, ['paths', 'values'])
  const { paths, values, colormap = 'magma', radius = 'log', secondAngle = 'absolute', title = '', size = 240 } = given
  if (values.length !== paths.length) {
    throw new FigureError(
      'LENGTH_MISMATCH',
      `values has ${values.length} numbers for ${paths.length} paths: give one each`,
    )
  }
  paths.forEach(checkPath)
  checkFinite('values', values)
  const range = given.range === undefined ? undefined : checkLimits('range', given.range)
  const drawn = paths
    .map((path, i) => ({ path, value: values[i]! }))
    .filter(({ path }) => path.order === 1 || path.order === 2)
  if (drawn.length === 0) throw new FigureError('EMPTY', 'paths has none of order 1 or 2: give at least one')
  const first = drawn.map(({ path }) => path)

  const disks = [1, 2].flatMap((order) => {
    const own = drawn.filter(({ path }) => path.order === order)
    if (own.length === 0) return []
    const [low, high] = limitsOf(
      own.map(({ value }) => value),
      colormap === 'diverging',
    )
    const limits = range ?? ([Math.min(0, low), high > Math.min(0, low) ? high : Math.min(0, low) + 1] as const)
    const colours = own.map(({ value }) => hexOf(colourOf(colormap, (value - limits[0]) / (limits[1] - limits[0]))))
    const sectors = sectorsOf(
      own.map(({ path }) => path),
      first,
      { radius, secondAngle },
    )
    const parents = order === 2 ? sectorsOf(parentsOf(own.map(({ path }) => path)), first, { radius, secondAngle }) : []
    const disk = captioned(diskOf(sectors, parents, colours, size), `order ${order}`, 12)
    return [inRow([disk, colourBar(colormap, limits, size)], 12)]
  })
  return figureOf(inRow([...imageOf(given.image, size), ...disks], 26), title)
}

// the sectors of (j1, θ1) that second-order paths divide
const parentsOf = (paths: readonly ScatteringPath[]): readonly ScatteringPath[] => [
  ...new Map(
    paths.map(({ scales, angles }) => [
      `${scales[0]} ${angles[0]}`,
      { order: 1, scales: [scales[0]!], angles: [angles[0]!] },
    ]),
  ).values(),
]

const imageOf = (image: Picture | undefined, size: number): readonly Panel[] => {
  if (image === undefined) return []
  const [plane] = planesOf('image', [image])
  const { data, height, width, bytes } = plane!
  const scale = Math.max(1, Math.floor(size / Math.max(width, height)))
  const [w, h] = [width * scale, height * scale]
  const url = pngUrl(plane!, bytes ? [0, 255] : limitsOf(data, false), 'gray')
  const top = Math.max(0, Math.floor((size - h) / 2))
  const content = `<g transform="translate(0,${top})">${imageAt(0, 0, w, h, url)}${hairlineAround(0, 0, w, h)}</g>`
  return [captioned({ width: w, height: Math.max(size, h), content }, 'image', 12)]
}
