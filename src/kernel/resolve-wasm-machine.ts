/** The engine whose numbers predict: the built-in one, or a file that `sparsim kernel calibrate` wrote. */
import { readFile } from "node:fs/promises"
import { ConfigError } from "../../arch/errors.ts"
import { builtinWasmMachine, type WasmMachine, wasmMachineFromText } from "../../arch/wasm-machine.ts"

/** @throws ConfigError for a file that cannot be read, or holds something else */
export const resolveWasmMachine = async (file: string | undefined): Promise<WasmMachine> => {
  if (file === undefined) return builtinWasmMachine()
  let text: string
  try {
    text = await readFile(file, "utf8")
  } catch {
    throw new ConfigError({
      message: "the machine file cannot be read",
      place: { file },
      remedy: "Check the path, or write one with sparsim kernel calibrate -o FILE.",
    })
  }
  return wasmMachineFromText(text, file)
}
