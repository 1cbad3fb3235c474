// Re-exports only: photographs, textures and maps of dust, and what stands in for them. They have an entry point of their own because of the image decoders.
export { PHOTOGRAPHS, photograph, type PhotographName } from './photograph.ts'
export type { Picture, PictureOptions } from './published-picture.ts'
export { photographOrLeaves, type FoundPicture } from './photograph-or-leaves.ts'
export { TEXTURES, texture, type TextureName } from './texture.ts'
export { DUST_MAPS, dustMap, type DustMapName, type DustMapOptions } from './dust-map.ts'
