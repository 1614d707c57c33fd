import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { packedScript } from "../../../reports/pages/packed-script.ts"
import { hostileNames } from "../../fixtures/hostile-names.ts"
import { unpackedData } from "../../fixtures/unpacked-data.ts"

describe("packed data", () => {
  it("comes back as it was, but for characters that mislead", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...hostileNames))), (names) => {
        const back: unknown = JSON.parse(unpackedData(packedScript("x", JSON.stringify(names)), "x"))
        expect(back).toEqual(
          names.map((name) =>
            name.replace(/[\u202a-\u202e\u2066-\u2069\ufffe\uffff\u007f-\u009f]/gu, "\ufffd"),
          ),
        )
      }),
    )
  })

  it("cannot end the script element that it stands in", () => {
    expect(packedScript("x", JSON.stringify(hostileNames))).toMatch(
      /^<script [^<>]*>[A-Za-z0-9+/=]*<\/script>$/,
    )
  })
})
