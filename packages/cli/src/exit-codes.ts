// What the exit codes of the command say. Every command ends by one of them.

/** The exit codes, but for those that count unreadable files. */
export const exitCodes = {
  /** All was done. */
  done: 0,
  /** An error ended it; the message says which, and finished shards are kept. */
  failed: 1,
  /** The arguments or the input do not fit, and nothing was computed. */
  askedWrongly: 2,
  /** Ctrl-C or SIGTERM ended it; `--resume` goes on. */
  interrupted: 130,
} as const

const MOST_COUNTED = 25

/** Done, but `unreadable` files were left out: 100 + their number, 125 for 25 or more; 0 where there are none. */
export const doneWithout = (unreadable: number): number =>
  unreadable === 0 ? exitCodes.done : 100 + Math.min(unreadable, MOST_COUNTED)

/** The codes in words, for the help. */
export const exitCodesInWords = `Exit codes:
  0        done
  1        failed: the message says why; what is finished is kept for --resume
  2        asked wrongly: nothing was computed
  101-125  done, but files could not be read: 100 + their number (125: 25 or more); each is listed
  130      interrupted: --resume goes on`
