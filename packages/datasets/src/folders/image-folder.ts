// The agreement of the two files behind `#image-folder`: one lists folders and decodes their images on worker threads
// (Node), the other has the files that a page was given.

import { DatasetError } from '../errors.ts'
import type { Fit } from './resize.ts'

/** A folder named as its class, with the names of the image files in it. */
export interface ClassFolder {
  readonly name: string
  readonly files: readonly string[]
}

/** A file or folder below the folder of the set that is not read, and why: a sentence. */
export interface PassedOver {
  /** Path below the folder of the set. */
  readonly file: string
  /** Such as that it is hidden, or no image. */
  readonly reason: string
}

/** What a folder holds. */
export interface FolderListing {
  /** By name in the order of code units, each with its image files in the same order. */
  readonly classes: readonly ClassFolder[]
  readonly passedOver: readonly PassedOver[]
  /** The paths of the files, `class/image`, whose names are no text, as bytes. */
  readonly oddPaths: ReadonlyMap<string, Uint8Array>
}

/** How images are read. */
export interface ReaderOptions {
  /** The most pixels that an image may have. */
  readonly maxPixels: number
  /** By default as many as there are processors, less one for the caller. */
  readonly threads?: number
}

/** Threads that read, decode and resize images. */
export interface ImageReader {
  /**
   * The planes of the image in the file `path`, or in the one that `bytes` name, as messages then call `path`. Rejects
   * with DatasetError CORRUPT if it cannot be decoded, NOT_FOUND if it cannot be read, WORKER if its thread died.
   */
  read(path: string, fit: Fit, bytes?: Uint8Array): Promise<Uint8Array>
  /** Ends the threads; what is not read yet rejects with `reason`. */
  close(reason?: unknown): Promise<void>
}

/** Folders of images, where the platform has them. */
export interface ImageFolder {
  /**
   * The classes in `folder`, with the images in each, or with `nested` also in all folders below it; and everything
   * else there, with the reason why it is passed over. Throws DatasetError NOT_FOUND if a folder cannot be read.
   */
  listClasses(folder: string, nested: boolean): Promise<FolderListing>
  openReader(options: ReaderOptions): ImageReader
}

/** The error of an image that cannot be decoded. */
export function undecodable(path: string, cause: unknown): DatasetError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const fix = 'get it again, remove it, or leave such images out by `skipUndecodable: true`'
  return new DatasetError('CORRUPT', `${path} cannot be decoded (${why}): ${fix}`, { file: path, cause })
}
