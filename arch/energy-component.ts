/** What a machine says of its parts so that an energy table can price their actions. */

/** Number formats that a datapath computes in. */
export type Dtype = "int8" | "int32" | "fp8" | "fp16" | "bf16" | "fp32"

/**
 * One part of a machine. `component` is the name its counters have in the trace; `kind` and the attributes select the
 * table entry. Actions and what one count is:
 * - `mac`: `compute` (one multiply-accumulate), `gated` (operand zero, datapath held)
 * - `alu`: `add`, `mul` (one operation)
 * - `comparator`: `compare` (one operation on `bits` bits)
 * - `sram`: `read`, `write` (one byte of a memory of `capacityBytes`)
 * - `register`: `read`, `write` (one byte)
 * - `dram`: `read`, `write` (one byte)
 */
export type EnergyComponent =
  | { readonly component: string; readonly kind: "mac"; readonly dtype: Dtype; readonly accumulate: Dtype }
  | { readonly component: string; readonly kind: "alu"; readonly dtype: Dtype }
  | { readonly component: string; readonly kind: "comparator"; readonly bits: number }
  | { readonly component: string; readonly kind: "sram"; readonly capacityBytes: number }
  | { readonly component: string; readonly kind: "register" }
  | { readonly component: string; readonly kind: "dram"; readonly technology: string }

export type EnergyKind = EnergyComponent["kind"]

export const energyActions: Readonly<Record<EnergyKind, readonly string[]>> = {
  mac: ["compute", "gated"],
  alu: ["add", "mul"],
  comparator: ["compare"],
  sram: ["read", "write"],
  register: ["read", "write"],
  dram: ["read", "write"],
}
