// Re-exports only: folders of labelled images, an entry point of its own, as it comes with image decoders.
export { labelledFolder } from './labelled-folder.ts'
export type {
  FolderBatchOptions,
  FolderLoadOptions,
  FolderOptions,
  LabelledFolder,
  LoadedFolder,
  SkippedImage,
} from './labelled-folder.ts'
export type { PassedOver } from './image-folder.ts'
