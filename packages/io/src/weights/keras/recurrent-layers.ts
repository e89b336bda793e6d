import { cat, chunk, stack, type Tensor, zerosLike } from "@tapegrad/tensor";
import type { KerasLayer, LayerHere, Tensors } from "./keras-layer.ts";

/** Which gate of ours is which of Keras, and the other way round: both exchange the same ones. */
const orders: { readonly [kind: string]: readonly number[] } = { gru: [1, 0, 2] };

/** The parts of one direction of one layer. */
interface Cell {
  /** In front of its variables: "forward_layer/cell/". */
  readonly path: string;
  /** Behind its keys: "_l0_reverse". */
  readonly suffix: string;
}

/** A cell: kernels `[in, gates · units]`, and one bias, or those of input and state stacked. */
function cellOf(kind: string, { state, options }: LayerHere, { path, suffix }: Cell): Omit<KerasLayer, "kind"> {
  const order = orders[kind];
  const gates = (x: Tensor): Tensor => {
    if (order === undefined) return x;
    const parts = chunk(x, order.length);
    return cat(order.map((gate) => parts[gate]!));
  };
  const keyOf = (name: string): string => `${name}${suffix}`;
  const [biasIh, biasHh] = [state[keyOf("bias_ih")], state[keyOf("bias_hh")]];
  const isStacked = kind === "gru" && options?.resetAfter === true;
  const variables: Record<string, Tensor> = {
    [`${path}kernel`]: gates(state[keyOf("weight_ih")]!).transpose(),
    [`${path}recurrent_kernel`]: gates(state[keyOf("weight_hh")]!).transpose(),
  };
  if (biasIh !== undefined && biasHh !== undefined)
    variables[`${path}bias`] = isStacked ? stack([gates(biasIh), gates(biasHh)]) : gates(biasIh.add(biasHh));
  const biases = (bias: Tensor): Tensors => {
    const [ih, hh] = isStacked ? [bias.at(0), bias.at(1)] : [bias, zerosLike(bias)];
    return { [keyOf("bias_ih")]: gates(ih), [keyOf("bias_hh")]: gates(hh) };
  };
  return {
    variables,
    toState: (given) => ({
      [keyOf("weight_ih")]: gates(given[`${path}kernel`]!.transpose()),
      [keyOf("weight_hh")]: gates(given[`${path}recurrent_kernel`]!.transpose()),
      ...(biasIh === undefined ? {} : biases(given[`${path}bias`]!)),
    }),
  };
}

/** The layers of Keras that a recurrent layer is: one for each of its layers. */
export function recurrentLayers(kind: string, layer: LayerHere): readonly KerasLayer[] {
  const { numLayers = 1, bidirectional = false } = layer;
  return Array.from({ length: numLayers }, (_, i): KerasLayer => {
    if (!bidirectional) return { kind, ...cellOf(kind, layer, { path: "cell/", suffix: `_l${i}` }) };
    const cells = [
      cellOf(kind, layer, { path: "forward_layer/cell/", suffix: `_l${i}` }),
      cellOf(kind, layer, { path: "backward_layer/cell/", suffix: `_l${i}_reverse` }),
    ];
    return {
      kind: "bidirectional",
      variables: Object.assign({}, ...cells.map((cell) => cell.variables)) as Tensors,
      toState: (given) => Object.assign({}, ...cells.map((cell) => cell.toState(given))) as Tensors,
    };
  });
}

/** A cell that is a layer of its own. */
export function recurrentCell(kind: string, layer: LayerHere): KerasLayer {
  return { kind: `${kind}_cell`, ...cellOf(kind, layer, { path: "", suffix: "" }) };
}
