import { checkFamily } from "../../../test/check-family.ts";

checkFamily("optimizers", { cases: 145, excluded: 0 });
