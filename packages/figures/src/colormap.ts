// From a number in [0, 1] to a colour: two greys, two sequential maps of even lightness, and a diverging one for
// signed data. No ranges here: what 0 and 1 stand for is decided in `range.ts`.

import { ValueError, shown } from '@scatterlab/tensor'

/** Red, green and blue in 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/**
 * A map by name. `gray`: black to white. `ink`: white to black. `viridis`, `magma`: dark to light, even for the colour
 * blind. `diverging`: blue for negative, white at the middle, red for positive.
 */
export type ColormapName = 'gray' | 'ink' | 'viridis' | 'magma' | 'diverging'

const anchorsOf = (hex: string): readonly Rgb[] =>
  hex.split(' ').map((colour) => [0, 2, 4].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as unknown as Rgb)

const anchors: Record<ColormapName, readonly Rgb[]> = {
  gray: anchorsOf('000000 ffffff'),
  ink: anchorsOf('ffffff 000000'),
  // 17 of the 256 entries of matplotlib's maps (CC0); between them within 6/255 of the full tables
  viridis: anchorsOf(
    '440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c ' +
      '1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725',
  ),
  magma: anchorsOf(
    '000004 0a0822 1d1147 36106b 51127c 6a1c81 832681 9c2e7f b73779 ' +
      'd0416f e75263 f56b5c fc8961 fea772 fec488 fde2a3 fcfdbf',
  ),
  // ColorBrewer RdBu (Apache 2.0), reversed, with pure white in the middle
  diverging: anchorsOf('053061 2166ac 4393c3 92c5de d1e5f0 ffffff fddbc7 f4a582 d6604d b2182b 67001f'),
}

/** The maps' names. */
export const colormapNames = Object.keys(anchors) as readonly ColormapName[]

/**
 * The colour of t in the map `name`, linear in sRGB between the map's anchors, whole numbers; t is clamped to [0, 1].
 * Throws ValueError for an unknown name, and for what is no number.
 */
export const colourOf = (name: ColormapName, t: number): Rgb => {
  const stops = anchors[name]
  if (stops === undefined) {
    throw new ValueError(`colormap ${shown(name)} is unknown: use one of ${Object.keys(anchors).join(', ')}`)
  }
  if (typeof t !== 'number' || Number.isNaN(t)) throw new ValueError(`colourOf: t is ${shown(t)}: give a number`)
  const position = Math.min(1, Math.max(0, t)) * (stops.length - 1)
  const k = Math.min(stops.length - 2, Math.floor(position))
  const [from, to] = [stops[k]!, stops[k + 1]!]
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (to[channel] - from[channel]) * (position - k))
  return [mix(0), mix(1), mix(2)]
}

/** `colour` as #rrggbb. */
export const hexOf = (colour: Rgb): string => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`
