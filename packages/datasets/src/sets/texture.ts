// Single textures, for synthesis: three of scikit-image, and the classic ones of Portilla and Simoncelli.

import { checkArgument, oneOf } from '@scatterlab/tensor'
import { type Picture, type PictureOptions, type PictureSet, pictureOf } from './published-picture.ts'

/** Of scikit-image's data, CC0. */
const PHOTOGRAPHED = {
  brick: ['brick.png', 106_634, '7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf'],
  grass: ['grass.png', 217_893, 'b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89'],
  gravel: ['gravel.png', 194_247, 'c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12'],
} as const

/** Of the code of Portilla and Simoncelli's texture synthesis, MIT. */
const CLASSIC = {
  checkerboard: ['checkerboard.pgm', 65_593, 'e663936045ba41f7560f7a71dc4f0c33efb8b648535e8af86d46ce1e125554f2'],
  metal: ['metal.pgm', 65_593, '7d6979a076686d315b54472da16fc888500f2b5fa1d8e83a921486a1d30e90df'],
  nuts: ['nuts.pgm', 65_593, '4d8d71ff13629f7a45b904e2fc2ed943d1c2e37ee4029279687eb270afeaf108'],
  reptil_skin: ['reptil_skin.pgm', 65_593, 'c5349e9e7d402b2df64e146b8b64463bb147d993d8a50537d01c862eca256d87'],
  sawtooth: ['sawtooth.pgm', 65_593, '3d5eb330e75e19b6982cc734942d97ddda2d647acf3889f488a55a8473312544'],
  text: ['text.pgm', 65_593, 'e4a6af53649920baf0fb4b5bf792037edf87d3f225973ca1b76f5539d6706b39'],
} as const

/** A texture's name. */
export type TextureName = keyof typeof PHOTOGRAPHED | keyof typeof CLASSIC

/** The names of the textures. */
export const TEXTURES = [...Object.keys(PHOTOGRAPHED), ...Object.keys(CLASSIC)] as readonly TextureName[]

const common = { title: 'the textures', noun: 'texture', directory: 'textures' }

const SETS: readonly PictureSet[] = [
  {
    ...common,
    owner: 'scikit-image',
    places: ['textures/scikit-image', 'textures', '.'],
    mirrors: ['https://raw.githubusercontent.com/scikit-image/scikit-image/v0.22.0/skimage/data'],
    files: PHOTOGRAPHED,
  },
  {
    ...common,
    owner: 'Portilla and Simoncelli',
    places: ['textures/portilla-simoncelli', 'textures', '.'],
    mirrors: ['https://raw.githubusercontent.com/LabForComputationalVision/textureSynth/HEAD'],
    files: CLASSIC,
  },
]

/**
 * A texture in grey, from 0 to 1. From the folder (`textures` in it, or a folder of its owner there), the cache, or the repository where it is
 * published. Throws DatasetError, with the ways to get it, if it is nowhere (NOT_FOUND, DOWNLOAD) or unusable, or the signal's reason.
 *
 * @example const { data, shape } = await texture('gravel', { size: 256 })
 */
export async function texture(name: TextureName, given: PictureOptions = {}): Promise<Picture> {
  checkArgument('the texture', name, oneOf(...TEXTURES))
  return pictureOf(
    SETS.find(({ files }) => name in files)!,
    name,
    given,
  )
}
