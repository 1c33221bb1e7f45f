import { expect, test } from "vitest";
import { makeBoard, makeContext, makeIncident } from "../made";
import { read } from "./grammar";

test("a case number is voided with its reason, and one that is not there is refused", () => {
  const having = makeIncident({ case_numbers: { "fire-a": "F26-00001" }, audience: ["fire-a", "ems-a"] });
  const ctx = makeContext(makeBoard({ incidents: [having] }));
  expect(read("CN- . fire-a another county's", ctx)).toMatchObject({
    echo: "Void F26-00001 of Ashby Fire for 1042 Building fire, 14 Mill Rd (another county's)",
    action: { do: "void_case_number", agency_id: "fire-a", reason: "another county's" },
  });
  expect(read("CN- . fire-a", ctx)).toMatchObject({ ok: false, why: "Why is F26-00001 void? It is never given again." });
  expect(read("CN- . ems-a no", ctx)).toMatchObject({ ok: false });
  expect(read("CN- . fire-a no", makeContext(makeBoard({ incidents: [makeIncident()] })))).toMatchObject({ ok: false });
});
