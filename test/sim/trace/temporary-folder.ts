/** A folder for the files of one test. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

/** A new folder that is removed when the running test ends. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "sparsim-test-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
