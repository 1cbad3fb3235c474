// What a pen drew, as lines, and the image that MNIST would have made of it: 28×28, the longer side 20 pixels, its centre of mass in the
// middle. Knows no page.

/** From 0 to 255 across the drawing square, to the right and down. */
export type Point = readonly [x: number, y: number]

/** The points of one movement of the pen. */
export type Stroke = readonly Point[]

const SIDE = 28
/** The longer side of a digit, its pen's width included. */
const BOX = 20
/** Half the width of the pen, in pixels of the image: its digits have about 100 pixels of ink, as MNIST's have. */
const PEN = 1.15
/** Where the centre of mass of MNIST's digits lies, as an index of a pixel. */
const CENTRE = 14

/** The strokes in letters that a URL may hold: for each stroke how many points, then those. */
export function encodeStrokes(strokes: readonly Stroke[]): string {
  const bytes = strokes.flatMap((stroke) => [Math.min(255, stroke.length), ...stroke.slice(0, 255).flat()])
  const binary = String.fromCharCode(...bytes.map((v) => Math.max(0, Math.min(255, Math.round(v)))))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The strokes of such letters; none for letters that are no strokes. */
export function decodeStrokes(text: string): Stroke[] {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return []
  const bytes = Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  const strokes: Stroke[] = []
  for (let at = 0; at < bytes.length;) {
    const count = bytes[at++]
    if (count === 0 || at + 2 * count > bytes.length) return []
    strokes.push(Array.from({ length: count }, (_, i) => [bytes[at + 2 * i], bytes[at + 2 * i + 1]] as const))
    at += 2 * count
  }
  return strokes
}

/** Whether a point is far enough from the last one to be kept, so that a digit fits into a URL. */
export function isFar(stroke: Stroke, [x, y]: Point): boolean {
  const last = stroke.at(-1)
  return !last || Math.hypot(x - last[0], y - last[1]) >= 5
}

/** The image of what was drawn, [28, 28], from 0 to 1; black for no stroke. */
export function digitImage(strokes: readonly Stroke[]): Float32Array {
  const points = strokes.flat()
  if (points.length === 0) return new Float32Array(SIDE * SIDE)
  const [left, right] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))]
  const [top, bottom] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))]
  // a dot stays a dot
  const zoom = (BOX - 2 * PEN) / Math.max(right - left, bottom - top, 24)
  const placed = (dx: number, dy: number): Stroke[] =>
    strokes.map((stroke) =>
      stroke.map(([x, y]) => [(x - (left + right) / 2) * zoom + dx, (y - (top + bottom) / 2) * zoom + dy] as const),
    )
  const first = inked(placed(CENTRE, CENTRE))
  const [x, y] = centreOfMass(first)
  return inked(placed(2 * CENTRE - x, 2 * CENTRE - y))
}

/** Where the ink lies on average, as an index of a pixel. */
export function centreOfMass(image: ArrayLike<number>): Point {
  let [mass, x, y] = [0, 0, 0]
  for (let i = 0; i < image.length; i++) {
    mass += image[i]
    x += image[i] * (i % SIDE)
    y += image[i] * Math.floor(i / SIDE)
  }
  return [x / mass, y / mass]
}

function inked(strokes: readonly Stroke[]): Float32Array {
  const image = new Float32Array(SIDE * SIDE)
  for (const stroke of strokes) {
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(0, i - 1)]
      const rows = [Math.min(from[1], to[1]) - PEN - 1, Math.max(from[1], to[1]) + PEN + 1]
      for (let y = Math.max(0, Math.ceil(rows[0])); y <= Math.min(SIDE - 1, rows[1]); y++) {
        for (let x = 0; x < SIDE; x++) {
          const ink = Math.max(0, Math.min(1, PEN + 0.5 - distance([x, y], from, to)))
          image[y * SIDE + x] = Math.max(image[y * SIDE + x], ink)
        }
      }
    })
  }
  return image
}

/** From a point to a piece of a line. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const squared = dx * dx + dy * dy
  const t = squared === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / squared))
  return Math.hypot(x - ax - t * dx, y - ay - t * dy)
}
