// The house as data: every package of the workspace, what it may import, of ours and of third-party libraries.
// The page docs/architecture.md says the same in words; arrows.test.ts holds the repository and that page to this table.

/** What one package may import outside its tests and benchmarks. */
export interface PackageRule {
  /** Packages of ours, by folder name. */
  readonly imports: readonly string[]
  /** Third-party libraries; a library in no list is imported by nobody. */
  readonly libraries: readonly string[]
  /** Whether any file may use Node's own modules; elsewhere only `*.node.ts` files, programs, tests and benchmarks may. */
  readonly node: boolean
}

/** The packages and the arrows between them. */
export interface House {
  readonly scope: string
  readonly packages: Readonly<Record<string, PackageRule>>
  /** The private package that every other package's tests may import, but not those of the packages it stands on. */
  readonly testPackage: string
  /** Libraries that every test and benchmark may import. */
  readonly testLibraries: readonly string[]
  /** Libraries that the pages of the site may import, besides every package of ours. */
  readonly siteLibraries: readonly string[]
  /** Libraries wrapped by exactly one file, so that exchanging one touches nothing else. */
  readonly oneFileLibraries: readonly string[]
}

export const house: House = {
  scope: '@scatterlab/',
  packages: {
    tensor: { imports: [], libraries: ['@types/ndarray', 'ndarray', 'fft.js', 'pure-rand'], node: false },
    wasm: { imports: ['tensor'], libraries: [], node: false },
    gpu: { imports: ['tensor'], libraries: ['gpu.js', 'webgpu'], node: false },
    wavelets: { imports: ['tensor'], libraries: [], node: false },
    symmetry: { imports: ['tensor'], libraries: [], node: false },
    scattering: { imports: ['wavelets', 'tensor'], libraries: [], node: false },
    nn: { imports: ['optim', 'tensor'], libraries: [], node: false },
    gan: { imports: ['nn', 'optim', 'tensor'], libraries: [], node: false },
    optim: { imports: ['tensor'], libraries: [], node: false },
    learn: { imports: ['tensor'], libraries: ['ml-matrix'], node: false },
    datasets: {
      imports: ['tensor'],
      libraries: ['@cornerstonejs/codec-libjpeg-turbo-8bit', '@cwasm/nsbmp', '@cwasm/webp', 'jpeg-js', 'omggif'],
      node: false,
    },
    figures: {
      imports: ['tensor'],
      libraries: ['@observablehq/plot', '@resvg/resvg-js', 'dejavu-fonts-ttf', 'fast-png'],
      node: false,
    },
    repro: { imports: ['tensor'], libraries: ['commander', 'cli-progress', 'cli-table3'], node: false },
    cli: {
      imports: ['scattering', 'learn', 'datasets', 'figures', 'wasm', 'optim', 'wavelets', 'tensor'],
      libraries: [
        'commander',
        'cli-progress',
        'fast-png',
        'bullmq',
        'ioredis',
        'apache-arrow',
        'hyparquet',
        'hyparquet-writer',
        'yauzl',
        'yazl',
      ],
      node: true,
    },
    testing: { imports: ['tensor'], libraries: ['vitest', 'fast-check', 'fflate'], node: true },
  },
  testPackage: 'testing',
  testLibraries: ['vitest', 'fast-check'],
  siteLibraries: ['vue', 'vitepress', '@fontsource-variable/source-serif-4'],
  oneFileLibraries: ['ndarray', 'fft.js', 'pure-rand', 'gpu.js'],
}
