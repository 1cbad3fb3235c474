// Re-exports only: sets of textures. They have an entry point of their own because of the image decoders.
export { kthTips, type KthTipsOptions } from './kth-tips.ts'
export { textureFolder, type TextureFolderOptions } from './texture-folder.ts'
export type { GreyPicture, PublishedSplit, TextureSet } from './texture-set.ts'
