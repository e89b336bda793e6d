import "@tapegrad/autograd";

export * from "../norms/norms.ts";
