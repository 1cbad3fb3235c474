// Re-exports only: folders of labelled images. They have an entry point of their own because of the image decoders.
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
