import { checkFamily } from "../../../test/check-family.ts";

checkFamily("training", { cases: 17, excluded: 0 }, 17);
