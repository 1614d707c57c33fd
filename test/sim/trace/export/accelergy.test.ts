import * as fc from "fast-check"
import { expect, it } from "vitest"
import { parse } from "yaml"
import { accelergyActionCounts } from "../../../../sim/trace/export/accelergy.ts"
import type { Trace } from "../../../../sim/trace/trace.ts"
import { isAccounting } from "../../../../sim/trace/vocabulary.ts"
import { rowsOf, trace } from "../../../arbitraries/trace.ts"
import { smallTrace } from "../small-trace.ts"

interface Component {
  readonly name: string
  readonly action_counts: readonly { readonly name: string; readonly counts: number }[]
}

const localOf = (trace: Trace): readonly Component[] =>
  parse([...accelergyActionCounts(trace)].join("")).action_counts.local

it("action counts are the sums over all spans, without the accounts of time and operations", () => {
  expect(parse([...accelergyActionCounts(smallTrace())].join(""))).toEqual({
    action_counts: {
      version: "0.4",
      local: [
        { name: "dram", action_counts: [{ name: "read", counts: 5120 }] },
        { name: "mac", action_counts: [{ name: "fp16.issue", counts: 0.5 }] },
      ],
    },
  })
})

it("every counter of every component is in the action counts once, whatever its name", () => {
  fc.assert(
    fc.property(trace(), (original) => {
      const expected = new Map<string, number>()
      for (const { component, action, count } of rowsOf(original).counters) {
        if (isAccounting(component)) continue
        const key = JSON.stringify([component, action])
        expected.set(key, (expected.get(key) ?? 0) + count)
      }
      const found = localOf(original).flatMap(({ name, action_counts: actions }) =>
        actions.map((action) => [JSON.stringify([name, action.name]), action.counts] as const),
      )
      expect(new Map(found)).toEqual(expected)
      expect(found.length).toBe(expected.size)
    }),
  )
})
