/** What a timeline needs of whatever it is drawn on. */

/** Where the drawing goes. Classes are those of the stylesheet. */
export interface Painter {
  readonly rect: (mark: string, x: number, y: number, width: number, height: number) => void
  readonly line: (style: string, x1: number, y1: number, x2: number, y2: number) => void
  readonly text: (
    style: string,
    text: string,
    x: number,
    y: number,
    anchor: "start" | "middle" | "end",
  ) => void
}
