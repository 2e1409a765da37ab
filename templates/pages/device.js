// What the pages of a booth and of a door share: what was typed or ticked stays on this device until the server has said
// that it has it. Each entry has a number of its own, so it may be sent twice and still counts once.
"use strict";

const device = (() => {
  const page = document.querySelector("[data-kept]");
  const kept = `newsletter ${page.dataset.kept} `; // of this list or meeting, so that a new link finds what an old one left
  const CACHE = "newsletter";
  const EVERY = 15000, PATIENCE = 15000, MOST = 25, LARGEST = 25000;
  let busy = false;

  const number = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
  const now = () => new Date().toISOString();

  function all(kind) {
    const start = kept + kind + " ", found = [];
    for (let place = 0; place < localStorage.length; place++) {
      const key = localStorage.key(place);
      if (key.startsWith(start)) found.push(JSON.parse(localStorage.getItem(key)));
    }
    return found.sort((one, other) => (one.at < other.at ? -1 : 1));
  }
  const keep = (kind, id, entry) => localStorage.setItem(`${kept}${kind} ${id}`, JSON.stringify(entry));
  const drop = (kind, id) => localStorage.removeItem(`${kept}${kind} ${id}`);
  const get = (kind, id) => JSON.parse(localStorage.getItem(`${kept}${kind} ${id}`) || "null");

  // As many as one sending may hold, by their size as a form is sent.
  function some(entries) {
    let size = 0;
    return entries.slice(0, MOST).filter((one, place) => {
      size += encodeURIComponent(JSON.stringify(one)).length;
      return place === 0 || size < LARGEST;
    });
  }

  // Give up waiting after so long, where the browser knows how to.
  const within = (time) => (AbortSignal.timeout ? {signal: AbortSignal.timeout(time)} : {});

  // Send what waits, one sending at a time; `fields` gives the form's fields, or null when nothing waits.
  async function send(fields, heard, failed) {
    if (busy) return;
    busy = true;
    try {
      for (let more = fields(); more; more = fields()) {
        const body = new URLSearchParams({...more, now: now()});
        const answer = await fetch(page.dataset.posts, {method: "POST", body, ...within(PATIENCE)});
        if (!answer.ok) return failed(answer.status);
        if (heard(await answer.json()) === false) return;
      }
    } catch (problem) {
      failed(0);
    } finally {
      busy = false;
    }
  }

  // Keep the page itself, so that it opens again without a network; `ready` hears when it does.
  async function settle(ready) {
    if (!("serviceWorker" in navigator)) return;
    try {
      await navigator.serviceWorker.register(page.dataset.worker, {scope: location.pathname});
      await navigator.serviceWorker.ready;
      const cache = await caches.open(CACHE);
      const scripts = Array.from(document.querySelectorAll("script[src]"), (one) => one.src);
      if (!await cache.match(location.pathname)) await cache.addAll([location.pathname, ...scripts]);
      if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
      ready();
    } catch (problem) {
      // It goes on working for as long as it is open.
    }
  }

  function watch(act) {
    addEventListener("online", act);
    addEventListener("storage", act);
    document.addEventListener("visibilitychange", () => document.hidden || act());
    setInterval(act, EVERY);
    act();
  }

  // What the server could not take, each with what is wrong, to be corrected or thrown away.
  function wrongs(place, entries, texts, correct, changed) {
    place.hidden = !entries.length;
    const button = (label, act) => {
      const made = document.createElement("button");
      Object.assign(made, {type: "button", className: "second", textContent: label});
      made.addEventListener("click", act);
      return made;
    };
    place.querySelector("ul").replaceChildren(...entries.map((one) => {
      const [row, text, acts] = ["li", "p", "div"].map((name) => document.createElement(name));
      text.textContent = `${one.address}: ${one.wrong}`;
      acts.className = "acts";
      acts.append(button(texts.correct, () => correct(one)), button(texts.discard, () => { drop("signup", one.id); changed(); }));
      row.append(text, acts);
      return row;
    }));
  }

  // Leave nothing of this page on the device.
  async function forget() {
    for (const key of Object.keys(localStorage)) if (key.startsWith(kept)) localStorage.removeItem(key);
    if ("caches" in self) await (await caches.open(CACHE)).delete(location.pathname);
  }

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  return {page, number, now, all, keep, drop, get, some, send, within, settle, watch, wrongs, forget, fill};
})();
