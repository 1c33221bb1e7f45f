import { expect, test } from "vitest";
import type { FeedRead } from "../api/model";
import { makeBoard, makeClosure, NOON } from "../made";
import { feedAge, proposals } from "./feeds";

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

test("what fits a road in doubt is proposed until somebody accepts it", () => {
  const closure = makeClosure({ id: "p1", source: "works", source_ref: "w-14" });
  const rejects = [
    { ref: "w-14", why: "another course is about as good", proposal: closure },
    { ref: "sea", why: "no road", proposal: null },
  ];
  const board = { ...makeBoard({}), feeds: { works: { ...READ, rejects } } };
  expect(proposals(board).map((each) => each.ref)).toEqual(["w-14"]);
  expect(proposals({ ...board, closures: { p1: closure } })).toEqual([]);
});
