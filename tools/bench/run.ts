// A run of the benchmark as `--json` keeps it: the rows, and all that one must know to read them.
import type { BenchRow } from './measure.ts'

/** What `pnpm bench --json FILE` writes, and what docs/benchmarks holds. */
export interface BenchRun {
  /** The day, UTC: 2026-11-30. */
  readonly date: string
  /** What was typed: `pnpm bench scattering`. */
  readonly command: string
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string }
  /** The back end as it describes itself. */
  readonly backend: string
  readonly threads: number
  /** Whether all of it ran on one core. */
  readonly pinned: boolean
  /** `wall`: the time that passed; `core`: the time that the work had a core, for machines that others use. */
  readonly clock: 'wall' | 'core'
  readonly rounds: number
  /** A core's 128-bit multiply–adds before the run, GFLOP/s, and a copy between two arrays, GB/s (null where it was not kept). */
  readonly peak: number
  readonly bandwidth: number | null
  /** How many processes wanted a core, as means over a minute before the run and at its end (this one counts); null where it was not kept. */
  readonly load: readonly [before: number, after: number] | null
  /** What a reader must know beside. */
  readonly note?: string
  readonly rows: readonly KeptRow[]
}

/** A row as it is kept; `value` is null where only the ratio is known. */
export type KeptRow = Omit<BenchRow, 'value'> & { readonly value: number | null }
