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

const runMarkup = ({ label, provenance: p }: NamedProvenance): string => {
  const statuses = Object.entries(p.byStatus)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status}`)
  const settings = p.settings.map(([key, value]) => `${key} ${value}`).join(", ")
  const conventions = p.conventions.map(([key, value]) => `${key}: ${value}`).join("; ")
  const heading = label === "" ? "" : `<h3><bdi>${escapeHtml(displayName(label))}</bdi></h3>`
  return `<div>${heading}<dl>
${pair("Command", `<code>${escapeHtml(p.command)}</code>`)}
${pair("Tool", escapeHtml(`${p.tool}, trace ${p.traceVersion}`))}
${pair("Machine", named(p.machine.name, p.machine.hash))}
${pair("Workload", `${named(p.workload.name, p.workload.hash)}, batch ${escapeHtml(String(p.workload.batch))}, ${escapeHtml(displayName(p.workload.source))}`)}
${pair("Settings", `<bdi>${escapeHtml(settings)}</bdi>`)}
${p.energyTable === undefined ? pair("Energy table", "none") : pair("Energy table", `${named(p.energyTable.name, p.energyTable.hash)}, scope ${escapeHtml(p.energyTable.scope)}`)}
${pair("Clock and seed", escapeHtml(`${withUnit(p.clockHertz, "Hz")}, seed ${p.seed}`))}
${pair("Conventions", escapeHtml(conventions))}
${pair("Numbers", escapeHtml(statuses.join(", ")))}
</dl></div>`
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
<div class="sources">${runs.map(runMarkup).join("\n")}</div>
${table}`
}
