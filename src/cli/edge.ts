/** The edge of the program: runs a command as an Effect, renders typed errors, sets the exit code, cleans up on Ctrl-C. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { SparsimError } from "../../arch/errors.ts"
import { removeUnfinishedOutput } from "../../sim/trace/unfinished-output.ts"
import { exitCodeOf, isSparsimError, renderError } from "./render-error.ts"
import type { Terminal } from "./terminal.ts"

/** A step that throws tagged errors, as an Effect that fails with them; anything else is a defect. */
export const attempt = <A>(step: () => Promise<A> | A): Effect.Effect<A, SparsimError> =>
  Effect.tryPromise({ try: async () => step(), catch: (error) => error }).pipe(
    Effect.catch((error) => (isSparsimError(error) ? Effect.fail(error) : Effect.die(error))),
  )

/** Exit code of a process ended by SIGINT. */
const interruptedCode = 130

const report = (terminal: Terminal, cause: Cause.Cause<SparsimError>): number => {
  const failure = cause.reasons.find(Cause.isFailReason)
  if (failure !== undefined) {
    terminal.err(renderError(failure.error))
    return exitCodeOf(failure.error)
  }
  if (Cause.hasInterruptsOnly(cause)) {
    terminal.err("sparsim: interrupted; nothing half-written was left behind.\n")
    return interruptedCode
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
  const interrupt = (): void => {
    removeUnfinishedOutput()
    Effect.runFork(Fiber.interrupt(fiber))
  }
  process.on("SIGINT", interrupt)
  process.on("SIGTERM", interrupt)
  const exit = await new Promise<Exit.Exit<number | void, SparsimError>>((resolve) => {
    fiber.addObserver(resolve)
  })
  process.off("SIGINT", interrupt)
  process.off("SIGTERM", interrupt)
  if (Exit.isSuccess(exit)) {
    process.exitCode = typeof exit.value === "number" ? exit.value : 0
    return
  }
  process.exitCode = report(terminal, exit.cause)
  // An interrupted promise goes on by itself; leaving now is what keeps it from writing.
  if (process.exitCode === interruptedCode) process.exit()
}
