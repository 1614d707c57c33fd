/** A command cut at the words of its pattern, so that another can stand there. */
import type { WhatIfData } from "../../viz/what-if-data.ts"

/** Undefined where the words stand in it not exactly once. */
export const aroundPattern = (command: string, pattern: string): WhatIfData["command"] | undefined => {
  const words = `--sparsity ${pattern}`
  const parts = `${command} `.split(` ${words} `)
  return parts.length === 2 ? [parts[0], words, parts[1].trim()] : undefined
}
