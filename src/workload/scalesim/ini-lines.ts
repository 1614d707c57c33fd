/** Sections, keys and values of an INI text with the place of each, as Python's configparser reads them. */
import { type Position, textLines } from "./text-lines.ts"

export interface IniEntry {
  readonly key: string
  readonly value: string
  readonly keyAt: Position
  readonly valueAt: Position
}

export interface IniSection {
  readonly name: string
  readonly at: Position
  readonly entries: readonly IniEntry[]
}

/** A line that is neither a section, a `key : value`, a comment nor blank. */
export interface IniMistake {
  readonly message: string
  readonly at: Position
}

export interface IniText {
  readonly sections: readonly IniSection[]
  readonly mistakes: readonly IniMistake[]
}

/** Comments start with # or ; at the start of a line, or after white space behind a value. */
export const iniText = (text: string): IniText => {
  const sections: { name: string; at: Position; entries: IniEntry[] }[] = []
  const mistakes: IniMistake[] = []
  for (const line of textLines(text)) {
    const content = line.text.trimEnd()
    const indent = content.length - content.trimStart().length
    const at = { line: line.number, column: indent + 1 }
    const first = content.charAt(indent)
    if (first === "" || first === "#" || first === ";") continue
    if (first === "[") {
      const [, name] = /^\[([^\]]+)\]\s*(?:[#;].*)?$/.exec(content.slice(indent)) ?? []
      if (name === undefined) mistakes.push({ message: "a section is written [name]", at })
      else sections.push({ name: name.trim(), at, entries: [] })
      continue
    }
    const entry = keyAndValue(content, indent, line.number)
    const section = sections.at(-1)
    if (entry === undefined) mistakes.push({ message: "expected a line such as Key : value", at })
    else if (section === undefined) mistakes.push({ message: "a key stands before the first [section]", at })
    else section.entries.push(entry)
  }
  return { sections, mistakes }
}

/** Key and value are parted by the first colon or equals sign. */
const keyAndValue = (content: string, indent: number, line: number): IniEntry | undefined => {
  const separator = content.search(/[:=]/)
  if (separator <= indent) return undefined
  const raw = content.slice(separator + 1).replace(/(^|\s)[#;].*$/, "")
  const padding = raw.length - raw.trimStart().length
  return {
    key: content.slice(indent, separator).trim(),
    value: raw.trim(),
    keyAt: { line, column: indent + 1 },
    valueAt: { line, column: separator + 1 + (raw.trim() === "" ? 0 : padding) + 1 },
  }
}
