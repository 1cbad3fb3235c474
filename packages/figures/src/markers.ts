// The looks of a curve: its colour and the shape of its markers, told apart in grey and by the colour blind.

/** Okabe and Ito's palette without its yellow, the strongest first. */
export const palette: readonly string[] = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#444444']

/** What a shape is drawn on: a path that is begun at moveTo and closed by closePath. */
export interface Pen {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  closePath(): void
}

const polygon = (corners: readonly (readonly [number, number])[]) => ({
  draw: (pen: Pen): void => {
    corners.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)))
    pen.closePath()
  },
})

/** Shapes of about 7 pixels around the origin: circle, square, triangle, diamond. */
export const shapes: readonly { draw(pen: Pen): void }[] = [
  {
    draw: (pen: Pen): void => {
      pen.moveTo(3.5, 0)
      pen.arc(0, 0, 3.5, 0, 2 * Math.PI)
    },
  },
  polygon([
    [-3.1, -3.1],
    [3.1, -3.1],
    [3.1, 3.1],
    [-3.1, 3.1],
  ]),
  polygon([
    [0, -4.4],
    [4, 2.8],
    [-4, 2.8],
  ]),
  polygon([
    [0, -4.5],
    [4.5, 0],
    [0, 4.5],
    [-4.5, 0],
  ]),
]

/** The cap of an error bar, 7 pixels wide. */
export const cap = {
  draw: (pen: Pen): void => {
    pen.moveTo(-3.5, 0)
    pen.lineTo(3.5, 0)
  },
}
