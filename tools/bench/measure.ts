// Times two sides in turn within one run. A comparison holds only so: machines differ and their speed wanders.

/** Work that can be repeated; a promise is awaited. A number is what it took of a core's time elsewhere, in milliseconds. */
export type Work = () => void | number | Promise<void | number>

/** Milliseconds that pass. */
export const wallClock = (): number => performance.now()

/** Milliseconds that this thread had a core: where others use the machine too, they are what the work takes. */
export function coreClock(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** One thing to measure, and perhaps who else does it. */
export interface Case {
  readonly group: string
  /** Reads like `scattering J=2 L=8 32x32 batch 128`. */
  readonly name: string
  readonly unit: string
  /** How many units one call does (images, transforms); for a unit of time leave it out: the median call is given in ms. */
  readonly units?: number
  /** Floating-point operations of one call, for the share of the peak. */
  readonly flops?: number
  /** Bytes moved by one call, for the share of a copy's bandwidth. */
  readonly bytes?: number
  readonly ours?: Work
  /** Gives the value itself, instead of `ours` being timed. */
  readonly sample?: () => number | Promise<number>
  readonly peer?: { readonly name: string; readonly run: Work }
  /** A figure of a peer that does not run here, with the 128-bit peak (GFLOP/s) of its core; without that it stands as printed. */
  readonly quoted?: { readonly name: string; readonly value: number; readonly peak?: number }
  readonly close?: () => void
}

/** A measured case, as `--json` writes it. */
export interface BenchRow {
  readonly group: string
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly peer: string | null
  readonly peerValue: number | null
  /** How many times better ours is: the median of the rounds' ratios. */
  readonly ratio: number | null
  /** Half the distance between the quartiles of the ratios (of our values where there is no peer), relative. */
  readonly spread: number
  readonly shareOfPeak: number | null
  readonly threads: number
}

/** What a round is compared with: the core's peak in GFLOP/s, or a copy's bandwidth in GB/s, measured in the same round. */
export interface Calibration {
  readonly peak: () => number
  readonly bandwidth: () => number
}

const SAMPLE_MS = 30
const WARM_UP_MS = 400

/** Warms both sides up, then times them in turn, round by round. */
export async function measure(
  item: Case,
  calibration: Calibration,
  threads: number,
  clock: () => number,
  rounds: number,
): Promise<BenchRow> {
  const { ours: work, sample } = item
  const ours = sample ? async () => sample() : await prepare(work ?? (() => {}), clock)
  const peer = item.peer ? await prepare(item.peer.run, clock) : null
  const taken: { ours: number; peer: number | null; peak: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const peak =
      item.flops !== undefined || item.quoted
        ? calibration.peak()
        : item.bytes !== undefined
          ? calibration.bandwidth()
          : NaN
    // every other round the peer goes first
    const before = peer && round % 2 === 1 ? await peer() : null
    const own = await ours()
    taken.push({ ours: own, peer: peer ? (before ?? (await peer())) : null, peak })
  }
  item.close?.()
  const { units } = item
  const speed = (ms: number): number => (units === undefined ? ms : (1000 * units) / ms)
  const faster = (a: number, b: number): number => (units === undefined ? b / a : a / b)
  const value = median(taken.map((t) => speed(t.ours)))
  const quoted = item.quoted
  const peerValues = taken.map((t) => {
    if (t.peer !== null) return speed(t.peer)
    if (!quoted) return null
    const scale = quoted.peak === undefined ? 1 : t.peak / quoted.peak
    return units === undefined ? quoted.value / scale : quoted.value * scale
  })
  const ratios = peerValues.flatMap((p, i) => (p === null ? [] : [faster(speed(taken[i].ours), p)]))
  const shares = taken.map((t) => {
    if (item.flops !== undefined) return item.flops / t.ours / 1e6 / t.peak
    if (item.bytes !== undefined) return item.bytes / t.ours / 1e6 / t.peak
    return NaN
  })
  const peerValue = peerValues[0] === null ? null : median(peerValues.map(Number))
  return {
    group: item.group,
    name: item.name,
    unit: item.unit,
    value,
    peer:
      item.peer?.name ??
      (quoted ? `${quoted.name}, ${quoted.peak === undefined ? 'as printed' : 'scaled by the peak'}` : null),
    peerValue,
    ratio: ratios.length > 0 ? median(ratios) : null,
    spread: spread(ratios.length > 0 ? ratios : taken.map((t) => t.ours)),
    shareOfPeak: item.flops !== undefined || item.bytes !== undefined ? median(shares) : null,
    threads,
  }
}

/** Runs the work until it is compiled, and returns a sampler: the mean milliseconds of enough calls for one sample. */
async function prepare(work: Work, clock: () => number): Promise<() => Promise<number>> {
  const start = performance.now()
  let calls = 0
  while (performance.now() - start < WARM_UP_MS || calls < 2) {
    await work()
    await compilersTurn()
    calls++
  }
  const before = performance.now()
  await work()
  const count = Math.max(1, Math.ceil(SAMPLE_MS / Math.max(performance.now() - before, 1e-3)))
  return async () => {
    let elsewhere = 0
    const from = clock()
    for (let i = 0; i < count; i++) {
      const result = work()
      const own = result instanceof Promise ? await result : result
      if (typeof own === 'number') elsewhere += own
    }
    const here = clock() - from
    return (clock === wallClock ? here : here + elsewhere) / count
  }
}

/** Lets the engine's compilers run, which have the same core. */
export const compilersTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median(values)
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const low = Math.floor(at)
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
}
