/** What is `io` in `tapegrad`, for imports of its own, which every bundler can shake. */
export * from "@tapegrad/io";
