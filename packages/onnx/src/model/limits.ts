import type { Limits } from "@tapegrad/io/internal";

/**
 * What a file may hold at most, and ask for: far beyond any model, and far below what would hurt. Two GiB is what the
 * format itself allows.
 */
export const limits: Limits & { readonly elements: number; readonly nodes: number } = {
  bytes: 2 ** 31 - 1,
  depth: 48,
  messages: 200_000,
  elements: 2 ** 27,
  nodes: 2 ** 22,
};
