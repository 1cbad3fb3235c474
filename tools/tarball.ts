// What a package's tarball and README must hold; reads texts and lists of paths only, packs nothing.

/** The first ```ts block of a README, without its fences, or undefined if there is none. */
export function firstExample(readme: string): string | undefined {
  return /^```ts\n([\s\S]*?)^```/m.exec(readme)?.[1]
}

/** What may be imported of the package `name`, by the keys of its exports; no JSON. */
export function entryPoints(name: string, exports: readonly string[]): string[] {
  return exports.filter((key) => !key.endsWith('.json')).map((key) => name + key.slice(1))
}

/** What is wrong with the list of files in a tarball: tests and build leftovers in it, or missing parts. */
export function misplacedFiles(files: readonly string[]): string[] {
  const unwanted = files.filter((path) => /\.test\.|\.tsbuildinfo$|(^|\/)(bench|node_modules|\.turbo)\//.test(path))
  const missing = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'].filter(
    (path) => !files.includes(path),
  )
  return [
    ...unwanted.map((path) => `${path} does not belong in the tarball`),
    ...missing.map((path) => `${path} is missing`),
  ]
}
