/** Writes the accuracy table into README.md, between its markers, from the built-in validation cases. */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { accuracyTable, withAccuracyTable } from "../src/validate/accuracy-table.ts"
import { builtinCases } from "../src/validate/builtin-cases.ts"
import { validate } from "../src/validate/validate.ts"

const readme = fileURLToPath(new URL("../README.md", import.meta.url))
const table = accuracyTable(validate([...builtinCases.values()]))
writeFileSync(readme, withAccuracyTable(readFileSync(readme, "utf8"), table))
