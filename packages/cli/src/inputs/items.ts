// What every kind of input is once it is open: numbered items of one size, read a block at a time.

/** An item that could not be read, and why. */
export interface Unreadable {
  readonly name: string
  readonly reason: string
}

/** Some items that were read. */
export interface Block {
  /** The items one after the other, [items, channels, …size]. */
  readonly data: Float32Array
  readonly names: readonly string[]
  readonly unreadable: readonly Unreadable[]
}

/** An open input. */
export interface Items {
  readonly count: number
  /** [height, width] or [length] of each. */
  readonly size: readonly number[]
  readonly channels: number
  /** Samples a second, where the input says it. */
  readonly rate?: number
  /**
   * Items begin … end − 1. `seen` is given every byte that they are made of. Throws {@link UsageError} `SIZE` for one of another size;
   * what cannot be read is listed.
   */
  read(begin: number, end: number, seen: (bytes: Uint8Array) => void): Promise<Block>
  /** Does what costs a pass over the whole, such as expanding it, once for all who open the input; the first `read` does it else. */
  readonly prepare?: () => Promise<void>
  close(): Promise<void>
}

/** How inputs are brought to one size. */
export interface InputOptions {
  /** Height and width of images; their own if it is left out. */
  readonly size?: readonly [height: number, width: number]
  readonly fit: 'crop' | 'stretch'
  readonly colour: boolean
  /** Samples of sounds: longer ones are cut, shorter ones end in zeros. */
  readonly length?: number
  /** Samples a second that sounds are brought to; without it all must have the same. */
  readonly rate?: number
  /** The array in an .npz file. */
  readonly array?: string
}
