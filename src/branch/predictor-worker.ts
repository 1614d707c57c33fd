/** A thread that runs one task: blocks come in shared memory, one message each; the result goes back. */
import { parentPort, workerData } from "node:worker_threads"
import { blockCapacity, newBranchBlock } from "../../sim/branch/branch-block.ts"
import { type PredictorTask, startTask } from "./predictor-task.ts"

export interface WorkerInput {
  readonly task: PredictorTask
  /** Memory of the blocks that are passed round. */
  readonly slots: readonly SharedArrayBuffer[]
}

/** A filled slot, or the end of the trace. */
export type ToWorker = { readonly slot: number; readonly length: number } | "end"

/** A slot that was read, how far a long end is, or the result. */
export type FromWorker =
  | { readonly kind: "read" }
  | { readonly kind: "told"; readonly what: string }
  | { readonly kind: "result"; readonly result: unknown }

const { task, slots } = workerData as WorkerInput
const blocks = slots.map((memory) => newBranchBlock(blockCapacity, memory))
const running = startTask(task)
const post = (message: FromWorker): void => parentPort?.postMessage(message)

parentPort?.on("message", (message: ToWorker) => {
  if (message === "end") {
    post({ kind: "result", result: running.finish((what) => post({ kind: "told", what })) })
    parentPort?.close()
    return
  }
  const block = blocks[message.slot]
  block.length = message.length
  running.consume(block)
  post({ kind: "read" })
})
