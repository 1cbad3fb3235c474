// The agreement of the two files behind `#raster`: one draws with resvg (Node), the other with a page's canvas.

/** The size of the SVG in its own pixels, and how many pixels of the PNG stand for one of them. */
export interface RasterSize {
  readonly width: number
  readonly height: number
  readonly scale: number
}

/** Turns an SVG into the bytes of a PNG file. */
export type Rasterise = (svg: string, size: RasterSize) => Promise<Uint8Array>
