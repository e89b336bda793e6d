import { absent, type DefaultTable } from "./default-table.ts";

/** Methods of modules, their hooks among them. */
export const moduleDefaults: DefaultTable = {
  "nn.Module.train": { torch: "nn.Module.train", options: { "(mode)": [true, true, absent] } },
  "nn.Module.requiresGrad_": { torch: "nn.Module.requires_grad_", options: { "(flag)": [true, true, absent] } },
  "nn.Module.registerForwardHook": {
    torch: "nn.Module.register_forward_hook",
    options: { prepend: [false, false, absent], alwaysCall: [false, false, absent] },
  },
  "nn.Module.registerForwardPreHook": {
    torch: "nn.Module.register_forward_pre_hook",
    options: { prepend: [false, false, absent] },
  },
  "nn.Module.registerFullBackwardHook": {
    torch: "nn.Module.register_full_backward_hook",
    options: { prepend: [false, false, absent] },
  },
  "nn.Module.registerFullBackwardPreHook": {
    torch: "nn.Module.register_full_backward_pre_hook",
    options: { prepend: [false, false, absent] },
  },
  "nn.registerModuleForwardHook": {
    torch: "nn.modules.module.register_module_forward_hook",
    options: { alwaysCall: [false, false, absent] },
  },
};
