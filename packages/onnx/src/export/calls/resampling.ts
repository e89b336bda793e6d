import type { CallRows } from "./row.ts";

/** Squares of channels, and elements beyond the ends. */
export const resampling: CallRows<"depthToSpace" | "extend"> = {
  depthToSpace: (writer, [x], { factor }) =>
    x.shape.length === 4 && x.dtype !== "bool"
      ? writer.node("DepthToSpace", [x.name], { blocksize: factor, mode: "CRD" })
      : undefined,
  extend: (writer, [x], { mode, padding }) => {
    const count = typeof padding === "number" ? x.shape.length - 2 : padding.length;
    const widths = x.shape.map((_, axis): readonly [number, number] => {
      const at = axis - (x.shape.length - count);
      return at < 0 ? [0, 0] : typeof padding === "number" ? [padding, padding] : padding[at]!;
    });
    // What is taken away there is mirrored, too.
    if (x.dtype === "bool" || widths.flat().some((width) => width < 0)) return undefined;
    const ends = [0, 1].flatMap((end) => widths.map((pair) => pair[end]!));
    return writer.node("Pad", [x.name, writer.wholes(ends)], { mode: mode === "reflect" ? "reflect" : "edge" });
  },
};
