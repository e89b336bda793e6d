import { noGrad, type Tensor } from "tapegrad";
import type { Net } from "./build-net.ts";
import type { LayerStatistics } from "./run-result.ts";

/** Runs the network on `x` as it is, in training or evaluation mode, and measures what the watched layers put out. */
export function measureActivations(net: Net, x: Tensor): LayerStatistics[] {
  const statistics = new Map<string, LayerStatistics>();
  const hooks = net.watched.map(({ name, layer }) =>
    layer.registerForwardHook((_layer, _inputs, values) => {
      statistics.set(name, { name, mean: values.mean().item(), std: values.std({ correction: 0 }).item() });
    }),
  );
  try {
    noGrad(() => net.model.forward(x));
  } finally {
    for (const hook of hooks) hook.remove();
  }
  return [...statistics.values()];
}
