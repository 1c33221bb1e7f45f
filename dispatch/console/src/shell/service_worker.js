/* Keeps the page itself at the position, so that it can be loaded while the hub is gone. What the hub
 * says is never kept here: only the built files, by the names that change with every build. The build
 * writes FILES and BUILD. It also shows a crew what the hub pushes to its tablet. */

const FILES = "__FILES__";
const BUILD = "__BUILD__";
const PREFIX = "console-";
const PAGE = "/index.html";
const WAIT_MS = 3000;
const TILES = "tiles-kept";
const TILES_MOST = 2000;
const TILES_MOST_BYTES = 48_000_000;
const TRIM_EVERY = 100;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(PREFIX + BUILD)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

/* The build before this one stays: a page that is open still loads its parts. */
self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => {
        const older = names.filter((name) => name.startsWith(PREFIX) && name !== PREFIX + BUILD);
        return Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
      })
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const range = event.request.headers.get("range");
  if (url.pathname.startsWith("/tiles/") && range) event.respondWith(tile(event, url, range));
  else if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname) || url.pathname.startsWith("/assets/")) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(event.request)));
  }
});

/* A piece of the map that is kept, else the hub's, which is kept when a crew's screen asks for that. A
 * version of the map never changes, so what is kept is never wrong; the oldest pieces go. */
async function tile(event, url, range) {
  const cache = await caches.open(TILES);
  const key = `${url.pathname}?${range}`;
  const known = await cache.match(key);
  if (known) return new Response(known.body, { status: 206, headers: known.headers });
  const answer = await fetch(event.request);
  const wanted = event.request.headers.has("hub-keep");
  // Who asks for a piece to be kept is answered when it is: a screen that says so tells the truth.
  if (wanted && answer.status === 206) await keepTile(cache, key, url.pathname, answer.clone());
  return answer;
}

let kept = 0;

/* The cache takes no 206, so a piece lies there as a whole answer under the name of its range. */
async function keepTile(cache, key, file, answer) {
  await cache.put(key, new Response(await answer.arrayBuffer(), { headers: answer.headers }));
  kept += 1;
  if (kept % TRIM_EVERY !== 1) return;
  const [keys, answers] = await Promise.all([cache.keys(), cache.matchAll()]);
  const ofFile = (request) => new URL(request.url).pathname === file;
  let bytes = 0;
  let count = 0;
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    count += 1;
    bytes += Number(answers[i].headers.get("content-length") ?? 0);
    if (!ofFile(keys[i]) || count > TILES_MOST || bytes > TILES_MOST_BYTES) await cache.delete(keys[i]);
  }
}

/* The hub's own page where it answers in time, else the one that is kept. */
async function page(request) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), WAIT_MS);
  try {
    const answer = await fetch(request, { signal: given.signal });
    if (answer.ok) return answer;
    throw new Error(String(answer.status));
  } catch (failure) {
    const cache = await caches.open(PREFIX + BUILD);
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/* A newer message about the same assignment replaces the older one, and rings again. */
self.addEventListener("push", (event) => {
  const said = event.data.json();
  const shown = self.registration.showNotification(said.title, {
    body: said.body,
    tag: said.assignment_id ?? said.id,
    renotify: true,
    requireInteraction: true,
    icon: "/icon-192.png",
    data: { id: said.id, receipt: said.receipt },
  });
  event.waitUntil(shown.then(() => report(said, "delivered")));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(Promise.all([openUnit(), report(event.notification.data, "seen")]));
});

async function openUnit() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const unit = open.find((client) => new URL(client.url).pathname === "/unit") ?? open[0];
  await (unit ? unit.focus() : self.clients.openWindow("/unit"));
}

/* A receipt that does not get through is lost: the page says by itself that it shows the assignment. */
async function report(said, state) {
  await fetch(`/api/v1/deliveries/${encodeURIComponent(said.id)}/push-receipts`, {
    method: "POST",
    headers: { "content-type": "application/json", "hub-receipt-token": said.receipt },
    body: JSON.stringify({ state }),
  }).catch(() => undefined);
}
