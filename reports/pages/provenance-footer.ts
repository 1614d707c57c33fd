/** Footer: what made this result, and how well its numbers are known. */
import { escapeHtml } from "../../viz/escape-html.ts"
import { shortNumber, withUnit } from "../../viz/number-format.ts"
import type { Provenance } from "../provenance.ts"
import { dataTable } from "./data-table.ts"
import { displayName } from "./display-name.ts"

export interface NamedProvenance {
  /** Empty for a page of one run. */
  readonly label: string
  readonly provenance: Provenance
}

const pair = (term: string, content: string): string => `<dt>${escapeHtml(term)}</dt><dd>${content}</dd>`
const named = (name: string, hash: string): string =>
  `<bdi>${escapeHtml(displayName(name))}</bdi> <code>${escapeHtml(hash)}</code>`

type Pair = readonly [term: string, content: string]

/** Contents are markup already. */
const pairsOf = (p: Provenance): readonly Pair[] => {
  const statuses = Object.entries(p.byStatus)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
  const settings = p.settings.map(([key, value]) => `${key} ${value}`).join(", ")
  const conventions = p.conventions.map(([key, value]) => `${key}: ${value}`).join("; ")
  return [
    ["Command", `<code>${escapeHtml(p.command)}</code>`],
    ["Tool", escapeHtml(`${p.tool}, trace ${p.traceVersion}`)],
    ["Machine", named(p.machine.name, p.machine.hash)],
    [
      "Workload",
      `${named(p.workload.name, p.workload.hash)}, batch ${escapeHtml(String(p.workload.batch))}, ${escapeHtml(displayName(p.workload.source))}`,
    ],
    ["Settings", `<bdi>${escapeHtml(settings)}</bdi>`],
    [
      "Energy table",
      p.energyTable === undefined
        ? "none"
        : `${named(p.energyTable.name, p.energyTable.hash)}, scope ${escapeHtml(p.energyTable.scope)}`,
    ],
    ["Clock and seed", escapeHtml(`${withUnit(p.clockHertz, "Hz")}, seed ${p.seed}`)],
    ["Conventions", escapeHtml(conventions)],
    ["Numbers", escapeHtml(statuses.join(", "))],
  ]
}

const block = (heading: string, pairs: readonly Pair[]): string =>
  `<div>${heading === "" ? "" : `<h3><bdi>${escapeHtml(heading)}</bdi></h3>`}<dl>
${pairs.map(([term, content]) => pair(term, content)).join("\n")}
</dl></div>`

/** What all runs share is said once, where there is more than one. */
const blocks = (runs: readonly NamedProvenance[]): string => {
  const all = runs.map(({ label, provenance }) => ({ label, pairs: pairsOf(provenance) }))
  const [first, ...others] = all
  if (first === undefined || others.length === 0) {
    return all.map(({ label, pairs }) => block(label === "" ? "" : displayName(label), pairs)).join("\n")
  }
  const isShared = ([term, content]: Pair): boolean =>
    others.every(({ pairs }) => pairs.some(([t, c]) => t === term && c === content))
  return [
    ...all.map(({ label, pairs }) =>
      block(
        displayName(label),
        pairs.filter((one) => !isShared(one)),
      ),
    ),
    block(others.length === 1 ? "Both" : "All of them", first.pairs.filter(isShared)),
  ].join("\n")
}

export const provenanceFooter = (runs: readonly NamedProvenance[]): string => {
  const uncertain = runs.flatMap(({ provenance }) => provenance.uncertain)
  const distinct = [
    ...new Map(uncertain.map((n) => [JSON.stringify([n.path, n.value, n.unit, n.source]), n])).values(),
  ]
  const table =
    distinct.length === 0
      ? ""
      : `<details><summary>The ${distinct.length} assumed or fitted numbers this result rests on</summary>${dataTable(
          {
            id: "uncertain-numbers",
            caption: "Assumed and fitted numbers",
            columns: [
              { name: "Number", numeric: false },
              { name: "Value", numeric: true },
              { name: "Unit", numeric: false },
              { name: "Status", numeric: false },
              { name: "Reason or source", numeric: false },
            ],
            rows: distinct.map(({ path, value, unit, status, source }) => ({
              cells: [
                { text: displayName(path) },
                { text: shortNumber(value), value },
                { text: unit },
                { text: status },
                { text: displayName(source) },
              ],
            })),
          },
        )}</details>`
  return `<h2>Where this comes from</h2>
<div class="sources">${blocks(runs)}</div>
${table}`
}
