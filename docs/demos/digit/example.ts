// A 3 that stands on the page before a visitor draws.
import type { Point, Stroke } from './strokes.ts'

/** Points of an arc, angles in degrees, clockwise from the right as one sees it. */
function arc(x: number, y: number, radius: number, from: number, to: number): Point[] {
  return Array.from({ length: 12 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 11) * Math.PI) / 180
    return [Math.round(x + radius * Math.cos(angle)), Math.round(y + radius * Math.sin(angle))] as const
  })
}

/** Two bows, one movement of the pen. */
export const three: readonly Stroke[] = [[...arc(126, 82, 45, 200, 450), ...arc(126, 174, 50, -90, 160)]]
