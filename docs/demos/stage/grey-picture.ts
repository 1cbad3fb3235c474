// A visitor's picture as numbers: the middle square, in grey. It is read in the worker of the page, which a large one would hold up, and goes nowhere.

/** The middle of a picture [side, side], grey levels from 0 to 1. Throws for a file that is no picture. */
export async function greyPicture(file: Blob, side: number): Promise<Float32Array> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error('this file is no picture that the browser can read: give a PNG, JPEG, WebP or GIF')
  })
  const cut = Math.min(bitmap.width, bitmap.height)
  const canvas = new OffscreenCanvas(side, side)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('the browser gives no canvas to read the picture with')
  context.imageSmoothingQuality = 'high'
  context.fillStyle = 'white'
  context.fillRect(0, 0, side, side)
  context.drawImage(bitmap, (bitmap.width - cut) / 2, (bitmap.height - cut) / 2, cut, cut, 0, 0, side, side)
  bitmap.close()
  return greyOf(context.getImageData(0, 0, side, side).data)
}

/** Luma of Rec. 601, from 0 to 1, of pixels in red, green, blue and opacity. */
export function greyOf(pixels: ArrayLike<number>): Float32Array {
  return Float32Array.from(
    { length: pixels.length / 4 },
    (_, i) => (0.299 * pixels[4 * i] + 0.587 * pixels[4 * i + 1] + 0.114 * pixels[4 * i + 2]) / 255,
  )
}
