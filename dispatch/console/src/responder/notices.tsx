/** Whether this tablet rings while its screen is off: offered where the agency tells crews so. */

import { useEffect, useState } from "react";
import { whyNot } from "../api/client";
import { offered, readPush, takeNotifications, type Notified } from "../shell/notifications";

export function Notices(props: { onFault: (text: string) => void }) {
  const { onFault } = props;
  const [state, setState] = useState<Notified>("none");
  const [key, setKey] = useState("");

  const take = (with_key: string) =>
    takeNotifications(with_key).then(setState, (failure: unknown) => {
      setState("off");
      onFault(`This tablet takes no notifications. ${whyNot(failure)}`);
    });

  // A new session is told anew, without a question, once the crew has said yes on this tablet.
  useEffect(() => {
    let here = true;
    readPush().then(
      (push) => {
        if (!here) return;
        setKey(push.key ?? "");
        setState(offered(push));
        if (push.key && offered(push) === "off" && Notification.permission === "granted") {
          void takeNotifications(push.key).then((now) => here && setState(now), () => undefined);
        }
      },
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, []);

  if (state === "none") return null;
  return (
    <p className="notices" data-testid="notices">
      {state === "on" && "This tablet rings when you are sent, with its screen off too."}
      {state === "blocked" && "Notifications are blocked on this tablet: keep its screen on."}
      {state === "off" && (
        <button type="button" className="button" onClick={() => void take(key)}>
          Ring when the screen is off
        </button>
      )}
    </p>
  );
}
