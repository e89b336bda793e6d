import "@tapegrad/autograd";

export * from "../functional.ts";
