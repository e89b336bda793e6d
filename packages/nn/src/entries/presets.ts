import "@tapegrad/autograd";

export * from "../presets/presets.ts";
