import { expect, test } from "vitest";
import type { FeedRead } from "../api/model";
import { NOON } from "../made";
import { feedAge } from "./feeds";

const READ: FeedRead = {
  kind: "feed.read",
  feed_id: "works",
  read_at: NOON,
  ok: true,
  error: "",
  listed: 3,
  placed: 2,
  unplaced: 1,
  refused: 0,
  harmless: 0,
  interval_s: 60,
  good_at: NOON,
  failures: 0,
  not_before: null,
  rejects: [],
};
const at = (seconds: number) => Date.parse(NOON) / 1000 + seconds;

test("a feed is silent after three readings and a minute", () => {
  expect(feedAge(READ, at(239)).silent).toBe(false);
  expect(feedAge(READ, at(241)).silent).toBe(true);
  expect(feedAge({ ...READ, ok: false, good_at: null }, at(0))).toMatchObject({ age_s: null, silent: true });
});
