/** The edge of the program: runs a command as an Effect, renders typed errors, sets the exit code, cleans up on Ctrl-C. */
import { setTimeout } from "node:timers/promises"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { SparsimError } from "../../arch/errors.ts"
import { stopTraceWork } from "../../sim/trace/stop-trace-work.ts"
import { removeUnfinishedOutput } from "../../sim/trace/unfinished-output.ts"
import { exitCodeOf, isSparsimError, renderError } from "./render-error.ts"
import type { Terminal } from "./terminal.ts"

/** What a command does; `signal` says that nobody waits for it any more. */
type Step<A> = (signal: AbortSignal) => Promise<A> | A

/** Steps under way. A fiber that is interrupted no longer waits for its step, but the process has to. */
const underWay = new Set<Promise<unknown>>()

const noted = async <A>(step: Step<A>, signal: AbortSignal): Promise<A> => {
  const running = (async () => step(signal))()
  underWay.add(running)
  try {
    return await running
  } finally {
    underWay.delete(running)
  }
}

/** A step that throws tagged errors, as an Effect that fails with them; anything else is a defect. */
export const attempt = <A>(step: Step<A>): Effect.Effect<A, SparsimError> =>
  Effect.tryPromise({ try: (signal) => noted(step, signal), catch: (error) => error }).pipe(
    Effect.catch((error) => (isSparsimError(error) ? Effect.fail(error) : Effect.die(error))),
  )

/** How long steps under way may take to give up; those that write Parquet do so within a chunk. */
const patience = { tries: 40, milliseconds: 50 } as const

/**
 * Waits until the steps under way have given up and taken back what they had begun. Leaving earlier would never end: the
 * process waits for DuckDB's thread, which waits for rows from this one.
 */
const stopSteps = async (): Promise<void> => {
  for (let i = 0; i < patience.tries && underWay.size > 0; i++) {
    stopTraceWork()
    await Promise.race([Promise.allSettled(underWay), setTimeout(patience.milliseconds)])
  }
}

/** Exit codes of a process that a signal ended: 128 and its number. */
const signals = { SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof signals

const report = (terminal: Terminal, cause: Cause.Cause<SparsimError>, signal: Signal): number => {
  const failure = cause.reasons.find(Cause.isFailReason)
  if (failure !== undefined) {
    terminal.err(renderError(failure.error))
    return exitCodeOf(failure.error)
  }
  if (Cause.hasInterruptsOnly(cause)) {
    terminal.err("sparsim: interrupted; nothing half-written was left behind.\n")
    return signals[signal]
  }
  const defect = cause.reasons.find(Cause.isDieReason)?.defect
  const what = defect instanceof Error ? defect.message : String(defect)
  const detail =
    process.env["SPARSIM_DEBUG"] !== undefined && defect instanceof Error ? `\n${defect.stack}` : ""
  terminal.err(
    `sparsim: internal error: ${what}. This is a defect of sparsim; SPARSIM_DEBUG=1 shows where it happened.${detail}\n`,
  )
  return 1
}

/** Runs a command to its end and leaves the exit code in `process.exitCode`. */
export const runCommand = async (
  terminal: Terminal,
  command: Effect.Effect<number | void, SparsimError>,
): Promise<void> => {
  const fiber = Effect.runFork(command)
  let received: Signal = "SIGINT"
  const interrupt = (signal: NodeJS.Signals): void => {
    if (signal === "SIGTERM") received = signal
    removeUnfinishedOutput()
    Effect.runFork(Fiber.interrupt(fiber))
  }
  process.on("SIGINT", interrupt)
  process.on("SIGTERM", interrupt)
  const exit = await new Promise<Exit.Exit<number | void, SparsimError>>((resolve) => {
    fiber.addObserver(resolve)
  })
  if (Exit.isSuccess(exit)) {
    process.exitCode = typeof exit.value === "number" ? exit.value : 0
  } else {
    const interrupted = Cause.hasInterruptsOnly(exit.cause)
    if (interrupted) await stopSteps()
    process.exitCode = report(terminal, exit.cause, received)
    // An interrupted step that did not give up goes on by itself; leaving now is what keeps it from writing.
    if (interrupted) process.exit()
  }
  process.off("SIGINT", interrupt)
  process.off("SIGTERM", interrupt)
}
