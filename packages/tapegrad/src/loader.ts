/** The loader of modules that `exportWasm` made. */
export * from "@tapegrad/compile/loader";
