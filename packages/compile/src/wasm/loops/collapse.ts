import type { Accumulation, Indexed, KernelNode, LoopKernel } from "../../schedule/loop-kernel.ts";

/** The kernel with neighbouring loops made one wherever everything that is read and written continues across them. */
export function collapse(kernel: LoopKernel): LoopKernel {
  const { extents, reduced, nodes, band } = kernel;
  const results = [...kernel.stores, ...kernel.accumulations];
  const all = [
    ...nodes.flatMap((node) => ("strides" in node ? [node.strides] : [])),
    ...results.map(({ strides }) => strides),
  ];
  const keep: number[] = [];
  const joined: number[] = [];
  extents.forEach((extent, axis) => {
    const last = keep.at(-1);
    const joins =
      last !== undefined &&
      reduced[last] === reduced[axis] &&
      !(last === 0 && kernel.lastRow !== undefined) &&
      last !== band?.rows &&
      axis !== band?.rows &&
      all.every((strides) => strides[last] === strides[axis]! * extent);
    if (joins) {
      joined[keep.length - 1] = joined[keep.length - 1]! * extent;
      keep[keep.length - 1] = axis;
    } else {
      keep.push(axis);
      joined.push(extent);
    }
  });
  const pick = (strides: readonly number[]): number[] => keep.map((axis) => strides[axis]!);
  const made = new Map<KernelNode, KernelNode>();
  const movedIndex = ({ index, stride }: Indexed): Indexed => ({ index: made.get(index)!, stride });
  for (const node of nodes) {
    const copy: KernelNode =
      node.kind === "apply"
        ? { ...node, inputs: node.inputs.map((input) => made.get(input)!) }
        : node.kind === "reduce"
          ? { ...node, input: made.get(node.input)! }
          : node.kind === "constant"
            ? node
            : node.kind === "load" && node.at !== undefined
              ? { ...node, strides: pick(node.strides), at: movedIndex(node.at) }
              : { ...node, strides: pick(node.strides) };
    made.set(node, copy);
  }
  const moved = (result: Accumulation): Accumulation => ({
    ...result,
    node: made.get(result.node)!,
    strides: pick(result.strides),
    ...(result.at === undefined ? {} : { at: movedIndex(result.at) }),
  });
  return {
    ...kernel,
    extents: joined,
    reduced: keep.map((axis) => reduced[axis]!),
    band: band && { ...band, rows: keep.indexOf(band.rows), columns: keep.indexOf(band.columns) },
    stores: kernel.stores.map((store) => ({ ...store, node: made.get(store.node)!, strides: pick(store.strides) })),
    accumulations: kernel.accumulations.map(moved),
    nodes: [...made.values()],
  };
}
