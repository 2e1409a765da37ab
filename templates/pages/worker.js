// Lets a page of a booth or a door open again without a network: what it was when there was one.
"use strict";

const CACHE = "newsletter";
const PATIENCE = 4000; // a network that says nothing for so long is none

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  // What a script asks for is about this very moment, and is never kept.
  if (event.request.method === "GET" && event.request.destination) event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request, AbortSignal.timeout ? {signal: AbortSignal.timeout(PATIENCE)} : {});
    if (fresh.status >= 500) throw new Error("the server is not well");
    if (fresh.ok) await cache.put(request, fresh.clone());
    return fresh;
  } catch (problem) {
    const known = await cache.match(request, {ignoreVary: true});
    if (known) return known;
    throw problem;
  }
}
