// Pictures as pixels, made in the worker so that the page only copies them onto its canvases.
import { type ColormapName, colourOf } from '@scatterlab/figures'

/** Red, green, blue and opacity, row by row. */
export interface Painted {
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
}

/** What is painted: [height, width]. */
export interface Plane {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

const tables = new Map<ColormapName, Uint8ClampedArray>()

function tableOf(map: ColormapName): Uint8ClampedArray {
  let table = tables.get(map)
  if (!table) {
    table = Uint8ClampedArray.from(
      Array.from({ length: 256 }, (_, i) => colourOf(map, i / 255)).flatMap((rgb) => [...rgb]),
    )
    tables.set(map, table)
  }
  return table
}

/** The least and the largest number. */
export function extent(data: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < data.length; i++) {
    low = Math.min(low, data[i])
    high = Math.max(high, data[i])
  }
  return [low, high]
}

/** A plane in the colours of a map; by its own range, if none is given. */
export function painted(plane: Plane, map: ColormapName, range = extent(plane.data)): Painted {
  return mosaic([plane], 1, { map, range, gap: 0 })
}

/** How planes lie side by side. */
export interface MosaicOptions {
  readonly map: ColormapName
  /** Of all together, or each its own. */
  readonly range: readonly [low: number, high: number] | 'each'
  /** Transparent pixels between them. */
  readonly gap?: number
}

/** Planes of one shape, `columns` side by side. */
export function mosaic(planes: readonly Plane[], columns: number, { map, range, gap = 1 }: MosaicOptions): Painted {
  const [height, width] = planes[0].shape
  const rows = Math.ceil(planes.length / columns)
  const whole = { width: columns * (width + gap) - gap, height: rows * (height + gap) - gap }
  const data = new Uint8ClampedArray(whole.width * whole.height * 4)
  const table = tableOf(map)
  planes.forEach((plane, i) => {
    const [low, high] = range === 'each' ? extent(plane.data) : range
    const gain = high > low ? 255 / (high - low) : 0
    const [top, left] = [Math.floor(i / columns) * (height + gap), (i % columns) * (width + gap)]
    for (let at = 0; at < height * width; at++) {
      const colour = 3 * Math.max(0, Math.min(255, Math.round((plane.data[at] - low) * gain)))
      const to = 4 * ((top + Math.floor(at / width)) * whole.width + left + (at % width))
      for (let c = 0; c < 3; c++) data[to + c] = table[colour + c]
      data[to + 3] = 255
    }
  })
  return { data, ...whole }
}
