// What the loaders of textures give: grey pictures of their own sizes, a class each, and splits where they are published.

/** Grey bytes, 0 to 255, row by row. */
export interface GreyPicture {
  /** The bytes, height·width of them. */
  readonly data: Uint8Array
  /** In pixels. */
  readonly shape: readonly [height: number, width: number]
}

/** A published split; rows are numbers of pictures. */
export interface PublishedSplit {
  /** What its publisher calls it, such as `000`. */
  readonly name: string
  /** Numbers of the pictures to learn from. */
  readonly training: Int32Array
  /** Numbers of the pictures to be classified. */
  readonly test: Int32Array
}

/** Pictures of textures; picture i is of class `classes[labels[i]]`. Sizes may differ, and may give a class away. */
export interface TextureSet {
  /** What the set is called in results. */
  readonly title: string
  /** Names of the classes, by label. */
  readonly classes: readonly string[]
  /** In the order of `labels` and `files`. */
  readonly pictures: readonly GreyPicture[]
  /** The class of each picture, from 0. */
  readonly labels: Uint8Array
  /** The path of each picture in its archive or folder. */
  readonly files: readonly string[]
  /** The set's own splits; none where its protocol draws them at random. */
  readonly splits: readonly PublishedSplit[]
  /** One sentence: which set this is, and where it came from. */
  readonly source: string
}

/** A decoded picture: `channels` bytes a pixel, row by row. */
export interface ColourPicture {
  readonly data: Uint8Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** Where pictures are found; the two files behind `#texture-files`. */
export interface TextureFiles {
  /** Paths of all files below `folder`, at most two folders down, in the order of code units; undefined if there is no such folder. */
  filesBelow(folder: string): Promise<readonly string[] | undefined>
  /** The bytes of a file. Throws DatasetError NOT_FOUND. */
  readBytes(path: string): Promise<Uint8Array>
}

/** Labels of pictures by the names of their classes, numbered in the order of `classes`. */
export function labelsOf(names: readonly string[], classes: readonly string[]): Uint8Array {
  const numbers = new Map(classes.map((name, label) => [name, label]))
  return Uint8Array.from(names, (name) => numbers.get(name)!)
}
