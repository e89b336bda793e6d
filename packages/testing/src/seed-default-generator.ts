import { manualSeed } from "@tapegrad/tensor";

// What Vitest runs before each file of tests that shares its process with others: numbers that are drawn do not depend on those before.
manualSeed(0);
