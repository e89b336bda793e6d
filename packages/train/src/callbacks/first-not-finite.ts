import type { Module } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { layerName } from "../training/layer-name.ts";
import { tensorsIn } from "../training/tensors-in.ts";

/** Whether a tensor has neither NaN nor infinities. */
export function isFinite({ data, dtype }: Tensor): boolean {
  if (!isFloat(dtype)) return true;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}

/**
 * Where NaN or an infinity comes up first while a loss is computed: the innermost module, and the operation in it. Undefined
 * if it never does.
 */
export function firstNotFinite(net: Module, computeLoss: () => Tensor): string | undefined {
  let found: string | undefined;
  const running: string[] = [];
  const look = (where: string, values: unknown): void => {
    const bad = tensorsIn(values).find((tensor) => !isFinite(tensor));
    if (found === undefined && bad !== undefined) found = where + origin(net, bad);
  };
  const handles = net.namedModules().flatMap(([path, module]) => {
    const name = layerName(path, module);
    const before = (_module: unknown, inputs: readonly unknown[]): void => {
      look(running.length === 0 ? "the input" : `what ${running.at(-1)} computes`, inputs);
      running.push(name);
    };
    const after = (_module: unknown, _inputs: unknown, output: unknown): void => {
      running.pop();
      look(`the output of ${name}`, output);
    };
    return [module.registerForwardPreHook(before), module.registerForwardHook(after)];
  });
  try {
    look("the loss", computeLoss());
  } finally {
    for (const handle of handles) handle.remove();
  }
  return found;
}

/** The operation that made it of finite numbers, or the parameter that was not finite before. */
function origin(net: Module, tensor: Tensor): string {
  for (let at = tensor; ;) {
    const { node } = at;
    if (node === undefined) {
      const parameter = net.namedParameters().find(([, value]) => value === at);
      return parameter === undefined ? "" : `, of ${parameter[0]}, which was not finite before`;
    }
    const bad = node.inputs.find((input) => !isFinite(input));
    if (bad === undefined) return `, operation ${node.name}`;
    at = bad;
  }
}
