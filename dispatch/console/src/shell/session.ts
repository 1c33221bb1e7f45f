/** Who is signed on in this tab. The token lives in the tab alone, so three tabs may be three people. */

import { request, useToken } from "../api/client";
import type { Account, Role, SessionReply } from "../api/model";
import { forgetWay } from "../map/kept_record";
import { forgetBoard } from "./kept_board";
import { forgetNotifications } from "./notifications";

export interface Session {
  token: string;
  account: Account;
}

const KEPT = "dispatch.session";

export function keptSession(): Session | null {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return null;
  const session = JSON.parse(kept) as Session;
  useToken(session.token);
  return session;
}

export async function signIn(login: string, password: string): Promise<Session> {
  const reply = await request<SessionReply>("POST", "/sessions", { login, password });
  const session = { token: reply.token, account: reply.account };
  sessionStorage.setItem(KEPT, JSON.stringify(session));
  useToken(session.token);
  return session;
}

export async function signOut(): Promise<void> {
  try {
    await request("DELETE", "/sessions/current", undefined, 2_000);
  } catch {
    // The token is forgotten here in any case; the hub lets it expire.
  }
  forgetSession();
}

export function forgetSession(): void {
  void forgetBoard();
  void forgetNotifications();
  forgetWay();
  sessionStorage.removeItem(KEPT);
  useToken(null);
}

const SCREEN: Record<Role, string> = {
  call_taker: "/call",
  dispatcher: "/dispatch",
  supervisor: "/supervisor",
  hub_admin: "/dispatch",
  responder: "/unit",
  municipal_admin: "/municipality",
  auditor: "/municipality",
  call_system: "/none",
  protocol_system: "/none",
  tracking_system: "/none",
};

/** Accounts of programs, and of what kind. */
export const SYSTEMS: Partial<Record<Role, string>> = {
  call_system: "a telephone system or text gateway",
  protocol_system: "a card-protocol program",
  tracking_system: "a gateway of vehicle trackers",
};

/** Which screens a role may open; the first is where it starts. */
export function screensOf(role: Role): string[] {
  const own = SCREEN[role];
  if (role === "call_taker") return [own, "/history"];
  if (role === "dispatcher") return [own, "/call", "/history"];
  if (role === "supervisor") return [own, "/dispatch", "/call", "/municipality", "/history", "/look-back"];
  if (role === "auditor") return [own, "/history", "/look-back"];
  if (role === "hub_admin") return [own, "/supervisor", "/call", "/municipality"];
  return [own];
}

export const ROLE_WORDS: Record<Role, string> = {
  call_taker: "Call-taker",
  dispatcher: "Dispatcher",
  supervisor: "Supervisor",
  responder: "Responder",
  municipal_admin: "Municipality",
  auditor: "Auditor",
  hub_admin: "Hub administrator",
  call_system: "Call system",
  protocol_system: "Card protocol",
  tracking_system: "Tracking system",
};
