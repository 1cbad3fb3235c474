// Loads libraries that read a WebAssembly file beside them from where they are installed: no bundler can move them.

import { createRequire } from 'node:module'

/** The CommonJS module `name`. Throws an Error that names it where it is not installed, as beside a bundle. */
export function require(name: string): unknown {
  // a bundle in the form of CommonJS has no URL
  const load = createRequire((import.meta.url as string | undefined) ?? `${process.cwd()}/`)
  try {
    return load(name)
  } catch (cause) {
    throw new Error(`the package ${name} is not installed where this program runs`, { cause })
  }
}
