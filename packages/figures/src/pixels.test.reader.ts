// For the tests: a figure's PNG as pixels, and a short hash of its SVG.

import { createHash } from 'node:crypto'
import { decode } from 'fast-png'
import type { Figure } from './figure.ts'

/** The pixels of a PNG: `at` gives #rrggbb, `count` how many pixels of a box pass a test of their colour. */
export interface Pixels {
  readonly width: number
  readonly height: number
  at(x: number, y: number): string
  count(
    box: readonly [x: number, y: number, width: number, height: number],
    test: (rgb: readonly number[]) => boolean,
  ): number
}

/** The picture at one pixel a pixel, unless `scale` says otherwise. */
export const pixelsOf = async (figure: Figure, scale = 1): Promise<Pixels> => {
  const { width, height, data, channels } = decode(await figure.png({ scale }))
  const rgb = (x: number, y: number): number[] =>
    Array.from(data.slice((y * width + x) * channels, (y * width + x) * channels + 3))
  return {
    width,
    height,
    at: (x, y) =>
      `#${rgb(x, y)
        .map((value) => value.toString(16).padStart(2, '0'))
        .join('')}`,
    count: ([left, top, w, h], test) => {
      let hits = 0
      for (let y = top; y < top + h; y++) for (let x = left; x < left + w; x++) if (test(rgb(x, y))) hits++
      return hits
    },
  }
}

/** The first 12 digits of the SVG's SHA-256. */
export const hashOf = (figure: Figure): string => createHash('sha256').update(figure.svg).digest('hex').slice(0, 12)

/** True for what is closer to black than to white. */
export const dark = (rgb: readonly number[]): boolean => rgb.every((value) => value < 128)
