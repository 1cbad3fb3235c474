// What a package's tarball and README must hold; reads texts and lists of paths only, packs nothing.

/** The first ```ts block of a README, without its fences, or undefined if there is none. */
export function firstExample(readme: string): string | undefined {
  return /^```ts\n([\s\S]*?)^```/m.exec(readme)?.[1]
}

/** What is wrong with the list of files in a tarball: tests and build leftovers in it, or parts that lack. */
export function misplacedFiles(files: readonly string[]): string[] {
  const unwanted = files.filter((path) => /\.test\.|\.tsbuildinfo$|(^|\/)(bench|node_modules|\.turbo)\//.test(path))
  const lacking = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'].filter(
    (path) => !files.includes(path),
  )
  return [
    ...unwanted.map((path) => `${path} does not belong in the tarball`),
    ...lacking.map((path) => `${path} lacks`),
  ]
}
