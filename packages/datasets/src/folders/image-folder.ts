// The agreement of the two files behind `#image-folder`: one lists folders and decodes their images on worker threads
// (Node), the other says that a page cannot.

import type { Fit } from './resize.ts'

/** A folder named as its class, with the names of the image files in it. */
export interface ClassFolder {
  readonly name: string
  readonly files: readonly string[]
}

/** Threads that read, decode and resize images. */
export interface ImageReader {
  /**
   * The planes of the image in the file `path`. Rejects with DatasetError CORRUPT if it cannot be decoded, NOT_FOUND if
   * it cannot be read, WORKER if its thread died.
   */
  read(path: string, fit: Fit): Promise<Uint8Array>
  /** Ends the threads; what is not read yet rejects with `reason`. */
  close(reason?: unknown): Promise<void>
}

/** Folders of images, where the platform has them. */
export interface ImageFolder {
  /**
   * The folders in `folder`, by name in the order of code units, each with its image files in the same order; hidden
   * ones and other files are left out. Throws DatasetError NOT_FOUND if there is no such folder.
   */
  listClasses(folder: string): Promise<ClassFolder[]>
  /** By default as many threads as there are processors, less one for the caller. */
  openReader(threads?: number): ImageReader
}
