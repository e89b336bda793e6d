import { checkFamily } from "../../../test/check-family.ts";

checkFamily("activations", { cases: 235, excluded: 0 });
