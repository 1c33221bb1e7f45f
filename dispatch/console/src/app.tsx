/** Which screen: sign-in until somebody is signed on, then the one that the role opens. */

import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { HubProvider, useHub, useReady } from "./shell/hub";
import { LinkBadge } from "./shell/parts";
import { forgetSession, keptSession, screensOf, SYSTEMS, type Session } from "./shell/session";
import { SignIn } from "./shell/sign_in";
import { wakeSound } from "./shell/sound";

const Dispatcher = lazy(() => import("./dispatcher/dispatcher"));
const CallTaker = lazy(() => import("./call/call_taker"));
const Responder = lazy(() => import("./responder/responder"));
const Supervisor = lazy(() => import("./supervisor/supervisor"));
const CallHistory = lazy(() => import("./call/history"));
const LookBack = lazy(() => import("./supervisor/look_back"));
const Municipality = lazy(() => import("./municipality/municipality"));

export function App() {
  const [session, setSession] = useState<Session | null>(keptSession);
  const [why, setWhy] = useState<string>();
  const leave = useCallback((reason?: string) => {
    forgetSession();
    setWhy(reason);
    setSession(null);
    history.replaceState(null, "", "/");
  }, []);

  useEffect(() => {
    const wake = () => void wakeSound();
    addEventListener("keydown", wake, { once: true });
    addEventListener("pointerdown", wake, { once: true });
    return () => {
      removeEventListener("keydown", wake);
      removeEventListener("pointerdown", wake);
    };
  }, []);

  if (!session) return <SignIn why={why} onSignedIn={setSession} />;
  const system = SYSTEMS[session.account.role];
  if (system) return <SignIn why={`This account is for ${system}: it has no screen.`} onSignedIn={setSession} />;
  const screens = screensOf(session.account.role);
  const path = screens.includes(location.pathname) ? location.pathname : (screens[0] as string);
  if (location.pathname !== path) history.replaceState(null, "", path);
  return (
    <HubProvider session={session} onLeave={leave}>
      <Suspense fallback={<Waiting />}>
        <Screen path={path} />
      </Suspense>
    </HubProvider>
  );
}

function Screen(props: { path: string }) {
  const ready = useReady();
  const { region } = useHub();
  if (!ready || !region) return <Waiting />;
  switch (props.path) {
    case "/call":
      return <CallTaker />;
    case "/unit":
      return <Responder />;
    case "/supervisor":
      return <Supervisor />;
    case "/history":
      return <CallHistory />;
    case "/look-back":
      return <LookBack />;
    case "/municipality":
      return <Municipality />;
    default:
      return <Dispatcher />;
  }
}

function Waiting() {
  return (
    <main style={{ height: "100%", display: "grid", placeContent: "center", gap: 12, justifyItems: "center" }}>
      <LinkBadge />
      <p className="dim">Fetching the board from the hub.</p>
    </main>
  );
}
