import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { escapeHtml } from "../../viz/escape-html.ts"

describe("escapeHtml", () => {
  it("leaves nothing that starts markup, ends an attribute or reorders text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'\u202a-\u202e\u2066-\u2069]|(?![\t\n\r])\p{Cc}/u)
        expect(escapeHtml(text).replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&")
      }),
    )
  })

  it("keeps letters of every script, emoji and line breaks", () => {
    expect(escapeHtml("שכבה µ 🙂\n")).toBe("שכבה µ 🙂\n")
  })

  it("replaces half a surrogate pair, which no encoding can write", () => {
    expect(escapeHtml("a\ud800b")).toBe("a\ufffdb")
  })
})
