/** The package's version, in one place for the CLI, traces and reports. */
import packageJson from "../package.json" with { type: "json" }

export const version: string = packageJson.version
