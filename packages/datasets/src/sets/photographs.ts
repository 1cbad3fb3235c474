// Re-exports only: photographs alone and by classes, textures and maps of dust, and what stands in for them. They have an entry point of their own because of the image decoders.
export { PHOTOGRAPHS, photograph, type PhotographName } from './photograph.ts'
export type { Picture, PictureOptions } from './published-picture.ts'
export { photographOrLeaves, type FoundPicture } from './photograph-or-leaves.ts'
export { TEXTURES, texture, type TextureName } from './texture.ts'
export { caltech101, type Caltech101, type Caltech101Options } from './caltech101.ts'
export { DUST_MAPS, dustMap, type DustMapName, type DustMapOptions } from './dust-map.ts'
