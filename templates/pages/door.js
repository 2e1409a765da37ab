// A door: every tick is on this device at once, and goes to the server when there is a network. What other devices ticked
// comes back with the answer; of two ticks for a person the later one counts.
"use strict";

(() => {
  const {page} = device, texts = page.dataset;
  const state = document.getElementById("state"), list = document.querySelector(".ticks");
  const wrongs = document.getElementById("wrongs"), walkin = document.getElementById("walkin");
  const heads = document.getElementById("heads"), find = document.getElementById("find");
  const KNOWN = `newsletter ${texts.kept} known`, SKEW = `newsletter ${texts.kept} skew`;
  let trouble = "", reached = true, ready = false;

  const asItCame = Array.from(list ? list.children : [], (row) => (
    {person: row.dataset.person, at: row.dataset.at, came: row.firstChild.getAttribute("aria-pressed") === "true"}
  ));

  // A device's clock may be wrong: what it says is compared by the server's, from which it was this far the last time.
  const skew = () => Number(localStorage.getItem(SKEW) || 0);
  const moved = (at, by) => new Date(Date.parse(at) + by).toISOString();

  // What is known: the page as it came, what the server said last, and what is still only here; the later one counts.
  function known() {
    const said = JSON.parse(localStorage.getItem(KNOWN) || "null") || {people: [], counted: null};
    const people = new Map(asItCame.map((one) => [one.person, one]));
    const here = device.all("tick").map((one) => ({...one, at: moved(one.at, -skew())}));
    for (const one of [...said.people, ...here]) {
      const before = people.get(one.person);
      if (!before || one.at > before.at || (one.at === before.at && one.came)) people.set(one.person, {...before, ...one});
    }
    const heads = device.get("heads", "count");
    return {people, counted: heads ? heads.count || null : said.counted};
  }

  function show() {
    const {people, counted} = known();
    let came = 0;
    for (const one of people.values()) {
      came += one.came ? 1 : 0;
      if (list) draw(one);
    }
    const waiting = device.all("tick").length + device.all("heads").length + device.all("signup").filter((one) => !one.wrong).length;
    const said = [device.fill(texts.came, {count: came})];
    if (counted !== null) said.push(device.fill(texts.counted, {count: counted}));
    if (waiting) said.push(device.fill(reached && navigator.onLine ? texts.sending : texts.waiting, {count: waiting}));
    if (waiting && trouble) said.push(trouble);
    if (!waiting && ready) said.push(texts.ready);
    if (!list) {
      if (waiting) state.textContent = said.slice(1).join(" ");
      state.hidden = !waiting;
    } else if (state.textContent !== said.join(" ")) state.textContent = said.join(" ");
    device.wrongs(wrongs, device.all("signup").filter((one) => one.wrong), texts, correct, show);
  }

  function draw(one) {
    let row = list.querySelector(`[data-person="${CSS.escape(one.person)}"]`);
    if (!row) {
      if (!one.name) return;
      row = document.createElement("li");
      row.dataset.person = one.person;
      const button = document.createElement("button"), name = document.createElement("span");
      name.textContent = one.name;
      button.type = "submit";
      button.value = one.person;
      button.append(name);
      row.append(button);
      list.append(row);
    }
    row.firstChild.setAttribute("aria-pressed", one.came ? "true" : "false");
    row.firstChild.name = one.came ? "back" : "came";
  }

  function tick(event) {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const person = button.value, before = known().people.get(person) || {};
    put({person, came: button.getAttribute("aria-pressed") !== "true", at: later(before.at), name: before.name || ""});
    send();
  }

  // A tick over another one is later than that one.
  const later = (at) => {
    const now = device.now(), before = at ? moved(at, skew() + 1) : "";
    return before > now ? before : now;
  };
  const put = (one) => device.keep("tick", one.person, one);

  function add(event) {
    event.preventDefault();
    const name = walkin.elements.name.value.trim(), address = walkin.elements.address ? walkin.elements.address.value.trim() : "";
    if (!name && !address) return walkin.elements.name.focus();
    const at = device.now();
    if (name) put({person: device.number(), came: true, at, name});
    if (address) {
      const id = device.number();
      device.keep("signup", id, {id, at, address, name, fields: {}, wording: texts.wording, collector: ""});
    }
    walkin.reset();
    if (walkin.querySelector("details")) walkin.querySelector("details").open = false;
    walkin.elements.name.focus();
    send();
  }

  function count(event) {
    event.preventDefault();
    const typed = heads.elements.count.value;
    if (typed === "" || !heads.reportValidity()) return;
    device.keep("heads", "count", {count: Number(typed), at: device.now()});
    send();
  }

  function correct(one) {
    device.drop("signup", one.id);
    if (!walkin) return;
    walkin.querySelector("details").open = true;
    walkin.elements.address.value = one.address;
    walkin.elements.address.focus();
    show();
  }

  function batch() {
    const ticks = device.some(device.all("tick")), counts = device.all("heads");
    const signups = device.some(device.all("signup").filter((one) => !one.wrong));
    if (!ticks.length && !counts.length && !signups.length) return null;
    sent = {ticks, counts};
    const heads = counts.length ? {count: counts[0].count, counted_at: counts[0].at} : {};
    return {ticks: JSON.stringify(ticks), signups: JSON.stringify(signups), ...heads};
  }
  let sent = {ticks: [], counts: []};

  function heard(answer) {
    reached = true;
    trouble = Object.values(answer.keep)[0] || "";
    learn(answer.state);
    if (answer.took) {
      // A tick made while this was under way is newer, and stays.
      for (const one of sent.ticks) if ((device.get("tick", one.person) || {}).at === one.at) device.drop("tick", one.person);
      for (const one of sent.counts) if ((device.get("heads", "count") || {}).at === one.at) device.drop("heads", "count");
    } else {
      trouble = texts.over;
    }
    for (const id of answer.taken) device.drop("signup", id);
    for (const [id, reason] of Object.entries(answer.wrong)) {
      const one = device.get("signup", id);
      if (one) device.keep("signup", id, {...one, wrong: reason});
    }
    show();
    return answer.took && !Object.keys(answer.keep).length;
  }

  function learn(said) {
    if (!said.open) return;
    localStorage.setItem(SKEW, Date.now() - Date.parse(said.now));
    localStorage.setItem(KNOWN, JSON.stringify(said));
  }

  async function send() {
    show();
    const waits = Boolean(batch());
    await device.send(batch, heard, (status) => {
      reached = false;
      trouble = status ? texts.refused : "";
      show();
    });
    if (!waits) await look();
  }

  async function look() {
    if (!list) {
      // Its day is over and nothing waits: no name stays on this device.
      if (!device.all("signup").length) device.forget();
      return;
    }
    try {
      const answer = await fetch(`${texts.posts}/now`, device.within(10000));
      if (answer.ok) {
        learn((await answer.json()).state);
        reached = true;
      }
    } catch (problem) {
      reached = false;
    }
    show();
  }

  function filter() {
    const words = find.value.trim().toLocaleLowerCase();
    for (const row of list.children) row.hidden = !row.textContent.toLocaleLowerCase().includes(words);
  }

  if (list) {
    document.getElementById("people").addEventListener("submit", tick);
    walkin.addEventListener("submit", add);
    heads.addEventListener("submit", count);
    find.addEventListener("input", filter);
    document.getElementById("search").hidden = list.children.length < 10;
    device.settle(() => { ready = true; show(); });
  }
  device.watch(send);
})();
