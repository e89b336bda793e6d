import { installGradEngine } from "@tapegrad/tensor/internal";
import { backward } from "./backward.ts";

// The one place that connects Tensor.backward to this package.
installGradEngine({ backward });
