// How fast a training goes: the time from step to step, the making of the batches included, and what it says of the rest.

/** Of the last step, and of the last few. */
export interface Speed {
  /** The last step's time. */
  readonly seconds: number
  readonly imagesPerSecond: number
  readonly secondsPerStep: number
}

/** The clock of a run's steps. */
export interface Pace {
  /** A step begins now: the time since the last one was spent on something else. */
  begin(): void
  /** A step over so many images ends, and the next one begins. */
  end(images: number): Speed
}

const RECENT = 50 // steps: enough for an even mean, few enough to follow a machine that gets busy

/** Starts the clock. The means are those of the last 50 steps; the first one, which warms up, counts only while it is alone. */
export function startPace(): Pace {
  let began = performance.now()
  let steps = 0
  const recent: { readonly seconds: number; readonly images: number }[] = []
  return {
    begin() {
      began = performance.now()
    },
    end(images) {
      const now = performance.now()
      const seconds = (now - began) / 1000
      began = now
      if (++steps === 2 || recent.length === RECENT) recent.shift()
      recent.push({ seconds, images })
      const total = recent.reduce((sum, step) => sum + step.seconds, 0)
      const seen = recent.reduce((sum, step) => sum + step.images, 0)
      return { seconds, imagesPerSecond: seen / total, secondsPerStep: total / recent.length }
    },
  }
}
