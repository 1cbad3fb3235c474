// An image of any kind that the browser knows, or in the plain formats of textures, to pixels.

import { decodePnm, isPnm } from './decode-pnm.ts'
import { type Pixels, sizeCheck } from './pixels.ts'

/** The pixels of an image as it is seen. Throws an Error that says what is wrong with it, or that it is not read. */
export async function decodeImage(bytes: Uint8Array, maxPixels: number): Promise<Pixels> {
  if (isPnm(bytes)) return decodePnm(bytes, sizeCheck(maxPixels))
  const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]), { colorSpaceConversion: 'none' })
  const { width, height } = image
  sizeCheck(maxPixels)(width, height)
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (context === null) throw new Error('this browser has no canvas to read pixels from')
  context.drawImage(image, 0, 0)
  image.close()
  return { data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer), width, height, channels: 4 }
}
