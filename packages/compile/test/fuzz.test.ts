import "@tapegrad/autograd";
import { compareRandomGraphs } from "./fuzz/compare-random-graphs.ts";

compareRandomGraphs("random graphs give the same eagerly and compiled");
