// What every loader may be told, and what every loader gives: where a set may come from, and where it came from.

import type { DownloadOptions } from '../files/download.ts'
import type { ImageShape, TrainTest } from './image-set.ts'

/** Where a set may come from. */
export interface LoadOptions extends DownloadOptions {
  /**
   * Folder that holds the set's files, or its own folder with them. By default the environment's SCATTERLAB_DATA, which
   * may also hold other sets only. In a page the name of a `pageFolder`, which may as well.
   */
  readonly folder?: string | undefined
  /**
   * Where downloads are kept: a folder (in a page, a name for the Cache API), or false for nowhere. By default the
   * user's cache.
   */
  readonly cache?: string | false
  /** Whether the network may be used; by default it may. */
  readonly download?: boolean
  /** Addresses of folders that hold the published files, tried in order. */
  readonly mirrors?: readonly string[]
}

/** A set as loaded: the published one, or what stood in its place. */
export interface LoadedSet<Shape extends ImageShape = ImageShape> extends TrainTest<Shape> {
  /** Whether all files are those published, by checksum. */
  readonly canonical: boolean
}

/** The sentence that names a set and its origin. */
export function sourceOf(
  title: string,
  canonical: boolean,
  { train, test }: Omit<TrainTest, 'source'>,
  origin: string,
): string {
  const name = canonical ? title : `not the canonical ${title} (checksum differs)`
  const [trainCount, testCount] = [train, test].map(({ labels }) => labels.length.toLocaleString('en-US'))
  return `${name}: ${trainCount} training and ${testCount} test images, ${origin}`
}
