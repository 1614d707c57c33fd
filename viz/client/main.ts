/** What a page does in the browser. Everything here is an extra: without it the page still reads in full. */
import { enableBrushes } from "./brush.ts"
import { enableCopyCsv } from "./copy-csv.ts"
import { enablePanels } from "./panels.ts"
import { enableSaveSvg } from "./save-svg.ts"
import { enableSorting } from "./sort-table.ts"
import { enableSteps } from "./steps.ts"
import { enableTheme } from "./theme.ts"
import { enableTimelines } from "./timeline.ts"
import { enableTooltips } from "./tooltip.ts"
import { unpackData } from "./unpack.ts"

document.documentElement.classList.add("js")
unpackData()
enableTheme()
const tooltip = enableTooltips()
enableSteps(tooltip)
enableSorting()
enableCopyCsv()
enableSaveSvg()
enablePanels()
enableBrushes()
enableTimelines(tooltip)
