/** The README's accuracy table is what the cases give today. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { accuracyTable, withAccuracyTable } from "../../src/validate/accuracy-table.ts"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import { validate } from "../../src/validate/validate.ts"

const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8")

it("the accuracy table of the README is up to date (npm run accuracy)", () => {
  expect(withAccuracyTable(readme, accuracyTable(validate([...builtinCases.values()])))).toBe(readme)
})

it("a README without the table's markers is an error, not a silent loss", () => {
  expect(() => withAccuracyTable("# no table", "x")).toThrow(/markers/)
})
