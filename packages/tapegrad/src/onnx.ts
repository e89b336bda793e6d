/** What is `onnx` in `tapegrad`, for imports of its own, which every bundler can shake. */
export * from "@tapegrad/onnx";
