import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused, Unreached, type request } from "./client";
import { Outbox } from "./outbox";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

test("what is not sent stays in sight and is repeated under the same id until it is answered", async () => {
  const ids: unknown[] = [];
  let fail = 2;
  const ask = (async (_method: string, _path: string, body: { command_id: string }) => {
    ids.push(body.command_id);
    if (fail > 0) {
      fail -= 1;
      throw new Unreached("The hub's disk is full.", true);
    }
    return { seq: 7 };
  }) as unknown as typeof request;
  const outbox = new Outbox(storage(), ask);
  const answer = outbox.send("N . text", "POST", "/incidents/i1/notes", { text: "text" });
  await vi.advanceTimersByTimeAsync(10);
  expect(outbox.list()).toMatchObject([{ label: "N . text", attempts: 1, why: "The hub's disk is full." }]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await answer).toMatchObject({ done: true, value: { seq: 7 }, command_id: ids[0] });
  expect(new Set(ids).size).toBe(1);
  expect(ids).toHaveLength(3);
  expect(outbox.list()).toEqual([]);
});

test("a refusal is an answer: it is told and not repeated", async () => {
  const problem = {
    type: "about:blank",
    title: "The unit is taken.",
    status: 409,
    code: "unit_not_available",
    detail: "E22 is on 0042.",
    fields: {},
  };
  const ask = (async () => {
    throw new Refused(problem);
  }) as unknown as typeof request;
  const outbox = new Outbox(null, ask);
  expect(await outbox.send("D . E22", "POST", "/x")).toEqual({ done: false, problem });
  expect(outbox.list()).toEqual([]);
});

test("what an earlier page left unsent is taken up with its id", async () => {
  const kept = storage();
  const never = (async () => {
    throw new Unreached("no");
  }) as unknown as typeof request;
  const first = new Outbox(kept, never);
  void first.send("OS E22", "POST", "/assignments/a1/status", { status: "on_scene" });
  await vi.advanceTimersByTimeAsync(10);
  const id = first.list()[0]?.command_id;
  const ids: unknown[] = [];
  const ask = (async (_m: string, _p: string, body: { command_id: string }) => {
    ids.push(body.command_id);
    return {};
  }) as unknown as typeof request;
  const second = new Outbox(kept, ask);
  second.restore();
  await vi.advanceTimersByTimeAsync(10);
  expect(ids).toEqual([id]);
  expect(second.list()).toEqual([]);
});

test("a deletion carries its command id in the address", async () => {
  const paths: string[] = [];
  const ask = (async (_method: string, path: string) => {
    paths.push(path);
    return {};
  }) as unknown as typeof request;
  await new Outbox(null, ask).send("LIFT c1", "DELETE", "/closures/c1");
  expect(paths[0]).toMatch(/^\/closures\/c1\?command_id=c-[0-9a-f]{24}$/);
});

test("what concerns the same thing is sent in the order in which it was given", async () => {
  const sent: unknown[] = [];
  let gone = true;
  const ask = (async (_method: string, _path: string, body: { status: string }) => {
    if (gone) throw new Unreached("no");
    sent.push(body.status);
    return { seq: 1 };
  }) as unknown as typeof request;
  const outbox = new Outbox(storage(), ask);
  const path = "/assignments/a1/status";
  const answers = ["enroute", "on_scene"].map((status) => outbox.send(status, "POST", path, { status }));
  await vi.advanceTimersByTimeAsync(10);
  expect(outbox.list().map((s) => s.attempts > 0)).toEqual([true, true]);
  gone = false;
  outbox.retryNow();
  await Promise.all(answers);
  expect(sent).toEqual(["enroute", "on_scene"]);
});

test("a refusal that no page waits for any more stays in sight until it is put away", async () => {
  const kept = storage();
  const never = (async () => {
    throw new Unreached("no");
  }) as unknown as typeof request;
  void new Outbox(kept, never).send("ER", "POST", "/assignments/a1/status");
  await vi.advanceTimersByTimeAsync(10);
  const problem = { type: "about:blank", title: "Released.", status: 409, code: "x", detail: "", fields: {} };
  const refuses = (async () => {
    throw new Refused(problem);
  }) as unknown as typeof request;
  const later = new Outbox(kept, refuses);
  later.restore();
  await vi.advanceTimersByTimeAsync(10);
  expect(later.list()).toMatchObject([{ label: "ER", refused: "Released." }]);
  later.drop(later.list()[0]?.command_id ?? "");
  expect(later.list()).toEqual([]);
});

test("a session that is over loses nothing: it is sent when the same account has signed in again", async () => {
  const kept = storage();
  const over = (async () => {
    throw new Refused({ type: "about:blank", title: "Sign in first.", status: 401, code: "not_signed_in", detail: "", fields: {} });
  }) as unknown as typeof request;
  const first = new Outbox(kept, over, "crew");
  void first.send("OS E22", "POST", "/assignments/a1/status", { status: "on_scene" });
  await vi.advanceTimersByTimeAsync(10);
  const id = first.list()[0]?.command_id;
  expect(first.list()).toMatchObject([{ label: "OS E22", attempts: 1 }]);

  const ids: unknown[] = [];
  const ask = (async (_m: string, _p: string, body: { command_id: string }) => {
    ids.push(body.command_id);
    return {};
  }) as unknown as typeof request;
  const another = new Outbox(kept, ask, "somebody else");
  another.restore();
  await vi.advanceTimersByTimeAsync(10);
  expect(ids).toEqual([]);
  expect(another.list()).toMatchObject([{ command_id: id, attempts: 1 }]);
  expect(another.list()[0]?.refused).toContain("another sign-in");

  const again = new Outbox(kept, ask, "crew");
  again.restore();
  await vi.advanceTimersByTimeAsync(10);
  expect(ids).toEqual([id]);
  expect(again.list()).toEqual([]);
});

test("how long a command has waited goes with it, so that none is done twice after weeks", async () => {
  const kept = storage();
  const silent = (async () => {
    throw new Unreached("no");
  }) as unknown as typeof request;
  void new Outbox(kept, silent).send("ENROUTE", "POST", "/assignments/a1/status", { status: "enroute" });
  await vi.advanceTimersByTimeAsync(10);
  const made = Date.now();
  vi.setSystemTime(made + 20 * 86_400_000);
  const ages: (number | undefined)[] = [];
  const late = (async (_m: string, _p: string, _b: unknown, _t: unknown, made_at?: number) => {
    ages.push(made_at);
    throw new Refused({
      type: "about:blank",
      title: "Too late.",
      status: 409,
      code: "repeated_too_late",
      detail: "",
      fields: {},
    });
  }) as unknown as typeof request;
  const again = new Outbox(kept, late);
  again.restore();
  await vi.advanceTimersByTimeAsync(10);
  expect(ages).toHaveLength(1);
  expect(Math.abs((ages[0] ?? 0) - made)).toBeLessThan(1000);
  expect(again.list()).toMatchObject([{ refused: "Too late." }]);
});

test("a storage that is full or spoilt keeps no command from the hub, and no page from coming up", async () => {
  const full = {
    getItem: () => "{ not what was written",
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const ask = (async () => ({ seq: 9 })) as unknown as typeof request;
  const outbox = new Outbox(full, ask);
  outbox.restore();
  expect(await outbox.send("D . E12", "POST", "/incidents/i1/assignments")).toMatchObject({ done: true, value: { seq: 9 } });
  expect(outbox.list()).toEqual([]);
});
