// A generated street as the driver sees it: a pinhole camera, the farthest things first.

import type { Random } from '@scatterlab/tensor'
import { UNLABELLED } from './scene-set.ts'
import { PAVEMENT, ROAD, type Thing, classOf } from './street-things.ts'

/** A look at a street. */
export interface StreetFrame {
  readonly height: number
  readonly width: number
  /** Metres driven so far. */
  readonly camera: number
  /** By what colours are multiplied. */
  readonly light: number
  readonly things: readonly Thing[]
}

/** Where the picture goes. */
export interface Canvas {
  /** Planes of red, green and blue. */
  readonly colours: Uint8Array
  readonly classes: Uint8Array
}

/** Of the camera above the road. */
const EYE = 1.5
/** Nothing nearer is drawn. */
const NEAREST = 1.2

/** Draws a frame; `stream` gives the grain. */
export function drawStreet(frame: StreetFrame, stream: Random, { colours, classes }: Canvas): void {
  const { height, width, camera, light, things } = frame
  const area = height * width
  const focus = 0.8 * width
  const horizon = 0.45 * height
  const middle = width / 2
  const noise = stream.fillUniform(new Float32Array(area), -1, 1)

  const put = (row: number, column: number, label: number, [r, g, b]: readonly number[], grain: number): void => {
    const at = row * width + column
    const bright = light * (1 + grain * noise[at])
    classes[at] = label
    colours[at] = Math.min(255, r * bright)
    colours[area + at] = Math.min(255, g * bright)
    colours[2 * area + at] = Math.min(255, b * bright)
  }
  const rowOf = (y: number, z: number): number => horizon + (focus * (EYE - y)) / z

  ground()
  for (const thing of things.toSorted((a, b) => b.z + b.depth - (a.z + a.depth))) {
    if (thing.form === 'wall') wall(thing)
    else facing(thing)
  }
  // the bonnet of the car that drives: nobody labelled it
  for (let row = Math.floor(0.95 * height); row < height; row++)
    for (let column = 0; column < width; column++) put(row, column, UNLABELLED, [45, 45, 50], 0.02)

  function ground(): void {
    const [sky, road, pavement] = ['Sky', 'Road', 'Pavement'].map(classOf)
    for (let row = 0; row < height; row++) {
      const z = row + 0.5 > horizon ? (focus * EYE) / (row + 0.5 - horizon) : Infinity
      for (let column = 0; column < width; column++) {
        if (z === Infinity) {
          const down = row / horizon
          put(row, column, sky, [165 + 50 * down, 190 + 35 * down, 225 + 10 * down], 0.02)
          continue
        }
        const x = ((column + 0.5 - middle) * z) / focus
        const marked = Math.abs(x) < 0.1 && (z + camera) % 6 < 3
        if (Math.abs(x) < ROAD) put(row, column, road, marked ? [220, 220, 215] : [95, 95, 100], 0.05)
        else put(row, column, pavement, [150, 142, 135], Math.abs(x) < PAVEMENT ? 0.08 : 0.15)
      }
    }
  }

  /** A wall along the road, column by column. */
  function wall({ x, z, depth, height: tall, label, colour, grain, windows }: Thing): void {
    for (let column = 0; column < width; column++) {
      const away = (focus * x) / (column + 0.5 - middle)
      if (!(away >= Math.max(NEAREST, z - camera) && away < z - camera + depth)) continue
      for (let row = from(rowOf(tall, away)); row < upTo(rowOf(0, away), height); row++) {
        const y = EYE - ((row + 0.5 - horizon) * away) / focus
        put(row, column, label, dark(windows, away + camera - z, y) ? [60, 65, 75] : colour, grain)
      }
    }
  }

  /** A box or a disc that faces the driver. */
  function facing({ form, x, z, bottom, height: tall, width: wide, label, colour, grain, windows }: Thing): void {
    const away = z - camera
    if (away < NEAREST) return
    const [centre, half] = [middle + (focus * x) / away, (focus * wide) / away / 2]
    const [top, base] = [rowOf(bottom + tall, away), rowOf(bottom, away)]
    for (let row = from(top); row < upTo(base, height); row++) {
      const v = (2 * (row + 0.5 - top)) / (base - top) - 1
      for (let column = from(centre - half); column < upTo(centre + half, width); column++) {
        const u = (column + 0.5 - centre) / half
        if (form === 'disc' && u * u + v * v > 1) continue
        const y = bottom + (tall * (1 - v)) / 2
        put(row, column, label, dark(windows, ((u + 1) * wide) / 2, y) ? [60, 65, 75] : colour, grain)
      }
    }
  }
}

/** The first and the last pixel whose middle lies in a stretch. */
const from = (start: number): number => Math.max(0, Math.ceil(start - 0.5))
const upTo = (end: number, most: number): number => Math.min(most, Math.ceil(end - 0.5))

const dark = (windows: number, along: number, y: number): boolean =>
  windows > 0 && along % windows > windows / 2 && y % windows > windows / 2
