import "@tapegrad/autograd";

export * from "../init/init.ts";
