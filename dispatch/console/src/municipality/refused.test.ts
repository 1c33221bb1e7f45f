import { expect, test } from "vitest";
import { notReported } from "./refused";

const problem = { type: "about:blank", status: 422, title: "No.", detail: "5 roads lie equally near the point", fields: {} };

test("a spot that lies on several roads is refused with what to do", () => {
  expect(notReported({ ...problem, code: "not_placed" })).toMatch(/^Not reported: 5 roads .* point\. Zoom in/);
});

test("any other refusal stands for itself", () => {
  expect(notReported({ ...problem, code: "invalid_input", detail: "" })).toBe("Not reported: No.");
});
