/** What is `optim` in `tapegrad`, for imports of its own, which every bundler can shake. */
export * from "@tapegrad/optim";
