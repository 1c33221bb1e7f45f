/** Sign-in: name and password; what the account is decides the screen. It is also the first key press,
 * after which the browser lets sounds through. */

import { useRef, useState, type FormEvent } from "react";
import { Refused } from "../api/client";
import { play, wakeSound } from "./sound";
import { signIn, type Session } from "./session";
import "../styles/signin.css";

function advice(error: unknown): string {
  if (!(error instanceof Refused)) {
    return "The hub does not answer. Check the network, then press Sign in again; nothing you typed is lost.";
  }
  switch (error.problem.code) {
    case "sign_in_refused":
      return "Name or password is wrong. Check Caps Lock and type both again. A supervisor can give you a new password.";
    case "too_many_attempts":
      return "Too many failed attempts on this name. Wait one minute, then try again.";
    default:
      return error.problem.detail || error.problem.title;
  }
}

export function SignIn(props: { why?: string; onSignedIn: (session: Session) => void }) {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState(props.why ?? "");
  const [heard, setHeard] = useState("");
  const passwordField = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!login.trim() || !password) {
      setFault(login.trim() ? "Type your password." : "Type your name.");
      return;
    }
    setBusy(true);
    setFault("");
    void wakeSound();
    try {
      props.onSignedIn(await signIn(login.trim(), password));
    } catch (error) {
      setFault(advice(error));
      setBusy(false);
      passwordField.current?.select();
    }
  };

  const test = async () => {
    const awake = await wakeSound();
    if (awake) play("test");
    setHeard(
      awake
        ? "Two tones were played. If you did not hear them, turn up the volume or choose another output."
        : "This browser gives no sound. Alarms will be seen but not heard; tell the supervisor.",
    );
  };

  return (
    <main className="signin">
      <form onSubmit={submit} aria-label="Sign in">
        <h1>Regional Dispatch</h1>
        {fault && (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <div className="field">
          <label htmlFor="login">Name</label>
          <input
            id="login"
            className="input"
            autoFocus
            autoComplete="username"
            spellCheck={false}
            value={login}
            onChange={(e) => setLogin(e.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="password">Password</label>
          <input
            id="password"
            ref={passwordField}
            className="input"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(e) => setPassword(e.target.value)}
          />
        </div>
        <div className="row">
          <button className="button primary" disabled={busy}>
            {busy ? "Signing in" : "Sign in"}
          </button>
          <button type="button" className="button" onClick={() => void test()}>
            Test sound
          </button>
        </div>
        <p className="small dim" role="status">
          {heard}
        </p>
        <dl aria-label="What each account opens">
          <dt>Call-taker</dt>
          <dd>the call form</dd>
          <dt>Dispatcher, supervisor</dt>
          <dd>queue, map, unit board, command line</dd>
          <dt>Responder</dt>
          <dd>the assignment of the unit that is logged on</dd>
          <dt>Municipality</dt>
          <dd>its own area, units and closures, to read</dd>
        </dl>
      </form>
    </main>
  );
}
