import { useReference } from "@tapegrad/tensor/internal";

// What Vitest runs before each file of tests when it is told to, by TAPEGRAD_EAGER=reference.
useReference(true);
