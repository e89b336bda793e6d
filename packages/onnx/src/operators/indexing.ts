import { arange, cat, type Tensor, tensor, where } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { NodeCall, Operators } from "./node-call.ts";

/** Counts negative positions from the end. */
function positive(index: Tensor, extent: number): Tensor {
  return where(index.lt(0), index.add(extent), index);
}

function axisOf(call: NodeCall, x: Tensor): number {
  const axis = call.int("axis", 0);
  if (axis < -x.ndim || axis >= x.ndim) call.fail("attribute.axis", `expected one of ${x.ndim} axes, got ${axis}`);
  return axis < 0 ? axis + x.ndim : axis;
}

function gather(call: NodeCall): Tensor {
  const [x, index] = [call.input(0), call.input(1)];
  const axis = axisOf(call, x);
  const extent = x.shape[axis]!;
  const taken = x.indexSelect(axis, positive(index, extent).reshape(index.size));
  return taken.reshape([...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)]);
}

/** Puts each update where its index says: the places are zeroed, and the updates added. */
function scatterElements(call: NodeCall): Tensor {
  const [x, index, updates] = [call.input(0), call.input(1), call.input(2)];
  const axis = axisOf(call, x);
  const at = positive(index, x.shape[axis]!);
  const reduction = call.word("reduction", ["none", "add"], "none");
  if (reduction === "add") return x.scatterAdd(axis, at, updates);
  return x.scatterAdd(axis, at, updates.sub(x.gather(axis, at)));
}

/** The last axis of `indices` as one position in the flattened leading axes. */
function flatIndex(call: NodeCall, indices: Tensor, extents: readonly number[]): Tensor {
  const parts = extents.map((extent, i) => {
    const index = positive(indices.slice(...indices.shape.slice(0, -1).map((): [] => []), i), extent);
    return index.mul(sizeOf(extents.slice(i + 1)));
  });
  const [first, ...others] = parts;
  if (first === undefined) call.fail("input[1]", "expected a last axis with positions, got none");
  return others.reduce((sum, part) => sum.add(part), first);
}

function gatherND(call: NodeCall): Tensor {
  const [x, indices, batch] = [call.input(0), call.input(1), call.int("batch_dims", 0)];
  const depth = indices.shape.at(-1) ?? 0;
  const [lead, looked] = [x.shape.slice(0, batch), x.shape.slice(batch, batch + depth)];
  const rest = x.shape.slice(batch + depth);
  const flat = flatIndex(call, indices, looked); // [...lead, ...places]
  const places = flat.shape.slice(batch);
  // Batch axes are looked up by their own position.
  const samples = arange(sizeOf(lead))
    .mul(sizeOf(looked))
    .reshape([...lead, ...places.map(() => 1)]);
  const index = flat.add(samples).reshape(flat.size);
  const rows = x.reshape([sizeOf(lead) * sizeOf(looked), ...rest]);
  return rows.indexSelect(0, index).reshape([...lead, ...places, ...rest]);
}

function scatterND(call: NodeCall): Tensor {
  const [x, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const depth = indices.shape.at(-1) ?? 0;
  const [looked, rest] = [x.shape.slice(0, depth), x.shape.slice(depth)];
  const flat = flatIndex(call, indices, looked);
  const rows = x.reshape(sizeOf(looked), sizeOf(rest));
  const index = flat.reshape(flat.size, 1).broadcastTo([flat.size, sizeOf(rest)]);
  const added = updates.reshape(flat.size, sizeOf(rest));
  const reduction = call.word("reduction", ["none", "add", "mul"], "none");
  if (reduction === "add") return rows.scatterAdd(0, index, added).reshape(x.shape);
  if (reduction === "none") return rows.scatterAdd(0, index, added.sub(rows.gather(0, index))).reshape(x.shape);
  // One update after the other: an index may come twice.
  let result = rows;
  for (let i = 0; i < flat.size; i++) {
    const [at, factor] = [index.slice([i, i + 1]), added.slice([i, i + 1])];
    const old = result.gather(0, at);
    result = result.scatterAdd(0, at, old.mul(factor).sub(old));
  }
  return result.reshape(x.shape);
}

/** The slices whose flag is set. */
function compress(call: NodeCall): Tensor {
  const flat = !call.has("axis");
  const x = flat ? call.input(0).flatten() : call.input(0);
  const chosen = [...call.elements("input 1", call.input(1))].flatMap((flag, i) => (flag === 0 ? [] : [i]));
  return x.indexSelect(flat ? 0 : axisOf(call, x), tensor(chosen, { dtype: "int32", shape: [chosen.length] }));
}

/** Positions of elements other than 0, one column each. */
function nonZero(call: NodeCall): Tensor {
  const x = call.input(0);
  const found = [...call.elements("input 0", x)].flatMap((value, i) => (value === 0 ? [] : [i]));
  const flat = tensor(found, { dtype: "float64", shape: [1, found.length] });
  const rows = x.shape.map((extent, axis) =>
    flat
      .div(sizeOf(x.shape.slice(axis + 1)))
      .floor()
      .remainder(extent),
  );
  return cat(rows).to("int32");
}

/** Elements at given places. */
export const indexing: Operators = {
  Gather: gather,
  GatherElements: (call) => {
    const [x, index] = [call.input(0), call.input(1)];
    const axis = axisOf(call, x);
    return x.gather(axis, positive(index, x.shape[axis]!));
  },
  GatherND: gatherND,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Compress: compress,
  NonZero: nonZero,
};
