// The errors of the package: each has a stable `code`, and a message that names the option or the shapes and the fix.

/** Base of every error thrown by scatterlab's numerical packages; `code` is stable, the message is for people. */
export class ScatterlabError extends Error {
  /** Such as `SHAPE`: one word for programs, which stays the same from version to version. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** Two shapes do not fit together, or a shape does not fit its data. `code` is `SHAPE`. */
export class ShapeError extends ScatterlabError {
  constructor(message: string) {
    super('SHAPE', message)
  }
}

/** An operation does not take this element type. `code` is `DTYPE`. */
export class DTypeError extends ScatterlabError {
  constructor(message: string) {
    super('DTYPE', message)
  }
}

/** There is no memory for an array of this size. `code` is `OUT_OF_MEMORY`. */
export class MemoryError extends ScatterlabError {
  constructor(message: string) {
    super('OUT_OF_MEMORY', message)
  }
}

/** An option or a value is out of its range. `code` is `VALUE`. */
export class ValueError extends ScatterlabError {
  constructor(message: string) {
    super('VALUE', message)
  }
}
