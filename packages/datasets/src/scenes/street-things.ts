// What stands in a generated street, in metres: x to the right of the middle of the road, y up, z along it.

import type { Random } from '@scatterlab/tensor'
import { SCENE_CLASSES } from './scene-set.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** A flat shape that faces the driver, or a wall along the road. */
export interface Thing {
  /** 'wall' reaches from z to z + depth at x. */
  readonly form: 'box' | 'disc' | 'wall'
  readonly label: number
  /** Of its middle. */
  readonly x: number
  /** Of its nearest point. */
  readonly z: number
  readonly bottom: number
  readonly height: number
  readonly width: number
  readonly depth: number
  readonly colour: Colour
  /** How much its brightness changes from pixel to pixel. */
  readonly grain: number
  /** Metres from one window to the next; 0 for none. */
  readonly windows: number
}

/** The number of a class by its name. */
export const classOf = (name: string): number => SCENE_CLASSES.indexOf(name)

/** Half of the road's width, in metres. */
export const ROAD = 4
/** How far from the middle pavements end, in metres. */
export const PAVEMENT = 7

/** A street of a length in metres. */
export function builtStreet(length: number, stream: Random): Thing[] {
  const things: Thing[] = []
  const add = (name: string, thing: Partial<Thing> & Pick<Thing, 'x' | 'z' | 'height' | 'width' | 'colour'>): void =>
    void things.push({ form: 'box', bottom: 0, depth: 0, grain: 0.06, windows: 0, ...thing, label: classOf(name) })
  const tint = (r: number, g: number, b: number, spread = 30): Colour => {
    const shift = stream.uniform(-spread, spread)
    return [r + shift, g + shift + stream.uniform(-8, 8), b + shift]
  }
  for (const side of [-1, 1]) {
    for (let z = 0; z < length;) {
      const [depth, height] = [stream.uniform(8, 18), stream.uniform(5, 12)]
      const colour = tint(150, 110, 90, 45)
      if (stream.uniform() < 0.75) {
        const house = { z, height, colour, windows: 3 }
        add('Building', { ...house, form: 'wall', x: side * PAVEMENT, width: 0, depth })
        add('Building', { ...house, x: side * (PAVEMENT + 8), width: 16 })
      } else {
        add('Fence', {
          form: 'wall',
          x: side * PAVEMENT,
          z,
          height: 1.4,
          width: 0,
          depth,
          colour: tint(90, 95, 110),
          grain: 0.25,
        })
      }
      z += depth
    }
    for (let z = stream.uniform(3, 8); z < length; z += stream.uniform(5, 12)) {
      const x = side * stream.uniform(ROAD + 0.6, PAVEMENT - 0.4)
      const kind = stream.uniform()
      if (kind < 0.3) {
        const size = stream.uniform(2.2, 4)
        add('Tree', { x, z, height: 2.5, width: 0.3, colour: tint(80, 60, 40) })
        add('Tree', { form: 'disc', x, z, bottom: 2, height: size, width: size, colour: tint(60, 90, 45), grain: 0.35 })
      } else if (kind < 0.45) {
        add('Pole', { x, z, height: 6, width: 0.18, colour: tint(140, 140, 135) })
      } else if (kind < 0.6) {
        add('Pole', { x, z, height: 2.6, width: 0.14, colour: tint(140, 140, 135) })
        add('SignSymbol', { x, z, bottom: 2.3, height: 0.9, width: 0.9, colour: tint(190, 50, 50) })
      } else if (kind < 0.8) {
        add('Pedestrian', { x, z, height: 1.45, width: 0.5, colour: tint(70, 60, 110, 50), grain: 0.15 })
        add('Pedestrian', { form: 'disc', x, z, bottom: 1.4, height: 0.35, width: 0.3, colour: tint(190, 150, 130) })
      }
    }
    for (let z = stream.uniform(4, 10); z < length; z += stream.uniform(8, 20)) {
      const x = side * stream.uniform(2.2, 3.1)
      if (stream.uniform() < 0.7) {
        const colour = tint(120, 120, 150, 90)
        add('Car', { x, z, bottom: 0.2, height: 0.75, width: 1.8, colour })
        add('Car', { x, z, bottom: 0.9, height: 0.6, width: 1.4, colour: tint(50, 60, 70, 10) })
        for (const wheel of [-0.65, 0.65])
          add('Car', { x: x + wheel, z, height: 0.35, width: 0.3, colour: [20, 20, 22] })
      } else {
        add('Bicyclist', { form: 'disc', x, z, height: 0.7, width: 0.4, colour: [35, 35, 40] })
        add('Bicyclist', { x, z, bottom: 0.6, height: 0.9, width: 0.5, colour: tint(60, 150, 170), grain: 0.15 })
        add('Bicyclist', { form: 'disc', x, z, bottom: 1.45, height: 0.35, width: 0.3, colour: tint(200, 180, 60) })
      }
    }
  }
  return things
}
