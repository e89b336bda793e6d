import "@tapegrad/autograd";
import { compareRandomGraphs } from "./fuzz/compare-random-graphs.ts";

compareRandomGraphs("give the same eagerly and compiled");
