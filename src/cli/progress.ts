/** A line on standard error for work that takes over a second; nothing when it is not a terminal or `--quiet`. */
import type { Terminal } from "./terminal.ts"

export interface Progress {
  /** Says what is being done, and how much of it, 0 to 1, where that is known. */
  readonly step: (what: string, share?: number) => void
  readonly end: () => void
}

const silent: Progress = { step: () => undefined, end: () => undefined }

/** Shows nothing in the first second, then at most ten lines a second, rewriting the same one. */
export const progress = (terminal: Terminal, quiet: boolean): Progress => {
  if (quiet || !terminal.live) return silent
  const started = performance.now()
  let shown = 0
  return {
    step: (what, share) => {
      const now = performance.now()
      if (now - started < 1000 || now - shown < 100) return
      shown = now
      const part = share === undefined ? "" : ` ${Math.round(share * 100)} %`
      terminal.err(`\r\u001B[K${what}${part}`)
    },
    end: () => {
      if (shown > 0) terminal.err("\r\u001B[K")
    },
  }
}
