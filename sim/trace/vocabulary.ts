/** The words every engine uses in a trace, so that reports need not know the engine. */

/**
 * Kinds of spans, outermost first. `run` is the root; a `pass` is forward, backward or update; a `layer` holds the work of
 * one operator in that pass; a `stage` is one training computation (FF, BP, WU, prune, update); a `unit` is a hardware
 * unit's share of a stage, on that unit's own track; a `tile` is one step of a tiled loop.
 */
export const spanKinds = ["run", "pass", "layer", "stage", "unit", "tile"] as const
export type SpanKind = (typeof spanKinds)[number]

/**
 * Components whose counters are bookkeeping and carry no energy: the four operation counts (component `ops`, actions below)
 * and the time accounts (component `time.TRACK`, actions `busy` and `stall.CAUSE`, in cycles, which sum to the span),
 * the sizes of stored tensors (component `storage.TENSOR`, in words of 32 bits), whose bytes DRAM moves (component
 * `traffic.TENSOR`, actions `read` and `write`, which sum to the bytes of component `dram`), and what passes through a unit
 * with a roof of its own (component `through.UNIT`, action `bytes`; their energy is in the memories' and the unit's counters),
 * what an array's folds fill (component `filled.ROWSxCOLS`, actions `folds`, and `cycles` in which operands stream through them),
 * how a kernel's thread blocks fill a board (component `grid`, actions `blocks`, `waves` and `slots`, the blocks of a whole wave) and the
 * next best kernel (component `runner-up.KERNEL`, action `cycles`), the bytes an operator works on (component `working-set`, actions `weights`, `input` and `output`),
 * and what branches did (component `branch`, `static-branch.ADDRESS` of single ones, `sparse-model.ADDRESS` and `sparse-position.HISTORY` of models that were fitted,
 * `beside.MACHINE` of predictors that ran beside; the predictor's arrays carry energy).
 */
export const isAccounting = (component: string): boolean =>
  component === "ops" ||
  component.startsWith("time.") ||
  component.startsWith("storage.") ||
  component.startsWith("traffic.") ||
  component.startsWith("through.") ||
  component.startsWith("filled.") ||
  component.startsWith("runner-up.") ||
  component === "grid" ||
  component === "working-set" ||
  component === "branch" ||
  component.startsWith("static-branch.") ||
  component.startsWith("sparse-") ||
  component.startsWith("beside.")

/**
 * The four operation counts, in MACs. Dense-equivalent: as if nothing were pruned. Non-zero: structural non-zeros.
 * Useful: both operands non-zero. Issued: what the multipliers were busy with, padding included.
 */
export const operationCounts = ["dense-equivalent", "non-zero", "useful", "issued"] as const
export type OperationCount = (typeof operationCounts)[number]
